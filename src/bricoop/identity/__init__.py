"""Proposals of what may be one thing under several names: candidates, scores and tiers."""
