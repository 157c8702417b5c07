"""Queries in a user's own SQL, which the database itself keeps from writing."""
