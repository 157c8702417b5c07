"""What a query gives, how long it may take, and how it is refused: the same on both databases."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bricoop.domain.grammar import with_article
from bricoop.domain.limits import SQL_ANSWER, SQL_CELL, SQL_ROW, Limit
from bricoop.errors import DatabaseError, UsageError

#: Rows that are fetched together.
PAGE = 500
#: A value counts as so many bytes at least.
_LEAST = 8


@dataclass(frozen=True)
class Column:
    """A column of a query.

    Attributes:
        name: as the database names it; several may have the same.
        holds: what its values are, where the database knows that beforehand.
    """

    name: str
    holds: type | None = None


@dataclass(frozen=True)
class Result:
    """What a query gives; its rows are read while they are taken."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Any, ...]]


class Deadline:
    """How long the database may work on a query; the time in which its rows are used is free."""

    def __init__(self, seconds: float | None) -> None:
        """Begin with no time used; None allows any."""
        self.seconds = seconds
        self._used = 0.0
        self._since: float | None = None

    def begin(self) -> None:
        """Begin to count: the database works."""
        self._since = time.monotonic()

    def end(self) -> None:
        """Stop counting: the database has given a row, or an error."""
        if self._since is not None:
            self._used += time.monotonic() - self._since
            self._since = None

    def is_over_by(self, seconds: float) -> bool:
        """Return whether the time has been over for so long while the database still works."""
        since = self._since
        if self.seconds is None or since is None:
            return False
        return self._used + time.monotonic() - since > self.seconds + seconds

    @property
    def is_working(self) -> bool:
        """Whether the database works at the moment."""
        return self._since is not None

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        working = 0.0 if self._since is None else time.monotonic() - self._since
        return self.seconds is not None and self._used + working > self.seconds

    def error(self) -> DatabaseError:
        """Return the error that says that it is."""
        message = f"The query took longer than {self.seconds:g} s and was stopped."
        return DatabaseError(message, "Raise --timeout, or narrow the query.")


class Measured:
    """Rows of one answer, none of which is too large to be written, nor all of them together."""

    def __init__(self) -> None:
        """Begin with no row."""
        self._left = SQL_ANSWER.value

    def row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row that may be written.

        Raises:
            UsageError: one of its values, or all of them together, are larger than the bounds, or
                the answer is.
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


def too_large(what: str, limit: Limit) -> UsageError:
    """Return the error that a query makes a value or a row beyond a bound."""
    message = f"The query makes {with_article(what)} of more than {limit}."
    return UsageError(message, "Select fewer columns or rows, or parts of values.")


def has_parameters() -> UsageError:
    """Return the error that a query has parameters, for which nobody gives values."""
    message = "The query has parameters such as ?, $1 or :name, which have no values here."
    return UsageError(message, "Write the values themselves, texts in single quotes.")


def refused(reason: str) -> UsageError:
    """Return the error that a query is wrong or does more than read, in the database's words."""
    lines = reason.strip().splitlines() or ["no reason given"]
    return UsageError(f"The database refused the query: {lines[0].rstrip('.')}.")
