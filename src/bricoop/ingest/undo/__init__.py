"""Undo loads: revert a load, find later loads that depend on it, and replay these."""
