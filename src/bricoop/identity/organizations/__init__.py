"""Proposals of organizations that may be one under several names."""
