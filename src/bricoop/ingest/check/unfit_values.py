"""Delete derived values that are unreadable or refer to nothing, before a rebuild."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    and_,
    cast,
    delete,
    literal,
    text,
    update,
)

from bricoop.db.check import RESTORE
from bricoop.db.column_values import Key, Misfit, is_derived, misfits, refuse
from bricoop.db.references import dangling
from bricoop.db.schema import FACTS, entity


def drop_unfit(connection: Connection) -> None:
    """Delete derived data that cannot be read or that refers to missing rows.

    Rows of facts and of the search index are deleted; values of entities are cleared if possible.

    Raises:
        DatabaseError: loaded data cannot be read, so that nothing can be derived from it.
    """
    if connection.dialect.name == "sqlite":
        # The row of a country or link may be deleted and inserted again later.
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    while unfit := misfits(connection):
        loaded = [misfit for misfit in unfit if not is_derived(misfit.column)]
        refuse(connection, loaded, f"Nothing was changed. {RESTORE}")
        _drop_all(connection, unfit)
    # Loaded records with dangling references are kept, as they can still be read.
    while lost := [misfit for misfit in dangling(connection) if is_derived(misfit.column)]:
        _drop_all(connection, lost)


def _drop_all(connection: Connection, unfit: Sequence[Misfit]) -> None:
    by_column: dict[Column[Any], list[Key]] = defaultdict(list)
    for misfit in unfit:
        by_column[misfit.column].append(misfit.key)
    for column, keys in by_column.items():
        _drop(connection, column, keys)


def _drop(connection: Connection, column: Column[Any], keys: Sequence[Key]) -> None:
    table = column.table
    for key in keys:
        if table is entity:
            empty = {"name": entity.c.key, "normalised": "", "description": None}[column.name]
            statement: Any = update(entity).values({column.name: empty})
        elif column.nullable and table not in FACTS and not table.info:
            statement = update(table).values({column.name: None})
        else:
            statement = delete(table)
        connection.execute(statement.where(_is_row(column, key)))


def _is_row(column: Column[Any], key: Key) -> ColumnElement[bool]:
    """Return the condition for the row with a key, whose values may have any type."""
    return and_(
        *(
            own == key_value
            if isinstance(key_value, int)
            else cast(own, LargeBinary) == cast(literal(key_value), LargeBinary)
            for own, key_value in zip(column.table.primary_key.columns, key, strict=True)
        )
    )
