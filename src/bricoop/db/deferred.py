"""Indexes in the order of names, which a large load does without and which are made at its end.

Rows come in another order than names: where such an index is larger than the cache, each new row
reads a page of it and writes another out. Made at once, from all rows, it takes a second for a
million. That the indexes are away is part of the load's own transaction: nobody else sees it, and
a load that is killed or refused leaves them as they were. On PostgreSQL others would have to wait
until its end, so there they stay.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Index, func, select

from bricoop.db.engine import lay_out_memory
from bricoop.db.schema import alias, entity

_NAMES = {"ix_entity_kind", "ix_alias_normalised"}
#: When questions have read all names so often for want of an index, it is worth its trouble.
_OFTEN = 100


class Deferred:
    """The indexes of names, which may be away while a load goes on."""

    def __init__(self) -> None:
        """Begin with all of them there."""
        self._connection: Connection | None = None
        self._read = 0

    def begin(self, connection: Connection) -> None:
        """Take them away until `end`, where nobody has to wait for that."""
        if connection.dialect.name != "sqlite":
            return
        self._connection = connection
        for index in _indexes():
            index.drop(connection)

    def asked(self) -> None:
        """Hear of a question that one of them would answer; after too many they are made."""
        if self._connection is None:
            return
        there = self._connection.scalar(select(func.max(entity.c.id))) or 0
        self._read += there
        if self._read > _OFTEN * there:
            self.end()

    def end(self) -> None:
        """Make those again that are away."""
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
