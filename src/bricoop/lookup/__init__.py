"""Resolve typed text to entities and sources: by name, by key, and by full-text search."""
