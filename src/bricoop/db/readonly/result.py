"""What a query gives, how long it may take, and how it is refused: the same on both databases."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bricoop.errors import DatabaseError, UsageError

#: Rows that are fetched together.
PAGE = 500


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
    """When a query must have ended."""

    def __init__(self, seconds: float | None) -> None:
        """Begin to count; None is never over."""
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and time.monotonic() > self._end

    def error(self) -> DatabaseError:
        """Return the error that says that it is."""
        message = f"The query took longer than {self.seconds:g} s and was stopped."
        return DatabaseError(message, "Give it more time with --timeout, or narrow it.")


def refused(reason: str) -> UsageError:
    """Return the error that a query is wrong or does more than read, in the database's words."""
    lines = reason.strip().splitlines() or ["no reason given"]
    return UsageError(f"The database refused the query: {lines[0].rstrip('.')}.")
