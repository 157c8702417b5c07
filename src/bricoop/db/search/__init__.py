"""The search index: documents made of what the database says, kept as it changes."""
