"""Fast bulk inserts in a second thread, while the first one prepares the next rows."""

import sqlite3
import sys
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import chain
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Table, event
from sqlalchemy.exc import DBAPIError

from bricoop.db.base import metadata

#: Rows per INSERT statement on SQLite: few sizes, so that the driver's cache holds all statements,
#: and large ones, as each statement hands the interpreter over to the other thread and back.
_SIZES = (2000, 200, 20, 2, 1)
#: The least number of rows to hand over to the thread at once; fewer rows wait for others.
_ENOUGH = 300
#: The most batches that wait for the thread; then the caller waits, so that memory is bounded.
_QUEUE = 8
#: Interval in seconds at which Python switches between the two threads.
_TURN = 0.0005


class Rows(NamedTuple):
    """New rows of one table.

    Attributes:
        table: the table.
        columns: the columns that every row gives, in its order.
        values: the rows, as Python values; they are converted by the types of the columns.
        utf8: columns whose values are UTF-8 bytes of text, such as JSON, which need not be decoded
            and encoded again.
    """

    table: Table
    columns: Sequence[str]
    values: Sequence[tuple[Any, ...]]
    utf8: Container[str] = ()


class Bulk:
    """Inserts rows into the transaction of an open connection.

    Attributes:
        connection: the connection.

    Any other statement on the connection waits until all rows are inserted. Errors of the database
    are raised then, or at the end of the `with` block.
    """

    def __init__(self, connection: Connection) -> None:
        """Prepare inserts; use it as `with Bulk(connection) as bulk:`."""
        self.connection = connection
        self._insert = _copy if connection.dialect.name == "postgresql" else _insert
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: list[Future[None]] = []
        self._held: list[Rows] = []
        self._count = 0
        self._turn = sys.getswitchinterval()
        self._takes_bytes = _takes_bytes(connection)

    def __enter__(self) -> Self:
        """Start to intercept other statements on the connection."""
        event.listen(self.connection, "before_cursor_execute", self._before)
        event.listen(self.connection.engine.pool, "invalidate", self._invalidated)
        sys.setswitchinterval(_TURN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Wait for all rows; after an exception only for the current batch."""
        try:
            if kind is None:
                self.wait()
        finally:
            self._stop()

    def insert(self, tables: Sequence[Rows]) -> None:
        """Queue rows of several tables for insertion, and return at once.

        Rows are inserted in the order of foreign keys, whatever their order here. A few rows may
        wait for more.

        Raises:
            DBAPIError: the database refused earlier rows.
        """
        filled = [rows for rows in tables if rows.values]
        self._held += filled
        self._count += sum(len(rows.values) for rows in filled)
        if self._count >= _ENOUGH:
            self._submit()

    def wait(self) -> None:
        """Wait until all rows are inserted.

        Raises:
            DBAPIError: the database refused some rows.
        """
        self._submit()
        for insertion in self._waiting:
            insertion.result()
        self._waiting.clear()

    def _submit(self) -> None:
        """Hand the queued rows over to the thread, merged into few statements."""
        if self._held:
            held, self._held, self._count = self._held, [], 0
            self._waiting.append(self._thread.submit(self._run, _together(held)))
            while len(self._waiting) > _QUEUE:
                self._waiting.pop(0).result()

    def _before(self, *_: object) -> None:
        self.wait()

    def _invalidated(self, *_: object) -> None:
        # SQLAlchemy closes a connection at once if a query on it is interrupted.
        self._rest()

    def _rest(self) -> KeyboardInterrupt | None:
        """Wait until the thread is idle, despite interrupts; return the last interrupt, if any.

        Closing a connection that another thread is using crashes the process. The thread is not
        joined before it is idle, as a join that is interrupted takes the thread for ended.
        """
        interruption: KeyboardInterrupt | None = None
        while True:
            try:
                for insertion in self._waiting:
                    insertion.cancel()
                wait(self._waiting)
            except KeyboardInterrupt as error:
                interruption = error
            else:
                return interruption

    def _stop(self) -> None:
        interruption = self._rest()
        self._thread.shutdown()
        sys.setswitchinterval(self._turn)
        event.remove(self.connection, "before_cursor_execute", self._before)
        event.remove(self.connection.engine.pool, "invalidate", self._invalidated)
        if interruption is not None:
            raise interruption

    def _run(self, tables: Sequence[Rows]) -> None:
        driver = self.connection.connection.driver_connection
        api = self.connection.dialect.loaded_dbapi
        for rows in tables:
            values = _processed(self.connection, rows, takes_bytes=self._takes_bytes)
            try:
                self._insert(self.connection, driver, rows, values)
            except api.Error as error:
                # Wrap the error as SQLAlchemy does for statements that it executes itself.
                raise DBAPIError.instance(
                    f"INSERT INTO {rows.table.name}", None, error, api.Error
                ) from error


def _together(held: Sequence[Rows]) -> list[Rows]:
    """Merge rows of the same table and columns, and sort them in the order of foreign keys."""
    groups: dict[tuple[str, tuple[str, ...]], list[Rows]] = {}
    for rows in held:
        groups.setdefault((rows.table.name, tuple(rows.columns)), []).append(rows)
    merged = [
        some[0] if len(some) == 1
        else some[0]._replace(values=list(chain.from_iterable(rows.values for rows in some)))
        for some in groups.values()
    ]  # fmt: skip
    ranks = _ranks()
    # The full-text index is not in the metadata; it refers to documents, so it comes last.
    return sorted(merged, key=lambda rows: ranks.get(rows.table.name, len(ranks)))


@cache
def _ranks() -> dict[str, int]:
    return {table.name: rank for rank, table in enumerate(metadata.sorted_tables)}


def _takes_bytes(connection: Connection) -> bool:
    """Return whether the database accepts UTF-8 bytes for a text.

    SQLite does if its encoding is UTF-8, which is the default.
    """
    if connection.dialect.name != "sqlite":
        return False
    return bool(connection.exec_driver_sql("PRAGMA encoding").scalar_one() == "UTF-8")


def _processed(
    connection: Connection, rows: Rows, *, takes_bytes: bool
) -> Sequence[tuple[Any, ...]]:
    dialect = connection.dialect
    candidates = [
        (position, rows.table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
        if name not in rows.utf8
        else (position, None if takes_bytes else bytes.decode)
        for position, name in enumerate(rows.columns)
    ]
    processors = [(position, process) for position, process in candidates if process is not None]
    if not processors:
        return rows.values
    processed = []
    for row in rows.values:
        values = list(row)
        for position, process in processors:
            values[position] = process(values[position])
        processed.append(tuple(values))
    return processed


def _insert(
    connection: Connection, driver: Any, rows: Rows, values: Sequence[tuple[Any, ...]]
) -> None:
    table, names = _quoted_names(connection, rows)
    marks_of = ("CAST(? AS TEXT)" if name in rows.utf8 else "?" for name in rows.columns)
    row_marks = f"({', '.join(marks_of)})"
    most = driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(rows.columns)
    for batch in _batches(values, most):
        marks = ", ".join([row_marks] * len(batch))
        driver.execute(
            f"INSERT INTO {table} ({names}) VALUES {marks}",  # noqa: S608 (our own names)
            list(chain.from_iterable(batch)),
        )


def _batches(values: Sequence[tuple[Any, ...]], most: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    start = 0
    for size in (fitting_size for fitting_size in _SIZES if fitting_size <= most):
        while start + size <= len(values):
            yield values[start : start + size]
            start += size


def _copy(
    connection: Connection, driver: Any, rows: Rows, values: Sequence[tuple[Any, ...]]
) -> None:
    table, names = _quoted_names(connection, rows)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _quoted_names(connection: Connection, rows: Rows) -> tuple[str, str]:
    quote = connection.dialect.identifier_preparer.quote
    return quote(rows.table.name), ", ".join(quote(name) for name in rows.columns)
