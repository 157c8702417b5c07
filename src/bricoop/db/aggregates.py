"""Exact sum, minimum and maximum of decimals; as custom functions in SQLite."""

import sqlite3
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, func, type_coerce

from bricoop.db.types import MICRO, Dollars, Exact
from bricoop.domain.amounts import WIDE

_MILLION = 1_000_000
#: Computes the value of an aggregate from the columns that were selected for it.
Read = Callable[[Sequence[Any]], Any]


def exact_sum(connection: Connection, column: ColumnElement[Any]) -> tuple[Sequence[Any], Read]:
    """Return the columns to select for an exact sum, and a function that reads the sum from them.

    SQLite stores dollars as integers of millionths, whose sum could overflow 64 bits. So whole
    dollars and remainders are added separately.
    """
    if connection.dialect.name == "sqlite":
        if isinstance(column.type, Dollars):
            micros = type_coerce(column, Integer)
            sums = [func.sum(micros.op(sign)(_MILLION)) for sign in ("/", "%")]
            return sums, _in_dollars
        if isinstance(column.type, Exact):
            return [func.exact_sum(column, type_=Exact())], _first
    if isinstance(column.type, Integer | BigInteger):
        return [func.sum(column)], lambda row: None if row[0] is None else int(row[0])
    return [func.sum(column)], _first


def exact_end(
    connection: Connection, column: ColumnElement[Any], end: str
) -> tuple[Sequence[Any], Read]:
    """Return the columns to select for `min` or `max` (`end`) of decimals, and their reader."""
    of_text = connection.dialect.name == "sqlite" and isinstance(column.type, Exact)
    name = f"exact_{end}" if of_text else end
    return [getattr(func, name)(column, type_=column.type)], _first


def _first(row: Sequence[Any]) -> Any:
    return row[0]


def _in_dollars(row: Sequence[Any]) -> Decimal | None:
    whole, rest = row
    return None if whole is None else WIDE.add(Decimal(whole), Decimal(rest) * MICRO)


class _Sum:
    """SQLite aggregate: exact sum of decimals that are stored as text."""

    def __init__(self) -> None:
        self._sum: Decimal | None = None

    def step(self, text: str | None) -> None:
        """Add a value."""
        if text is not None:
            self._sum = WIDE.add(self._sum or Decimal(0), Decimal(text))

    def finalize(self) -> str | None:
        """Return the sum, or None without any value."""
        return None if self._sum is None else format(self._sum, "f")


class _End:
    """SQLite aggregate: minimum or maximum of decimals that are stored as text."""

    def __init__(self, choose: Callable[[Decimal, Decimal], Decimal]) -> None:
        self._choose = choose
        self._value: Decimal | None = None

    def step(self, text: str | None) -> None:
        """Add a value."""
        if text is not None:
            value = Decimal(text)
            self._value = value if self._value is None else self._choose(self._value, value)

    def finalize(self) -> str | None:
        """Return the extreme value, or None without any value."""
        return None if self._value is None else format(self._value, "f")


def lower(value: str | float | bytes | None) -> str | None:
    """SQL function: convert a text, or the text of any other value, to lower case.

    Letters are converted one by one as in PostgreSQL, which has no final form of sigma.

    >>> lower("İZMİR ΟΔΟΣ")
    'izmir οδοσ'
    """
    if value is None:
        return None
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.replace("İ", "i").replace("Σ", "\N{GREEK SMALL LETTER SIGMA}").lower()


def register_aggregates(connection: sqlite3.Connection) -> None:
    """Register the functions of this module with an SQLite connection.

    They replace `lower`, which converts ASCII only in SQLite: conditions would match less than on
    PostgreSQL.
    """
    for name, make in _AGGREGATES.items():
        connection.create_aggregate(name, 1, make)
    connection.create_function("lower", 1, lower, deterministic=True)


_AGGREGATES: dict[str, Any] = {
    "exact_sum": _Sum,
    "exact_min": lambda: _End(min),
    "exact_max": lambda: _End(max),
}
