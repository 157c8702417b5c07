"""The rule that decides which source's value is shown if sources disagree."""

from typing import NamedTuple

_TIER, _PUBLICATION = "the better source tier", "the newer publication"
_RECORD = "the earlier record"
RULE = f"{_TIER}, then {_PUBLICATION}, then {_RECORD}"


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


class Precedence(NamedTuple):
    """The properties of a source that decide whether its value is shown."""

    tier: int
    published: str | None


def decided_by(shown: Precedence, other: Precedence) -> str:
    """Return which part of the rule chose the value that is shown.

    >>> decided_by(Precedence(1, None), Precedence(7, "2020"))
    'the better source tier'
    """
    if shown.tier != other.tier:
        return _TIER
    return _RECORD if (shown.published or "") == (other.published or "") else _PUBLICATION
