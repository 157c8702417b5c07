"""Column types that behave alike on both databases: names, identifiers, exact decimals, moments."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Numeric, Text, TypeDecorator
from sqlalchemy.types import JSON, TypeEngine

from bricoop.domain.amounts import plain

#: Text compared by code point, on PostgreSQL as on SQLite, whatever the server's locale.
Name = Text().with_variant(Text(collation="C"), "postgresql")

#: An identifier; SQLite needs plain INTEGER to keep it in the row itself.
Id = BigInteger().with_variant(Integer, "sqlite")

#: JSON as it was written: PostgreSQL's `json` keeps the order of keys, which `jsonb` does not.
Document: JSON[Any] = JSON(none_as_null=True)


class DamagedValueError(ValueError):
    """A column holds what its type never writes, as somebody else changed it."""

    def __init__(self, value: object, what: str) -> None:
        """Say what stands there, and what should."""
        super().__init__(f"{value!r} in a row of it is not {what}")


def _finite(number: Decimal) -> Decimal:
    """Return a number, but not PostgreSQL's NaN and Infinity, which no load writes."""
    if not number.is_finite():
        message = "is not finite"
        raise ValueError(message)
    return number


class Exact(TypeDecorator[Decimal]):
    """A decimal of any size, exactly as stated: NUMERIC, and plain text in SQLite.

    SQLite has no decimals; a REAL would change the seventeenth digit of an amount. Text keeps
    all of them; cast to NUMERIC, it is ordered as a number on both databases.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return TEXT in SQLite and NUMERIC elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

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


class Stored(Exact):
    """The same, for whoever compares: text, and what is no number, is read as it stands.

    SQL compares the text, so `1e3` there is not the same as `1000`.
    """

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the text of SQLite; elsewhere the exact decimal, or what stands in its place."""
        if dialect.name == "sqlite":
            return value
        try:
            return super().process_result_value(value, dialect)
        except DamagedValueError:
            return value


#: Millionths: the unit in which SQLite keeps US dollars.
MICRO = Decimal("0.000001")


class Dollars(TypeDecorator[Decimal]):
    """US dollars to the millionth: NUMERIC(24, 6), and whole millionths in SQLite.

    Whole numbers add up in SQL without rounding, in any order. SQLite holds values and sums of up
    to 9.2e12 dollars and refuses to go on beyond; `ingest.clean` refuses larger amounts.
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
        """Write UTC; a moment without a time zone is refused."""
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
