"""Drops the indexes on names during a large load, and creates them again at its end (SQLite only).

Rows arrive in another order than names. Once such an index exceeds the cache, each new row reads
and writes a page of it; creating it from a million rows at the end takes a second. The indexes are
dropped within the load's transaction: no other reader is affected, and a failed load restores them.
On PostgreSQL dropping an index would lock out other readers, so the indexes stay.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Index, func, select

from bricoop.db.engine import lay_out_memory
from bricoop.db.schema import alias, entity

_NAMES = {"ix_entity_kind", "ix_alias_normalised"}
#: After so many full scans for want of an index, the indexes are created again.
_OFTEN = 100


class Deferred:
    """The indexes on names, which may be dropped while a load runs."""

    def __init__(self) -> None:
        """Begin with all indexes in place."""
        self._connection: Connection | None = None
        self._read = 0

    def begin(self, connection: Connection) -> None:
        """Drop the indexes until `end`; does nothing on PostgreSQL."""
        if connection.dialect.name != "sqlite":
            return
        self._connection = connection
        for index in _indexes():
            index.drop(connection)

    def asked(self) -> None:
        """Count a query that scans a table for want of an index; after too many, create them."""
        if self._connection is None:
            return
        there = self._connection.scalar(select(func.max(entity.c.id))) or 0
        self._read += there
        if self._read > _OFTEN * there:
            self.end()

    def end(self) -> None:
        """Create the indexes again if they were dropped."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        lay_out_memory(connection, writes=False)
        for index in _indexes():
            index.create(connection)
        lay_out_memory(connection, writes=True)


def _indexes() -> Iterator[Index]:
    for table in (entity, alias):
        yield from (index for index in table.indexes if index.name in _NAMES)
