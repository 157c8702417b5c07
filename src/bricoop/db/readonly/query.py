"""One query in a user's own SQL, by the way of the database that is asked."""

from contextlib import AbstractContextManager

from sqlalchemy import Engine

from bricoop.db.readonly.result import Deadline, Result
from bricoop.errors import UsageError


def asking(
    engine: Engine, query: str, timeout: float | None = None
) -> AbstractContextManager[Result]:
    """Return the context in which the result of one query can be read.

    Args:
        engine: a knowledge base.
        query: one statement that selects.
        timeout: after so many seconds the query is stopped.

    Raises:
        UsageError: the query is wrong, is several, or would do more than read.
        DatabaseError: the database cannot be read, or the time is over.
    """
    if not query.strip(" \t\r\n;") or "\0" in query:
        raise UsageError("There is no query.", "Write one, such as: SELECT * FROM v_links")
    if engine.dialect.name == "sqlite":
        from bricoop.db.readonly import sqlite  # noqa: PLC0415 (one database's way at a time)

        return sqlite.asking(engine, query, Deadline(timeout))
    from bricoop.db.readonly import postgresql  # noqa: PLC0415 (as above)

    return postgresql.asking(engine, query, Deadline(timeout))
