"""Results, time limits and errors of read-only queries, shared by all databases."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bricoop.domain.english import with_article
from bricoop.domain.limits import SQL_ANSWER, SQL_CELL, SQL_ROW, Limit
from bricoop.errors import BricoopError, DatabaseError, UsageError

#: Rows to fetch at once.
PAGE = 500
#: The least size of a value in bytes, for the limit on the whole result.
_LEAST = 8


@dataclass(frozen=True)
class Column:
    """A column of a query.

    Attributes:
        name: its name, which need not be unique.
        holds: the Python type of its values; None if the database does not tell it.
    """

    name: str
    holds: type | None = None


@dataclass(frozen=True)
class Result:
    """The result of a query; rows are fetched while they are iterated."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Any, ...]]


class Deadline:
    """A limit on the time that the database works on a query, without the time to use its rows."""

    def __init__(self, seconds: float | None) -> None:
        """Set the limit in seconds; None for no limit."""
        self.seconds = seconds
        self._used = 0.0
        self._since: float | None = None

    def begin(self) -> None:
        """Start the clock, before a call to the database."""
        self._since = time.monotonic()

    def end(self) -> None:
        """Stop the clock, after a call to the database."""
        if self._since is not None:
            self._used += time.monotonic() - self._since
            self._since = None

    def is_over_by(self, seconds: float) -> bool:
        """Return whether the database still works this many seconds after the time limit."""
        since = self._since
        if self.seconds is None or since is None:
            return False
        return self._used + time.monotonic() - since > self.seconds + seconds

    @property
    def is_working(self) -> bool:
        """Whether the database is working at the moment."""
        return self._since is not None

    @property
    def is_over(self) -> bool:
        """Whether the time limit is exceeded."""
        working = 0.0 if self._since is None else time.monotonic() - self._since
        return self.seconds is not None and self._used + working > self.seconds

    def error(self) -> DatabaseError:
        """Return the error for an exceeded time limit."""
        message = f"The query took longer than {self.seconds:g} s and was stopped."
        return DatabaseError(message, "Raise --timeout, or narrow the query.")


@dataclass(frozen=True)
class Calls:
    """Calls to the driver of a database: each is timed, and its errors are translated.

    Attributes:
        deadline: the limit on their time.
        error: the class of the driver's errors.
        explain: returns the error of bricoop for one of the driver.
    """

    deadline: Deadline
    error: type[Exception] | tuple[type[Exception], ...]
    explain: Callable[[Any], BricoopError]

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Run one call.

        Raises:
            BricoopError: the driver raised an error.
        """
        self.deadline.begin()
        try:
            yield
        except self.error as error:
            raise self.explain(error) from error
        finally:
            self.deadline.end()

    def rows(self, fetch: Callable[[], Sequence[tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a result.

        Args:
            fetch: returns the next rows; none at the end.

        Raises:
            BricoopError: the driver raised an error, or a limit on time or size is exceeded.
        """
        measured = Measured()
        while True:
            with self.timed():
                page = fetch()
            if not page:
                return
            yield from map(measured.row, page)
            # A server may apply its own limit to each page only.
            if self.deadline.is_over:
                raise self.deadline.error()


class Measured:
    """Checks the sizes of values, rows and the whole of a result against the limits."""

    def __init__(self) -> None:
        """Begin with an empty result."""
        self._left = SQL_ANSWER.value

    def row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Check the size of a row, and return it.

        Raises:
            UsageError: a value, the row, or the result so far exceeds a limit.
        """
        size = 0
        for value in row:
            if isinstance(value, str | bytes | memoryview):
                length = len(value)
                if length > SQL_CELL.value:
                    raise too_large("value", SQL_CELL)
                size += length
        if size > SQL_ROW.value:
            raise too_large("row", SQL_ROW)
        self._left -= max(size, _LEAST * len(row))
        if self._left < 0:
            raise too_large("answer", SQL_ANSWER)
        return row


def too_large(noun: str, limit: Limit) -> UsageError:
    """Return the error for a value, row or result that exceeds a limit."""
    message = f"The query makes {with_article(noun)} of more than {limit}."
    return UsageError(message, "Select fewer columns or rows, or parts of values.")


def has_parameters() -> UsageError:
    """Return the error for a query with parameters, which have no values."""
    message = "The query has parameters such as ?, $1 or :name, which have no values here."
    return UsageError(message, "Write the values themselves, texts in single quotes.")


def refused(reason: str) -> UsageError:
    """Return the error for a query that the database refused, with the database's reason."""
    lines = reason.strip().splitlines() or ["no reason given"]
    return UsageError(f"The database refused the query: {lines[0].rstrip('.')}.")
