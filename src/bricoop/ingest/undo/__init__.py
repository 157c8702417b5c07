"""Undoing loads: taking back, finding what depends on it, and reading that again."""
