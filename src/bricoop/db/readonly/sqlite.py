"""Read-only queries on SQLite: a read-only connection, and an authorizer for all other actions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from sqlalchemy import Engine, text

from bricoop.db.address import file_of
from bricoop.db.driver_errors import explained
from bricoop.db.engine import reading
from bricoop.db.readonly.result import (
    Calls,
    Column,
    Deadline,
    Result,
    has_parameters,
    refused,
    too_large,
)
from bricoop.db.unwritable_files import read_only_uri
from bricoop.domain.limits import SQL_CELL
from bricoop.errors import BricoopError

#: Steps of SQLite's virtual machine between checks of the time limit: some milliseconds.
_STEPS = 100_000
#: Allowed actions of a query; all others, such as ATTACH or CREATE, are refused.
_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
#: Pragmas that a query may read, but not set.
_ABOUT = {
    "collation_list", "compile_options", "data_version", "database_list", "encoding",
    "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo", "page_count",
    "page_size", "schema_version", "table_info", "table_list", "table_xinfo", "user_version",
}  # fmt: skip
_TAKE_A_NAME = {name for name in _ABOUT if name.endswith("info")} | {
    "foreign_key_list", "index_list", "table_list",
}  # fmt: skip
#: Functions that access files or load code.
_REFUSED = {"edit", "load_extension", "readfile", "writefile"}
#: Error codes of faults of the query itself rather than of the file.
_WRONG = {
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_SCHEMA,
}


@contextmanager
def asking(engine: Engine, query: str, deadline: Deadline) -> Iterator[Result]:
    """Yield the result of a query.

    Raises:
        UsageError: the query is invalid, or might write.
        DatabaseError: the file cannot be read, or the time limit is exceeded.
        KeyboardInterrupt: the user interrupted the query.
    """
    path = file_of(engine.url)
    if path is None:
        message = "the database is not a file"
        raise TypeError(message)
    # A read-only connection cannot remove the files of the log. So a normal connection is kept open
    # that is closed last and removes them.
    with reading(engine) as last:
        last.execute(text("SELECT 1 FROM sqlite_master LIMIT 1"))
        with closing(sqlite3.connect(read_only_uri(path), uri=True)) as driver:
            driver.isolation_level = None
            driver.execute("PRAGMA query_only = ON")
            driver.set_authorizer(_authorize)
            driver.set_progress_handler(lambda: deadline.is_over, _STEPS)
            driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, SQL_CELL.value)
            yield _result(engine, driver, query, deadline)


def _result(engine: Engine, driver: sqlite3.Connection, query: str, deadline: Deadline) -> Result:
    explain = partial(_explained, engine, deadline)
    calls = Calls(deadline, (sqlite3.Error, sqlite3.Warning), explain)
    with calls.timed():
        cursor = driver.execute(query)
    if cursor.description is None:
        raise refused("it returns no rows")
    columns = tuple(Column(column[0]) for column in cursor.description)
    # Row by row, as values may be as large as the memory of a whole page should be.
    return Result(columns, calls.rows(lambda: cursor.fetchmany(1)))


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        name = (first or "").lower()
        may = name in _ABOUT and (second is None or name in _TAKE_A_NAME)
    elif action == sqlite3.SQLITE_FUNCTION:
        may = (second or "").lower() not in _REFUSED
    elif action == sqlite3.SQLITE_UPDATE:
        # SQLite reports this when a virtual table such as json_each is first used.
        may = first == "sqlite_master"
    else:
        may = action in _READS
    return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY


def _explained(engine: Engine, deadline: Deadline, error: Exception) -> BricoopError:
    """Translate an error of SQLite.

    Raises:
        KeyboardInterrupt: SQLite was interrupted within the time limit, so by the user.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_TOOBIG:
        return too_large("value", SQL_CELL)
    if code == sqlite3.SQLITE_INTERRUPT:
        if deadline.is_over:
            return deadline.error()
        raise KeyboardInterrupt from error
    if isinstance(error, sqlite3.ProgrammingError) and "binding" in str(error):
        return has_parameters()
    if code == sqlite3.SQLITE_AUTH:
        return refused(f"{error}: it might write")
    return refused(str(error)) if code in _WRONG else explained(engine.url, str(error))
