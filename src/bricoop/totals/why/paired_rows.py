"""The rows of finance of two sources that decisions relate to others, in families of deals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from bricoop.domain.clusters import Clusters, Pair
from bricoop.ingest.clusters.judgements import DecisionRow, Judgement, Verdict, judgements
from bricoop.totals.why.related_rows import (
    MoneyRecord,
    Relation,
    SourceRow,
    deals,
    pairs_of,
    relations,
)


class Side(StrEnum):
    """One of the two sources that are compared."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The other source."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class PairedRow(NamedTuple):
    """A row of finance of one of two sources that decisions relate to others.

    Attributes:
        side: its source.
        id: its id within the source.
        record_id: the id of its record.
        deal: what all rows of its deal share.
        copy_of: what all rows of its source share that decisions on two of them made one deal.
        is_linked: whether a decision makes it one deal with a row of another source directly.
    """

    side: Side
    id: str
    record_id: int
    deal: int
    copy_of: int
    is_linked: bool


#: Rows whose deals are one, or wholes, parts and phases of each other, by side and id.
Family = tuple[PairedRow, ...]


class PairedRows(NamedTuple):
    """What decisions relate among the rows of two sources.

    Attributes:
        families: the families, by their first rows, each with the decisions that it follows from.
        different: pairs of rows that are not one by decision.
    """

    families: Mapping[Family, tuple[DecisionRow, ...]]
    different: frozenset[frozenset[SourceRow]]


def paired_rows(connection: Connection, sides: Mapping[str, Side]) -> PairedRows:
    """Return the rows of two sources that decisions relate to others.

    Decisions on further sources count too: two rows are one deal if both are one with a third.

    Args:
        connection: an open connection.
        sides: the side of each source by its key.
    """
    judged = judgements(connection)
    by_deal = deals(connection)
    joins = _Joins(judged, by_deal)
    related = relations(connection)
    deciding: defaultdict[int, list[DecisionRow]] = defaultdict(list)
    for join in joins.joins:
        deciding[join.first.id].append(join.decision)
    for relation in related:
        deciding[relation.part_rows[0].id].append(relation.decision)
    families: dict[Family, tuple[DecisionRow, ...]] = {}
    for group in _groups(by_deal, related):
        rows = sorted(joins.paired(row, sides[row.source]) for row in group if row.source in sides)
        if rows:
            families[tuple(rows)] = tuple(
                decision for row in group for decision in deciding.get(row.id, ())
            )
    return PairedRows(dict(sorted(families.items())), frozenset(_different_rows(judged)))


class _Join(NamedTuple):
    """A decision that makes two rows one deal."""

    decision: DecisionRow
    first: MoneyRecord
    second: MoneyRecord


class _Joins:
    """The deals that decisions made of several rows, and which rows each decision joined."""

    def __init__(
        self, judged: Iterable[Judgement], by_deal: Mapping[int, Sequence[MoneyRecord]]
    ) -> None:
        of_row = {(row.source, row.external_id): row for rows in by_deal.values() for row in rows}
        self.joins: list[_Join] = []
        for decision, pair in pairs_of(row for row in judged if row.is_deal):
            first, second = map(of_row.get, pair)
            # A join that others contradict is not made, and then its rows are different deals.
            if first and second and first.deal == second.deal:
                self.joins.append(_Join(decision, first, second))
        self._linked: set[int] = set()
        copies: Clusters = Clusters(int)
        for _, first, second in self.joins:
            if first.source == second.source:
                copies.join([Pair(first.id, second.id)])
            else:
                self._linked |= {first.id, second.id}
        self._copies = {
            member: head for head, members in copies.clusters().items() for member in members
        }

    def paired(self, row: MoneyRecord, side: Side) -> PairedRow:
        """Return a row with what it shares with others."""
        return PairedRow(
            side,
            row.external_id,
            row.id,
            row.deal,
            self._copies.get(row.id, row.id),
            row.id in self._linked,
        )


def _groups(
    by_deal: Mapping[int, Sequence[MoneyRecord]], related: Iterable[Relation]
) -> Iterator[list[MoneyRecord]]:
    """Yield the rows of deals that are one, or whole and part, directly or through others."""
    rows = {row.id: row for listed in by_deal.values() for row in listed}
    groups: Clusters = Clusters(int)
    for listed in by_deal.values():
        groups.join(Pair(listed[0].id, row.id) for row in listed)
    for relation in related:
        first, *others = (*relation.part_rows, *relation.whole_rows)
        rows |= {row.id: row for row in (first, *others)}
        groups.join(Pair(first.id, row.id) for row in others)
    for members in groups.clusters().values():
        yield [rows[number] for number in members]


def _different_rows(judged: Iterable[Judgement]) -> Iterator[frozenset[SourceRow]]:
    for _, pair in pairs_of(row for row in judged if row.verdict is Verdict.DIFFERENT):
        yield frozenset(pair)
