"""Declarations of the nouns that can be queried, with their fields and filters."""
