"""The native layout of every noun that can be loaded."""
