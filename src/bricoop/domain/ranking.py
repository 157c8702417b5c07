"""Whose value is shown where sources disagree: the stated rule, in one place."""

from typing import NamedTuple

_TIER, _PUBLICATION = "the better source tier", "the newer publication"
_RECORD = "the earlier record"
RULE = f"{_TIER}, then {_PUBLICATION}, then {_RECORD}"


class Rank(NamedTuple):
    """A key that sorts the value to show first."""

    tier: int
    age: tuple[int, ...]
    record: int


def rank(tier: int, published: str | None, record_id: int) -> Rank:
    """Return the sort key of a claim: lower is shown first.

    Args:
        tier: the source's tier, 1 the best.
        published: the source's publication as a partial date; none counts as the oldest.
        record_id: records are numbered in the order in which they were first loaded.
    """
    return Rank(tier, (*(-ord(character) for character in published or ""), 1), record_id)


class Precedence(NamedTuple):
    """What of a source decides whose value is shown: its tier, and when it was published."""

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
