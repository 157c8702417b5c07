"""The metadata of all tables, names of constraints, and CHECK constraints for vocabularies."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, MetaData

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)


def one_of(column: str, vocabulary: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that a column holds a code of the vocabulary or NULL."""
    return _any_of(column, (f"{column} = '{code.value}'" for code in vocabulary))


def one_of_numbers(column: str, vocabulary: type[IntEnum]) -> CheckConstraint:
    """Return the CHECK that a column holds a number of the vocabulary or NULL."""
    return _any_of(column, (f"{column} = {code.value}" for code in vocabulary))


def partial_date(column: str) -> CheckConstraint:
    """Return the CHECK that a column holds a partial date: 4, 7 or 10 characters."""
    return _any_of(column, (f"length({column}) = {length}" for length in (4, 7, 10)))


def _any_of(name: str, conditions: Iterable[str]) -> CheckConstraint:
    # Not IN: SQLite would build a temporary table of the list for every row that it checks, which
    # takes seven microseconds, more than the insertion itself.
    return CheckConstraint(" OR ".join(conditions), name=name)
