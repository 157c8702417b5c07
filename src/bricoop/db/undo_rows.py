"""Validates the saved rows from which undoing a load restores data of earlier loads."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.schema import load_effect, metadata, record
from bricoop.errors import DatabaseError

#: Columns that a saved row of `record` needs.
_OF_RECORDS = frozenset({"id", "entity_id", "gone_in"})


def kept(effects: Iterable[Row[Any]]) -> Iterator[Row[Any]]:
    """Yield rows of `load_effect` after validating each.

    Raises:
        DatabaseError: a row was altered, so that it cannot be restored.
    """
    for effect in effects:
        if not _is_whole(effect.table_name, effect.row):
            message = (
                f"The database is damaged: what load {effect.load_id} changed is not readable."
            )
            raise DatabaseError(message, "Restore a backup.")
        yield effect


def unreadable_effects(connection: Connection) -> list[str]:
    """Return the rows of `load_effect` that cannot be restored, in words."""
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
