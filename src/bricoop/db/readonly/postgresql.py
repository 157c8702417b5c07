"""PostgreSQL kept from writing: a read-only transaction, a cursor, and no function that acts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import Engine

from bricoop.db.engine import explained, in_our_words
from bricoop.db.readonly.result import PAGE, Column, Deadline, Result, refused
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
    with in_our_words(engine), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            message = "the driver is not psycopg"
            raise TypeError(message)
        try:
            _prepare(driver, query, deadline)
            # DECLARE takes one statement, and only one that selects.
            with driver.cursor(name="bricoop_sql") as cursor:
                cursor.execute(query.encode())
                columns = tuple(
                    Column(one.name, _TYPES.get(one.type_code)) for one in cursor.description or ()
                )
                yield Result(columns, _rows(engine, cursor, deadline))
        except psycopg.Error as error:
            raise _explained(engine, error, deadline) from error


def _prepare(driver: "psycopg.Connection[Any]", query: str, deadline: Deadline) -> None:
    if _ESCAPED.search(query):
        message = 'Names in a query are written plainly, without U&"...".'
        raise UsageError(message)
    words = sorted({word.lower() for word in _WORD.findall(query)})
    found = driver.execute(_ACTING, (words, _HARMLESS)).fetchone()
    if found:
        raise refused(f"{found[0]} is a function that may do more than read")
    if deadline.seconds is not None:
        wait = max(1, round(deadline.seconds * 1000))
        driver.execute(f"SET LOCAL statement_timeout = {wait}".encode())


def _rows(
    engine: Engine, cursor: "psycopg.ServerCursor[Any]", deadline: Deadline
) -> Iterator[tuple[Any, ...]]:
    try:
        while page := cursor.fetchmany(PAGE):
            yield from page
            # The server counts the time of each page for itself.
            if deadline.is_over:
                raise deadline.error()
    except psycopg.Error as error:
        raise _explained(engine, error, deadline) from error


def _explained(engine: Engine, error: psycopg.Error, deadline: Deadline) -> BricoopError:
    if isinstance(error, psycopg.errors.QueryCanceled) and deadline.seconds is not None:
        return deadline.error()
    # What has no state comes from the driver: a value that Python cannot hold.
    if isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _WRONG:
        return refused(error.diag.message_primary or str(error))
    return explained(engine.url, str(error) or type(error).__name__)
