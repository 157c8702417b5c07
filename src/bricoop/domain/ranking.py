"""Whose value is shown where sources disagree: the stated rule, in one place."""

from typing import NamedTuple

RULE = "the better source tier, then the newer publication, then the earlier record"


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
