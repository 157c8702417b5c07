"""The nouns that can be asked for, each with its fields and filters, as plain data."""
