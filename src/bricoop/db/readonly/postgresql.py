"""PostgreSQL kept from writing: a read-only transaction, a cursor, and no function that acts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import Engine

from bricoop.db.engine import explained, interrupted_before, translate_db_errors
from bricoop.db.readonly.result import (
    PAGE,
    Column,
    Deadline,
    Measured,
    Result,
    has_parameters,
    refused,
    too_large,
)
from bricoop.domain.limits import SQL_ROW
from bricoop.errors import BricoopError, UsageError

#: What the columns of these types hold, by PostgreSQL's numbers of them.
_TYPES: dict[int, type] = {
    16: bool, 20: int, 21: int, 23: int, 26: int, 700: float, 701: float, 1700: Decimal,
    1184: datetime,
}  # fmt: skip
#: Functions that give another value each time, and do nothing else.
_HARMLESS = [
    "clock_timestamp", "gen_random_uuid", "pg_database_size", "pg_indexes_size", "pg_relation_size",
    "pg_sleep", "pg_table_size", "pg_total_relation_size", "random", "timeofday",
]  # fmt: skip
#: A read-only transaction lets functions end sessions, read files or take locks. The catalogue
#: knows them: whatever may have an effect has to be volatile there. What takes something
#: `internal` cannot be called.
_ACTING = """
SELECT proname FROM pg_catalog.pg_proc
WHERE provolatile = 'v' AND proname = ANY(%s) AND proname <> ALL(%s)
AND 'internal'::regtype <> ALL(proargtypes) ORDER BY proname LIMIT 1
"""
#: Rows of unknown size are fetched in small pages at first.
_FIRST_PAGE = 16
_TOO_LARGE = "bricoop: too large"
#: The text cannot be cast to a number: the error that says so contains it. Each value is computed
#: once: OFFSET keeps the planner from computing it again for its estimates, for the condition and
#: for the answer, and what is random is computed only where the condition fails.
_BOUNDED = """SELECT * FROM (SELECT * FROM (
{query}
) AS bricoop_query OFFSET 0) AS bricoop_answer
WHERE CASE WHEN pg_column_size(bricoop_answer.*) <= {limit} THEN true
ELSE CAST('{mark}' || random() AS integer) = 0 END"""
_WORD = re.compile(r"[\w$]+")
#: Names written with escapes would be read by the server and not by us.
_ESCAPED = re.compile(r'u&\s*"', re.IGNORECASE)
#: The classes of errors that are the query's own: features, cardinality, data, states, names.
_WRONG = {"0A", "21", "22", "25", "2F", "34", "38", "42", "54"}


@contextmanager
def asking(engine: Engine, query: str, deadline: Deadline) -> Iterator[Result]:
    """Yield the result of a query.

    Raises:
        UsageError: the query is wrong, or would do more than read.
        DatabaseError: the server cannot be asked, or the time is over.
    """
    with translate_db_errors(engine), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            message = "the driver is not psycopg"
            raise TypeError(message)
        try:
            _prepare(driver, query, deadline)
            # DECLARE takes one statement, and only one that selects.
            with driver.cursor(name="bricoop_sql") as cursor:
                _declare(driver, cursor, query)
                columns = tuple(
                    Column(column.name, _TYPES.get(column.type_code))
                    for column in cursor.description or ()
                )
                yield Result(columns, _rows(engine, cursor, deadline))
        except psycopg.Error as error:
            if interrupted_before(error):
                raise KeyboardInterrupt from error
            raise _explained(engine, error, deadline) from error


def _prepare(driver: "psycopg.Connection[Any]", query: str, deadline: Deadline) -> None:
    if _ESCAPED.search(query):
        message = 'Write names in a query without U&"...".'
        raise UsageError(message)
    words = sorted({word.lower() for word in _WORD.findall(query)})
    row = driver.execute(_ACTING, (words, _HARMLESS)).fetchone()
    if row:
        raise refused(f"the function {row[0]} might write")
    if deadline.seconds is not None:
        wait = max(1, round(deadline.seconds * 1000))
        driver.execute(f"SET LOCAL statement_timeout = {wait}".encode())


def _declare(
    driver: "psycopg.Connection[Any]", cursor: "psycopg.ServerCursor[Any]", query: str
) -> None:
    """Declare the cursor of a query; what is no subquery is tried as it is.

    A comment after a semicolon cannot be within brackets, and a mistake should be explained as one
    of the query as it was written.
    """
    driver.execute("SAVEPOINT bounded")
    try:
        cursor.execute(_bounded(query).encode())
    except psycopg.errors.SyntaxError:
        driver.execute("ROLLBACK TO SAVEPOINT bounded")
        cursor.execute(query.encode())


def _rows(
    engine: Engine, cursor: "psycopg.ServerCursor[Any]", deadline: Deadline
) -> Iterator[tuple[Any, ...]]:
    size = _FIRST_PAGE
    measured = Measured()
    while True:
        deadline.begin()
        try:
            page = cursor.fetchmany(size)
        except psycopg.Error as error:
            raise _explained(engine, error, deadline) from error
        finally:
            deadline.end()
        if not page:
            return
        yield from map(measured.row, page)
        # The server counts the time of each page for itself.
        if deadline.is_over:
            raise deadline.error()
        size = _next_page(page)


def _next_page(page: list[tuple[Any, ...]]) -> int:
    """Return how many rows to fetch next, so that they take no more than one row may."""
    texts = (len(value) for row in page for value in row if isinstance(value, str | bytes))
    return max(1, min(PAGE, SQL_ROW.value * len(page) // max(1, sum(texts))))


def _bounded(query: str) -> str:
    """Return the query with a condition that fails on rows which are too large to be sent.

    The server sends a row whole, and the driver keeps it whole; so it must not leave the server.
    """
    return _BOUNDED.format(query=query.rstrip("; \t\r\n"), limit=SQL_ROW.value, mark=_TOO_LARGE)


def _explained(engine: Engine, error: psycopg.Error, deadline: Deadline) -> BricoopError:
    if isinstance(error, psycopg.errors.QueryCanceled) and deadline.seconds is not None:
        return deadline.error()
    if isinstance(error, psycopg.errors.ProtocolViolation) and "parameters" in str(error):
        return has_parameters()
    if _TOO_LARGE in str(error):
        return too_large("row", SQL_ROW)
    # What has no state comes from the driver: a value that Python cannot hold.
    if isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _WRONG:
        return refused(error.diag.message_primary or str(error))
    return explained(engine.url, str(error) or type(error).__name__)
