"""Finds for each counted row of two sources the cause by which it makes their totals differ."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from bricoop.totals.classify import NO_AMOUNT, ROLLED_OVER
from bricoop.totals.why.paired_rows import Family, PairedRow, Side
from bricoop.totals.why.standing import Standing


class Cause(StrEnum):
    """Why rows make two totals differ, in the order of the steps from one to the other."""

    FILTERS = "filters"
    RULE = "rule"
    BASE = "base"
    ONLY_LEFT = "only-left"
    ONLY_RIGHT = "only-right"
    DUPLICATES = "duplicates"
    PARTS = "parts"
    AMOUNTS = "amounts"

    @classmethod
    def only(cls, side: Side) -> "Cause":
        """Return the cause of rows that only one source has."""
        return cls.ONLY_LEFT if side is Side.LEFT else cls.ONLY_RIGHT


class Entry(NamedTuple):
    """A counted row of one source in the step of its cause.

    Attributes:
        cause: the cause.
        row: the row.
        amount: what it adds to the total of its source.
        reason: the filters, or the step of the rule, that leave out its partner; or for a part of
            an amount the step that leaves it out; empty for other causes.
        partner: the row of the other source that does not count, or for a row that repeats a deal
            the row of its own source that counts; None for other causes.
        is_whole: whether the amount is that of the row, not a part of it that a rule leaves out.
    """

    cause: Cause
    row: PairedRow
    amount: Decimal
    reason: str = ""
    partner: PairedRow | None = None
    is_whole: bool = True

    @property
    def change(self) -> Decimal:
        """What it adds to the difference: the total of the right source less that of the left."""
        return self.amount if self.row.side is Side.RIGHT else self.amount.copy_negate()


#: The causes for which a row counts in one source only, the nearest to counting first.
_NEAREST = (Cause.BASE, Cause.RULE, Cause.FILTERS)


def entries_of(family: Family, standings: Mapping[int, Standing]) -> Iterator[Entry]:
    """Yield an entry for each row of a family that counts; their changes add up.

    Args:
        family: rows that decisions relate.
        standings: how they stand to the question and its rule, by the ids of their records.
    """
    counted = [row for row in family if standings[row.record_id].counts]
    repeated = dict(_repeated(counted, standings))
    for row, first in repeated.items():
        yield Entry(Cause.DUPLICATES, row, _added(standings[row.record_id]), partner=first)
    single = [row for row in counted if row not in repeated]
    if len({row.side for row in single}) > 1:
        yield from _in_both(single, standings)
        return
    for row in single:
        yield _in_one(row, family, standings)


def _repeated(
    counted: Sequence[PairedRow], standings: Mapping[int, Standing]
) -> Iterator[tuple[PairedRow, PairedRow]]:
    """Yield the rows that repeat a deal of their source, each with the row that counts.

    Of several, that row counts which the source itself counts, then one that a decision joins with
    the other source, then the smallest id, of which 9 is before 10.
    """

    def order(row: PairedRow) -> tuple[bool, bool, int, str]:
        return standings[row.record_id].is_avoided, not row.is_linked, len(row.id), row.id

    for copies in _grouped(counted, lambda row: (row.side, row.copy_of)):
        first, *others = sorted(copies, key=order)
        yield from ((row, first) for row in others)


def _in_both(rows: Sequence[PairedRow], standings: Mapping[int, Standing]) -> Iterator[Entry]:
    """Yield the entries of rows that count in both sources: single deals, and all others."""
    for deal in _grouped(rows, lambda row: row.deal):
        is_single = sorted(row.side for row in deal) == sorted(Side)
        for row in deal:
            standing = standings[row.record_id]
            cause = Cause.AMOUNTS if is_single else Cause.PARTS
            yield Entry(cause, row, standing.amount or Decimal(0))
            if standing.rolled_over:
                left_out = standing.rolled_over.copy_negate()
                yield Entry(Cause.RULE, row, left_out, ROLLED_OVER.name, is_whole=False)


def _in_one(row: PairedRow, family: Family, standings: Mapping[int, Standing]) -> Entry:
    """Return the entry of a row for which nothing counts in the other source."""
    others = [other for other in family if other.side is not row.side]
    others = [other for other in others if other.deal == row.deal] or others
    amount = _added(standings[row.record_id])
    if not others:
        return Entry(Cause.only(row.side), row, amount)
    cause, reason, partner = min(
        (_left_out(other, standings[other.record_id]) for other in others),
        key=lambda left_out: _NEAREST.index(left_out[0]),
    )
    return Entry(cause, row, amount, reason, partner)


def _left_out(row: PairedRow, standing: Standing) -> tuple[Cause, str, PairedRow]:
    """Return why a row does not count."""
    if not standing.is_inside:
        return Cause.FILTERS, ", ".join(standing.outside), row
    if standing.step in {None, NO_AMOUNT.name}:
        return Cause.BASE, NO_AMOUNT.name, row
    return Cause.RULE, standing.step or "", row


def _added(standing: Standing) -> Decimal:
    return standing.added or Decimal(0)


def _grouped(
    rows: Iterable[PairedRow], key: Callable[[PairedRow], Hashable]
) -> Iterator[list[PairedRow]]:
    groups: defaultdict[Hashable, list[PairedRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    yield from groups.values()
