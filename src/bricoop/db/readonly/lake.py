"""Read-only queries on a lake: a single SELECT, and no file but those of the lake."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

import duckdb
from sqlalchemy import Engine

from bricoop.db.driver_errors import explained, translate_db_errors
from bricoop.db.duckdb_driver import DuckConnection
from bricoop.db.readonly.result import (
    PAGE,
    Calls,
    Column,
    Deadline,
    Result,
    has_parameters,
    refused,
)
from bricoop.errors import BricoopError

#: Seconds between checks of the time limit.
_INTERVAL = 0.05
#: Python types of column values, by the beginning of the name of DuckDB's type.
_TYPES: dict[str, type] = {
    "BOOLEAN": bool, "TINYINT": int, "SMALLINT": int, "INTEGER": int, "BIGINT": int,
    "HUGEINT": int, "UTINYINT": int, "USMALLINT": int, "UINTEGER": int, "UBIGINT": int,
    "DECIMAL": Decimal, "FLOAT": float, "DOUBLE": float,
}  # fmt: skip
#: Errors of the query itself.
_WRONG = (
    duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.DataError,
    duckdb.NotSupportedError, duckdb.PermissionException, duckdb.SyntaxException,
    duckdb.InvalidInputException, duckdb.OutOfMemoryException,
)  # fmt: skip


@contextmanager
def asking(engine: Engine, query: str, deadline: Deadline) -> Iterator[Result]:
    """Yield the result of a query.

    Raises:
        UsageError: the query is invalid, or is no SELECT.
        DatabaseError: the lake cannot be read, or the time limit is exceeded.
    """
    with translate_db_errors(engine), engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, DuckConnection):
            message = "the driver is not that of lakes"
            raise TypeError(message)
        driver.create_views()
        cursor = driver.cursor()
        calls = Calls(deadline, duckdb.Error, partial(_explained, engine, deadline))
        with _interrupting(cursor, deadline):
            with calls.timed():
                _execute(cursor, query)
            columns = tuple(Column(name, _type(kind)) for name, kind, *_ in cursor.description)
            yield Result(columns, calls.rows(lambda: cursor.fetchmany(PAGE)))


def _execute(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = cursor.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise refused("it is not a single SELECT")
    if statements[0].named_parameters:
        raise has_parameters()
    cursor.execute(statements[0])


@contextmanager
def _interrupting(cursor: duckdb.DuckDBPyConnection, deadline: Deadline) -> Iterator[None]:
    """Interrupt DuckDB when the time limit is exceeded, which it does not check by itself."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_INTERVAL):
            if deadline.is_working and deadline.is_over:
                cursor.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _type(kind: object) -> type | None:
    return _TYPES.get(str(kind).partition("(")[0])


def _explained(engine: Engine, deadline: Deadline, error: duckdb.Error) -> BricoopError:
    """Translate an error of DuckDB.

    Raises:
        KeyboardInterrupt: DuckDB was interrupted within the time limit, so by the user.
    """
    if isinstance(error, duckdb.InterruptException):
        if deadline.is_over:
            return deadline.error()
        raise KeyboardInterrupt from error
    reason = str(error)
    if isinstance(error, _WRONG):
        return refused(reason.partition(": ")[2] or reason)
    return explained(engine.url, reason)
