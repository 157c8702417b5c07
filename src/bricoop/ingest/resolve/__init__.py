"""Resolve names to countries, regions, organizations and other entities, by exact match."""
