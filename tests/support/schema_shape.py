"""Describes the schema of a database, to compare it with another."""

from typing import Any

from sqlalchemy import Engine, inspect

from bricoop.db.state import VERSION_TABLE


def is_index(name: str | None) -> bool:
    """Return whether a table belongs to the full-text index, which differs between the databases."""
    return str(name).startswith("search_index")


def shape(engine: Engine) -> dict[str, Any]:
    """Return the names of all objects of a schema."""
    seen = inspect(engine)
    return {
        name: {
            "columns": {column["name"]: column["nullable"] for column in seen.get_columns(name)},
            "checks": {constraint["name"] for constraint in seen.get_check_constraints(name)},
            "unique": {constraint["name"] for constraint in seen.get_unique_constraints(name)},
            "keys": {key["name"] for key in seen.get_foreign_keys(name)},
            "indexes": {index["name"] for index in seen.get_indexes(name)},
            "primary": seen.get_pk_constraint(name)["constrained_columns"],
        }
        for name in seen.get_table_names()
        if name != VERSION_TABLE and not is_index(name)
    }
