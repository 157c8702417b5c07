"""Storage: the schema, the engine and the one seam between SQLite and PostgreSQL."""
