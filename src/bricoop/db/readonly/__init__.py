"""Read-only execution of users' SQL queries, enforced by the database."""
