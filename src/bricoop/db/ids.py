"""Assigns ids to new rows, counted up from the highest, under the writers' lock."""

from sqlalchemy import Connection, func, select

from bricoop.db.checksums import count_version_up
from bricoop.db.schema import entity, load, record, source
from bricoop.db.waiting import wait_for_writers

_TABLES = {"entity": entity, "record": record, "load": load, "source": source}


def acquire_write_lock(connection: Connection) -> None:
    """Wait for other writers, and increment the version of the knowledge base.

    The update locks the row of `knowledge_base` until the transaction ends, so that no other writer
    assigns ids meanwhile.
    """
    wait_for_writers(connection)
    count_version_up(connection)


def wait_for_write_lock(connection: Connection) -> None:
    """Wait for other writers without an update, so that no foreign trigger fires."""
    wait_for_writers(connection)


class Ids:
    """The next free ids of the tables that others refer to."""

    def __init__(self, connection: Connection) -> None:
        """Read the highest id of each table; `acquire_write_lock` must have been called."""
        self._last = {
            name: connection.execute(select(func.max(table.c.id))).scalar() or 0
            for name, table in _TABLES.items()
        }

    def next(self, table: str) -> int:
        """Return the next free id of a table."""
        self._last[table] += 1
        return self._last[table]

    def last(self, table: str) -> int:
        """Return the highest id of a table."""
        return self._last[table]
