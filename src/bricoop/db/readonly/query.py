"""One query in a user's own SQL, by the way of the database that is asked."""

from contextlib import AbstractContextManager

from sqlalchemy import Engine

from bricoop.db.readonly.result import Deadline, Result
from bricoop.domain.limits import SQL_LENGTH
from bricoop.errors import UsageError


def asking(
    engine: Engine, query: str, deadline: Deadline | None = None
) -> AbstractContextManager[Result]:
    """Return the context in which the result of one query can be read.

    Args:
        engine: a knowledge base.
        query: one statement that selects.
        deadline: how long the database may work on it; None for any time.

    Raises:
        UsageError: the query is wrong, is several, or would do more than read.
        DatabaseError: the database cannot be read, or the time is over.
    """
    if len(query) > SQL_LENGTH.value:
        raise UsageError(f"The query has more than {SQL_LENGTH}.", "Shorten it.")
    deadline = deadline or Deadline(None)
    if not query.strip(" \t\r\n;") or "\0" in query:
        raise UsageError("The query is empty.", "Write one, such as: SELECT * FROM v_links")
    if engine.dialect.name == "sqlite":
        from bricoop.db.readonly import sqlite  # noqa: PLC0415 (one database's way at a time)

        return sqlite.asking(engine, query, deadline)
    from bricoop.db.readonly import postgresql  # noqa: PLC0415 (as above)

    return postgresql.asking(engine, query, deadline)
