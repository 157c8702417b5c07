"""Exact sums, least and largest of decimals on either database; SQLite learns them from here."""

import sqlite3
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Text, func, type_coerce

from bricoop.db.types import MICRO, Dollars, Exact
from bricoop.domain.amounts import WIDE

_MILLION = 1_000_000
_MICRO_PLACES = 6
#: Reads an aggregate's value from the columns that were selected for it.
Read = Callable[[Sequence[Any]], Any]


def exact_sum(connection: Connection, column: ColumnElement[Any]) -> tuple[Sequence[Any], Read]:
    """Return what is selected for an exact sum of any size, and how it is read.

    SQLite keeps dollars as whole millionths, whose sum could leave 64 bits: whole dollars and the
    rest are added apart.
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
    """Return what is selected for the `min` or `max` of decimals, and how it is read."""
    of_text = connection.dialect.name == "sqlite" and isinstance(column.type, Exact)
    name = f"exact_{end}" if of_text else end
    return [getattr(func, name)(column, type_=column.type)], _first


def exact_greater(
    connection: Connection, exact: ColumnElement[Any], other: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Return the condition that an exact decimal is larger than another one, or than dollars."""
    if connection.dialect.name != "sqlite":
        return exact > other
    decimals = _MICRO_PLACES if isinstance(other.type, Dollars) else 0
    plain = type_coerce(other, Integer if decimals else Text)
    return func.exact_greater(type_coerce(exact, Text), plain, decimals) == 1


def _first(row: Sequence[Any]) -> Any:
    return row[0]


def _in_dollars(row: Sequence[Any]) -> Decimal | None:
    whole, rest = row
    return None if whole is None else WIDE.add(Decimal(whole), Decimal(rest) * MICRO)


class _Sum:
    """Adds decimals that SQLite keeps as text."""

    def __init__(self) -> None:
        self._sum: Decimal | None = None

    def step(self, text: str | None) -> None:
        """Take one more."""
        if text is not None:
            self._sum = WIDE.add(self._sum or Decimal(0), Decimal(text))

    def finalize(self) -> str | None:
        """Return the sum; None of nothing."""
        return None if self._sum is None else format(self._sum, "f")


class _End:
    """Keeps the least or the largest of decimals that SQLite keeps as text."""

    def __init__(self, choose: Callable[[Decimal, Decimal], Decimal]) -> None:
        self._choose = choose
        self._value: Decimal | None = None

    def step(self, text: str | None) -> None:
        """Take one more."""
        if text is not None:
            value = Decimal(text)
            self._value = value if self._value is None else self._choose(self._value, value)

    def finalize(self) -> str | None:
        """Return what was kept; None of nothing."""
        return None if self._value is None else format(self._value, "f")


def _greater(exact: str | None, other: str | int | None, decimals: int) -> bool | None:
    """Return whether a decimal is larger than another, which is given without its last places."""
    if exact is None or other is None:
        return None
    return Decimal(exact) > Decimal(other).scaleb(-decimals, WIDE)


def lower(value: str | float | bytes | None) -> str | None:
    """Return a text in small letters, and any other value as the text that SQLite makes of it.

    Each letter by itself, as PostgreSQL does: a capital sigma at the end of a word is no final one.

    >>> lower("İZMİR ΟΔΟΣ")
    'izmir οδοσ'
    """
    if value is None:
        return None
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.replace("İ", "i").replace("Σ", "\N{GREEK SMALL LETTER SIGMA}").lower()


def register_aggregates(connection: sqlite3.Connection) -> None:
    """Let a connection of SQLite add and compare decimals that are text, and fold all letters.

    Its own `lower` knows ASCII alone, so that a condition would match less than on PostgreSQL.
    """
    for name, make in _AGGREGATES.items():
        connection.create_aggregate(name, 1, make)
    connection.create_function("exact_greater", 3, _greater, deterministic=True)
    connection.create_function("lower", 1, lower, deterministic=True)


_AGGREGATES: dict[str, Any] = {
    "exact_sum": _Sum,
    "exact_min": lambda: _End(min),
    "exact_max": lambda: _End(max),
}
