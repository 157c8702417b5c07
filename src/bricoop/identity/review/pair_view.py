"""What a reviewer is shown of a pair: the values of both sides, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from bricoop.domain.cells import Cell
from bricoop.domain.references import Reference

#: More values of a field are counted and not listed at a glance.
_LISTED = 4

#: The label of the row that compares countries.
COUNTRY = "country"


@dataclass(frozen=True)
class PairRow:
    """Values of both sides that are compared with each other.

    Attributes:
        label: what the values are.
        left_values: the values of the left one, each in a line of its own.
        right_values: those of the right one.
        differs: whether both have values, and these contradict each other.
        coded: whether the values are codes.
        is_long: whether they are long texts, which are cut at a glance; among the details they are
            as wide as the screen, the left ones above the right ones.
    """

    label: str
    left_values: tuple[Cell, ...]
    right_values: tuple[Cell, ...]
    differs: bool = False
    coded: bool = False
    is_long: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether neither side has a value."""
        return not self.left_values and not self.right_values


@dataclass(frozen=True)
class Section:
    """Rows under a title."""

    title: str
    rows: tuple[PairRow, ...]


@dataclass(frozen=True)
class PairView:
    """What is shown of a pair.

    Attributes:
        titles: for both sides, the source and the id.
        names: the names as stated.
        rows: the values that tell at a glance whether both are one.
        sections: everything else that is known of both.
        shared_words: the words that both names share, in every spelling.
        deals: the references to the money of both, if each has one record of finance.
        no_deal: why it is unclear which deal is meant; empty if it is clear.
        missing_records: what is no longer in the knowledge base, so that nothing can be decided;
            empty if both are there.
    """

    titles: tuple[str, str]
    names: tuple[str, str]
    rows: tuple[PairRow, ...]
    sections: tuple[Section, ...] = ()
    shared_words: frozenset[str] = field(default_factory=frozenset)
    deals: tuple[Reference, ...] = ()
    no_deal: str = ""
    missing_records: str = ""


class PairViews(Protocol):
    """Reads what is shown of pairs."""

    def of(self, connection: Connection, pair: Any) -> PairView:
        """Return what is shown of a pair."""


def pair_row(
    words: str,
    sides: Iterable[tuple[Cell, ...]],
    *,
    differs: bool = False,
    coded: bool = False,
    is_long: bool = False,
) -> PairRow:
    """Return a row with the values of both sides, the left ones first."""
    first, second = sides
    return PairRow(words, first, second, differs, coded, is_long)


def is_without_shared_country(view: PairView) -> bool:
    """Return whether both sides have countries, and none in common."""
    return any(row.label == COUNTRY and row.differs for row in view.rows)


def are_apart(values: Iterable[Cell], others: Iterable[Cell]) -> bool:
    """Return whether both have values, and none in common."""
    first, second = set(values), set(others)
    return bool(first and second) and first.isdisjoint(second)


def first_values(texts: Sequence[str], number: int | None = None) -> tuple[str, ...]:
    """Return the first of several values, and how many more there are.

    Args:
        texts: the values, or the first of them.
        number: how many there are; all that are given by default.
    """
    more = (len(texts) if number is None else number) - _LISTED
    return (*texts[:_LISTED], f"and {more:,} more") if more > 0 else tuple(texts)


def single(value: Cell) -> tuple[Cell, ...]:
    """Return the values of a field that has at most one."""
    return () if value is None else (value,)


def joined(values: Iterable[object]) -> tuple[str, ...]:
    """Return values in one line."""
    text = ", ".join(map(str, values))
    return (text,) if text else ()
