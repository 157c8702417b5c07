"""Wholes and their parts by decisions, and which side of them does not count."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, select

from bricoop.db.schema import decision
from bricoop.domain.vocabularies import Relation
from bricoop.ingest.clusters.judgements import DecisionRow, Verdict, judgements
from bricoop.totals.circles import in_circles
from bricoop.totals.referenced_records import records_by_reference
from bricoop.totals.rule import Parents

_RELATIONS = (Relation.PART_OF, Relation.PHASE_OF, Relation.FINANCED_UNDER)


class Side(NamedTuple):
    """What a reference means: the money of a project, or one deal.

    Attributes:
        entity_id: the project as decisions have joined it.
        deal: the first record of the deal; None if the reference is to the project.
    """

    entity_id: int
    deal: int | None


class PartOf(NamedTuple):
    """A part and its whole, by a decision that holds."""

    portion: Side
    whole: Side


class MoneyRow(NamedTuple):
    """A row of finance on one of the sides.

    Attributes:
        identity: the id of its record.
        entity_id: its project.
        deal: the first record of its deal; its own without one.
        source_id: its source.
        rank: the rank of its source; the lowest speaks best.
    """

    identity: int
    entity_id: int
    deal: int
    source_id: int
    rank: int = 0


class StatedMoney(Protocol):
    """A row of finance with its project and deal."""

    @property
    def entity_id(self) -> int:
        """Its project."""

    @property
    def deal(self) -> int:
        """The first record of its deal; its own without one."""


Stated = TypeVar("Stated", bound=StatedMoney)


def wholes_by_decision(connection: Connection) -> tuple[PartOf, ...]:
    """Return the parts with their wholes on which decisions hold, and whose records are here.

    A phase and what is financed under a credit line are parts too. Decisions on two records that
    have become one project or deal say nothing any more.
    """
    return tuple(dict.fromkeys(pair for _, pair in decided_wholes(connection)))


def decided_wholes(connection: Connection) -> Iterator[tuple[DecisionRow, PartOf]]:
    """Yield the decisions of `wholes_by_decision`, each with its part and whole."""
    related = select(decision.c.left_ref, decision.c.right_ref).where(
        decision.c.relation.in_([relation.value for relation in _RELATIONS])
    )
    refs = {ref for row in connection.execute(related) for ref in row}
    if not refs:
        return
    deciding = [
        judgement.deciding
        for judgement in judgements(connection, refs)
        if judgement.verdict is Verdict.RELATED
    ]
    records = records_by_reference(connection, {ref for row in deciding for ref in row.pair})
    sides = {ref: Side(row.entity_id, row.deal) for ref, row in records.items()}
    for row in deciding:
        if row.left_ref in sides and row.right_ref in sides:
            pair = PartOf(sides[row.left_ref], sides[row.right_ref])
            if pair.portion != pair.whole:
                yield row, pair


def project_pairs(pairs: Iterable[PartOf]) -> Iterator[tuple[int, int]]:
    """Yield the projects of parts and of their wholes, where these are two."""
    for pair in pairs:
        if pair.portion.entity_id != pair.whole.entity_id:
            yield pair.portion.entity_id, pair.whole.entity_id


def without_circles(pairs: Collection[PartOf], circular: Collection[int]) -> tuple[PartOf, ...]:
    """Return the pairs without those that lead in a circle, of which the whole is unknown.

    Args:
        pairs: parts and wholes.
        circular: the projects that are in a circle, also by what sources state.
    """
    deals = in_circles((pair.portion, pair.whole) for pair in pairs)
    return tuple(
        pair
        for pair in pairs
        if not (pair.portion.entity_id in circular and pair.whole.entity_id in circular)
        and not (pair.portion in deals and pair.whole in deals)
    )


def on_the_worse_side(pairs: Collection[PartOf], rows: Collection[MoneyRow]) -> set[int]:
    """Return the rows of wholes or parts of which a better source has the other side.

    A whole is left out if the best source of its parts is better than its own best; otherwise its
    parts, but for those of its own best source, which states both and flags what counts.
    """
    left_out: set[int] = set()
    for whole_rows, part_rows in _families(pairs, rows):
        best = min(row.rank for row in whole_rows)
        if min(row.rank for row in part_rows) < best:
            left_out |= {row.identity for row in whole_rows}
        else:
            left_out |= {row.identity for row in part_rows if row.rank > best}
    return left_out


def on_the_other_side(
    pairs: Collection[PartOf], rows: Collection[MoneyRow], side: Parents, *, across_sources: bool
) -> set[int]:
    """Return the rows of wholes, or of parts, that a rule leaves out for the side that counts.

    Args:
        pairs: parts and wholes.
        rows: the rows of both that have an amount.
        side: the side that counts.
        across_sources: whether the other side may be of another source.
    """
    left_out: set[int] = set()
    for whole_rows, part_rows in _families(pairs, rows):
        counting, others = (
            (part_rows, whole_rows) if side is Parents.PARTS else (whole_rows, part_rows)
        )
        sources = {row.source_id for row in counting}
        left_out |= {row.identity for row in others if across_sources or row.source_id in sources}
    return left_out


def _families(
    pairs: Collection[PartOf], rows: Collection[MoneyRow]
) -> Iterator[tuple[set[MoneyRow], set[MoneyRow]]]:
    """Yield the rows of each whole and of its parts, where both have some."""
    rows_of = by_side(rows)
    # By rows, as a whole may be referred to as a project and as its only deal.
    wholes: defaultdict[frozenset[MoneyRow], set[MoneyRow]] = defaultdict(set)
    for pair in pairs:
        wholes[frozenset(rows_of(pair.whole))].update(rows_of(pair.portion))
    for whole, parts_of_it in wholes.items():
        # A deal can be a part of another one of its project, or of all the rest of it.
        both = whole & parts_of_it
        whole_rows, part_rows = (
            (whole, parts_of_it - both) if both == whole else (whole - both, parts_of_it)
        )
        if whole_rows and part_rows:
            yield set(whole_rows), part_rows


def by_side(rows: Iterable[Stated]) -> Callable[[Side], list[Stated]]:
    """Return what finds the rows of a side, among some rows of finance."""
    of_project: defaultdict[int, list[Stated]] = defaultdict(list)
    of_deal: defaultdict[int, list[Stated]] = defaultdict(list)
    for row in rows:
        of_project[row.entity_id].append(row)
        of_deal[row.deal].append(row)

    def rows_of(side: Side) -> list[Stated]:
        if side.deal is None:
            return of_project.get(side.entity_id, [])
        return of_deal.get(side.deal, [])

    return rows_of
