"""DuckDB as a DB-API driver: each cursor is a connection of its own to the same tables."""

from typing import Any

import duckdb

apilevel = duckdb.apilevel
threadsafety = duckdb.threadsafety
#: Parameters are written `$1`, `$2`, and the same one may occur several times.
paramstyle = "numeric_dollar"

Error = duckdb.Error


class DuckConnection:
    """A connection to a database in memory whose views read the files of a lake."""

    def __init__(self, database: duckdb.DuckDBPyConnection, views: str = "") -> None:
        """Use a database that is prepared already.

        Args:
            database: the database.
            views: the statements that create the views for queries of users.
        """
        self._database = database
        self._views = views

    def cursor(self) -> Any:
        """Return a new cursor, which reads its rows as they are fetched."""
        return self._database.cursor()

    def create_views(self) -> None:
        """Create the views for queries of users, which other statements do not need."""
        if self._views:
            self._database.execute(self._views)
            self._views = ""

    def close(self) -> None:
        """Close the database."""
        self._database.close()
