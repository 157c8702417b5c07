"""Prepared records go into an open transaction, a batch at a time."""
