"""Read-only queries on PostgreSQL: a read-only transaction, and no functions with side effects."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Engine

from bricoop.db.driver_errors import explained, interrupted_before, translate_db_errors
from bricoop.db.readonly.result import (
    PAGE,
    Calls,
    Column,
    Deadline,
    Result,
    has_parameters,
    refused,
    too_large,
)
from bricoop.db.server_transactions import JIT_OFF
from bricoop.domain.limits import SQL_ROW
from bricoop.errors import BricoopError, UsageError

#: Python types of column values, by PostgreSQL's type OID.
_TYPES: dict[int, type] = {
    16: bool, 20: int, 21: int, 23: int, 26: int, 700: float, 701: float, 1700: Decimal,
    1184: datetime,
}  # fmt: skip
#: Volatile functions without side effects.
_HARMLESS = [
    "clock_timestamp", "gen_random_uuid", "pg_database_size", "pg_indexes_size", "pg_relation_size",
    "pg_sleep", "pg_table_size", "pg_total_relation_size", "random", "timeofday",
]  # fmt: skip
#: Selects a function with possible side effects among words of a query. A read-only transaction
#: allows functions that end sessions, read files or take locks; the catalogue marks all of them as
#: volatile. Functions with arguments of type `internal` cannot be called from SQL.
_ACTING = """
SELECT proname FROM pg_catalog.pg_proc
WHERE provolatile = 'v' AND proname = ANY(%s) AND proname <> ALL(%s)
AND 'internal'::regtype <> ALL(proargtypes) ORDER BY proname LIMIT 1
"""
#: Size of the first page, which is small, as the size of rows is unknown.
_FIRST_PAGE = 16
_TOO_LARGE = "bricoop: too large"
#: Raises an error on the server for rows that are too large: the mark cannot be cast to a number,
#: and the error message contains it. `OFFSET 0` keeps the planner from evaluating columns twice,
#: and `random()` keeps it from evaluating the cast in advance.
_BOUNDED = """SELECT * FROM (SELECT * FROM (
{query}
) AS bricoop_query OFFSET 0) AS bricoop_answer
WHERE CASE WHEN pg_column_size(bricoop_answer.*) <= {limit} THEN true
ELSE CAST('{mark}' || random() AS integer) = 0 END"""
_WORD = re.compile(r"[\w$]+")
#: Escaped identifiers would hide names of functions from the check above.
_ESCAPED = re.compile(r'u&\s*"', re.IGNORECASE)
#: Classes of SQLSTATE for errors of the query itself rather than of the server.
_WRONG = {"0A", "21", "22", "25", "2F", "34", "38", "42", "54"}


@contextmanager
def asking(engine: Engine, query: str, deadline: Deadline) -> Iterator[Result]:
    """Yield the result of a query.

    Raises:
        UsageError: the query is invalid, or might write.
        DatabaseError: the server cannot be reached, or the time limit is exceeded.
    """
    with translate_db_errors(engine), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            message = "the driver is not psycopg"
            raise TypeError(message)
        explain = partial(_explained, engine, deadline)
        try:
            _prepare(driver, query, deadline)
            # DECLARE accepts a single SELECT only.
            with driver.cursor(name="bricoop_sql") as cursor:
                _declare(driver, cursor, query)
                columns = tuple(
                    Column(column.name, _TYPES.get(column.type_code))
                    for column in cursor.description or ()
                )
                calls = Calls(deadline, psycopg.Error, explain)
                yield Result(columns, calls.rows(_Pages(cursor).fetch))
        except psycopg.Error as error:
            if interrupted_before(error):
                raise KeyboardInterrupt from error
            raise explain(error) from error


def _prepare(driver: "psycopg.Connection[Any]", query: str, deadline: Deadline) -> None:
    if _ESCAPED.search(query):
        message = 'Write names in a query without U&"...".'
        raise UsageError(message)
    driver.execute(JIT_OFF)
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
    """Declare the cursor of a query, with the limit on the size of rows if possible.

    If the query does not work as a subquery, it is declared as it is: it may end with a semicolon
    and a comment, and error messages should refer to the query as written.
    """
    driver.execute("SAVEPOINT bounded")
    try:
        cursor.execute(_bounded(query).encode())
    except psycopg.errors.SyntaxError:
        driver.execute("ROLLBACK TO SAVEPOINT bounded")
        cursor.execute(query.encode())


class _Pages:
    """Fetches rows in pages that take no more memory than the limit of a row."""

    def __init__(self, cursor: "psycopg.ServerCursor[Any]") -> None:
        self._cursor = cursor
        self._size = _FIRST_PAGE

    def fetch(self) -> list[tuple[Any, ...]]:
        page = self._cursor.fetchmany(self._size)
        texts = (len(value) for row in page for value in row if isinstance(value, str | bytes))
        most = SQL_ROW.value * len(page) // max(1, sum(texts))
        self._size = max(1, min(PAGE, most))
        return page


def _bounded(query: str) -> str:
    """Return the query with a condition that raises an error on rows that are too large.

    The check is made on the server, as the driver would load a row as a whole.
    """
    return _BOUNDED.format(query=query.rstrip("; \t\r\n"), limit=SQL_ROW.value, mark=_TOO_LARGE)


def _explained(engine: Engine, deadline: Deadline, error: psycopg.Error) -> BricoopError:
    if isinstance(error, psycopg.errors.QueryCanceled) and deadline.seconds is not None:
        return deadline.error()
    if isinstance(error, psycopg.errors.ProtocolViolation) and "parameters" in str(error):
        return has_parameters()
    if _TOO_LARGE in str(error):
        return too_large("row", SQL_ROW)
    # Errors without SQLSTATE come from the driver, for values that Python cannot represent.
    if isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _WRONG:
        return refused(error.diag.message_primary or str(error))
    return explained(engine.url, str(error) or type(error).__name__, error.sqlstate)
