"""Runs a user's SQL query read-only on a database or a lake."""

from contextlib import AbstractContextManager

from sqlalchemy import Engine

from bricoop.db.readonly.result import Deadline, Result
from bricoop.domain.limits import SQL_LENGTH
from bricoop.errors import UsageError


def asking(
    engine: Engine, query: str, deadline: Deadline | None = None
) -> AbstractContextManager[Result]:
    """Return a context manager for the result of a query.

    Args:
        engine: a knowledge base.
        query: a single SELECT statement.
        deadline: the limit on the time that the database may take; None for no limit.

    Raises:
        UsageError: the query is invalid, has several statements, or might write.
        DatabaseError: the database cannot be read, or the time limit is exceeded.
    """
    if len(query) > SQL_LENGTH.value:
        raise UsageError(f"The query has more than {SQL_LENGTH}.", "Shorten it.")
    deadline = deadline or Deadline(None)
    if not query.strip(" \t\r\n;") or "\0" in query:
        raise UsageError("The query is empty.", "Write one, such as: SELECT * FROM v_links")
    if engine.dialect.name == "sqlite":
        from bricoop.db.readonly import sqlite  # noqa: PLC0415 (only the module that is needed)

        return sqlite.asking(engine, query, deadline)
    if engine.dialect.driver == "spark":
        # Spark has functions that read any file, and run code of Java.
        message = "Spark runs no SQL of your own, only bricoop's statements."
        raise UsageError(message, "Leave out --engine: DuckDB runs it in the same lake.")
    if engine.dialect.name == "lake":
        from bricoop.db.readonly import lake  # noqa: PLC0415 (as above)

        return lake.asking(engine, query, deadline)
    from bricoop.db.readonly import postgresql  # noqa: PLC0415 (as above)

    return postgresql.asking(engine, query, deadline)
