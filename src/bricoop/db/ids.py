"""Numbers for new rows: counted up from the highest, under the lock that every writer holds."""

from sqlalchemy import Connection, func, select

from bricoop.db.checksums import count_version_up
from bricoop.db.schema import entity, knowledge_base, load, record, source

_TABLES = {"entity": entity, "record": record, "load": load, "source": source}


def acquire_write_lock(connection: Connection) -> None:
    """Queue behind other writers, and count the knowledge base's version up.

    The update holds the one row until the transaction ends, on SQLite, PostgreSQL and what speaks
    it, so the numbers below stay free until then.
    """
    count_version_up(connection)


def wait_for_write_lock(connection: Connection) -> None:
    """Queue behind other writers without writing yet, so that no trigger of somebody else acts."""
    connection.execute(select(knowledge_base.c.id).with_for_update())


class Ids:
    """The next free numbers of the tables whose rows others point to."""

    def __init__(self, connection: Connection) -> None:
        """Read the highest number of each table; `acquire_write_lock` must have been called."""
        self._last = {
            name: connection.execute(select(func.max(table.c.id))).scalar() or 0
            for name, table in _TABLES.items()
        }

    def next(self, table: str) -> int:
        """Return the next free number of a table."""
        self._last[table] += 1
        return self._last[table]

    def last(self, table: str) -> int:
        """Return the highest number of a table."""
        return self._last[table]
