"""The full-text search index: builds, updates and checks one document per entity."""
