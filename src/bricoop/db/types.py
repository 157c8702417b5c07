"""Column types that behave alike on both databases: names, ids, decimals and timestamps."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    Numeric,
    Text,
    TypeDecorator,
    cast,
)
from sqlalchemy.types import JSON, TypeEngine

from bricoop.domain.amounts import plain

#: Text compared by code point, on PostgreSQL as on SQLite, whatever the server's locale.
Name = Text().with_variant(Text(collation="C"), "postgresql")

#: An id; SQLite needs INTEGER to use it as the rowid.
Id = BigInteger().with_variant(Integer, "sqlite")

#: JSON with the order of keys as written: `json` in PostgreSQL, as `jsonb` reorders them.
Document: JSON[Any] = JSON(none_as_null=True)


class DamagedValueError(ValueError):
    """A column contains a value that its type never writes: another program changed it."""

    def __init__(self, value: object, expected: str) -> None:
        """Make the message from the value and a description of what is expected."""
        super().__init__(f"{value!r} in a row of it is not {expected}")


def _finite(number: Decimal) -> Decimal:
    """Return a finite number unchanged; raise ValueError for NaN and Infinity."""
    if not number.is_finite():
        message = "is not finite"
        raise ValueError(message)
    return number


#: Digits of a decimal in a lake, the most that Parquet has.
LAKE_DIGITS = 38


class Exact(TypeDecorator[Decimal]):
    """An exact decimal of any size: NUMERIC in PostgreSQL, and text in SQLite.

    SQLite has no decimals, and REAL would change digits from the seventeenth on. The text can be
    cast to NUMERIC to order by it. A lake has 38 digits, and refuses longer numbers when exported.

    Attributes:
        scale: how many of the digits of a lake are decimal places.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int = 6) -> None:
        """Set the number of decimal places in a lake."""
        super().__init__()
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return TEXT in SQLite, a decimal of 38 digits in a lake, and NUMERIC elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(
            Numeric(LAKE_DIGITS, self.scale) if dialect.name == "lake" else Numeric()
        )

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the shortest plain text in SQLite."""
        return plain(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read the exact decimal back."""
        if value is None:
            return None
        try:
            return Decimal(plain(_finite(Decimal(value))))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise DamagedValueError(value, "a number") from error


def by_value(exact: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the number by which rows are sorted, or compared with other numbers.

    Args:
        exact: an `Exact`, which is a text in SQLite.
    """
    scale = exact.type.scale if isinstance(exact.type, Exact) else 0
    # Without its size, digits of a decimal in a lake would be lost.
    in_lake = Numeric(LAKE_DIGITS, scale, asdecimal=False)
    return cast(exact, Numeric(asdecimal=False).with_variant(in_lake, "lake"))


class Stored(Exact):
    """An `Exact` that reads the stored text unchanged, even if it is not a number.

    For comparisons as SQL makes them on SQLite: the texts `1e3` and `1000` differ.
    """

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the text in SQLite; elsewhere the exact decimal, or an invalid value unchanged."""
        if dialect.name == "sqlite":
            return value
        try:
            return super().process_result_value(value, dialect)
        except DamagedValueError:
            return value


#: A millionth: the unit in which SQLite stores US dollars.
MICRO = Decimal("0.000001")


class Dollars(TypeDecorator[Decimal]):
    """US dollars to the millionth: NUMERIC(24, 6), and integers of millionths in SQLite.

    Integers add up without rounding in any order. SQLite stores up to 9.2e12 dollars, and raises an
    error if a sum exceeds that; larger amounts are refused when loaded.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return INTEGER in SQLite and NUMERIC(24, 6) elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(24, 6))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write whole millionths in SQLite."""
        if value is None:
            return None
        exact = value.quantize(MICRO)
        return int(exact.scaleb(6)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read the decimal back."""
        if value is None:
            return None
        try:
            amount = Decimal(value).scaleb(-6) if dialect.name == "sqlite" else Decimal(value)
            return Decimal(plain(_finite(amount)))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise DamagedValueError(value, "an amount") from error


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC, to the second, as ISO text that sorts: `2026-11-23T23:11:04Z`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write UTC; a time without a time zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read UTC back."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise DamagedValueError(value, "a date and time") from error
