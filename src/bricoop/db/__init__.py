"""The database layer on SQLite and PostgreSQL: schema, engine, checks, copies and search index."""
