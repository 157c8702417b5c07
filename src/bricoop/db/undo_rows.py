"""Rows that loads took away from earlier ones: whether what is kept of them can be given back."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.schema import load_effect, metadata, record
from bricoop.errors import DatabaseError

#: What is kept of a record: what it was about, and since which load it was gone.
_OF_RECORDS = frozenset({"id", "entity_id", "gone_in"})


def kept(effects: Iterable[Row[Any]]) -> Iterator[Row[Any]]:
    """Yield effects, each of which has the columns that its table needs.

    Raises:
        DatabaseError: one was altered, so that it cannot be given back.
    """
    for effect in effects:
        if not _is_whole(effect.table_name, effect.row):
            message = (
                f"The database is damaged: what load {effect.load_id} changed is not readable."
            )
            raise DatabaseError(message, "Restore a backup.")
        yield effect


def unreadable_effects(connection: Connection) -> list[str]:
    """Return what is kept of rows and lacks what their tables need, in words."""
    return [
        f"row {effect.id} of load_effect, of load {effect.load_id}"
        for effect in connection.execute(select(load_effect).order_by(load_effect.c.id))
        if not _is_whole(effect.table_name, effect.row)
    ]


def _is_whole(table_name: str, row: Any) -> bool:
    table = metadata.tables.get(table_name)
    if table is None or not isinstance(row, dict):
        return False
    names = set(row)
    needed = {column.name for column in table.primary_key.columns}
    if table is record:
        needed |= _OF_RECORDS
    return needed <= names <= set(table.columns.keys())
