"""Rules about the claims of records, each in Python and in SQL: which is shown, which names.

A test compares both forms on both databases. The views in migrations keep copies of their own,
as migrations are never changed; another test compares views with questions.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_

from bricoop.domain.nouns import COUNTRIES

_TIER, _PUBLICATION = "the better source tier", "the newer publication"
_RECORD = "the earlier record"
#: The rule that decides which source's value is shown if sources disagree.
RULE = f"{_TIER}, then {_PUBLICATION}, then {_RECORD}"
#: The field without which a record of a country only refers to it.
_NAMING_FIELD = "alpha3"


class Rank(NamedTuple):
    """Sort key of a claim; the lowest is shown."""

    tier: int
    age: tuple[int, ...]
    record: int


def rank(tier: int, published: str | None, record_id: int) -> Rank:
    """Return the sort key of a claim; the lowest is shown.

    Args:
        tier: the source's tier, 1 the best.
        published: the source's date of publication as a partial date; None counts as the oldest.
        record_id: the number of the record; records are numbered in order of their first load.
    """
    return Rank(tier, (*(-ord(character) for character in published or ""), 1), record_id)


def rank_in_sql(
    tier: ColumnElement[int], published: ColumnElement[Any], record_id: ColumnElement[int]
) -> tuple[ColumnElement[Any], ...]:
    """Return the expressions to sort by, as `rank` does; the first row is shown."""
    return (tier, func.coalesce(published, "").desc(), record_id)


class Precedence(NamedTuple):
    """The properties of a source that decide whether its value is shown."""

    tier: int
    published: str | None


def decided_by(displayed: Precedence, other: Precedence) -> str:
    """Return which part of the rule chose the value that is shown.

    >>> decided_by(Precedence(1, None), Precedence(7, "2020"))
    'the better source tier'
    """
    if displayed.tier != other.tier:
        return _TIER
    return _RECORD if (displayed.published or "") == (other.published or "") else _PUBLICATION


def claims_name(noun: str, fields: Mapping[str, Any]) -> bool:
    """Return whether a describing record claims its entity's name.

    A row of figures for a country is a record of `countries` without codes: its name only says
    which country it is about.
    """
    return noun != COUNTRIES.name or _NAMING_FIELD in fields


def claims_name_in_sql(noun: ColumnElement[str], fields: Any) -> ColumnElement[bool]:
    """Return the condition that a record claims its entity's name, as `claims_name` does.

    Args:
        noun: the column with the noun of the record.
        fields: the JSON column with its fields.
    """
    return or_(noun != COUNTRIES.name, fields[_NAMING_FIELD].as_string().is_not(None))
