"""Leaves out rows of finance whose money other rows state: within a source, and across sources."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import CTE, Connection, Select, Subquery, case, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import cluster_record, deal_member, finance, source
from bricoop.totals.deals import has_deals, repeated
from bricoop.totals.decided_wholes import (
    MoneyRow,
    PartOf,
    on_the_worse_side,
    wholes_by_decision,
    without_circles,
)
from bricoop.totals.parents import circular_projects
from bricoop.totals.speakers import has_moved_records, of_best, rank_of, ranks_of_sources


class Falls(NamedTuple):
    """The numbers of the steps; None for those that are not taken.

    Attributes:
        duplicates: of rows with a deal that another row of their source states.
        same_deal: of rows with a deal that a better source states as well.
        worse_side: of wholes or parts of which a better source has the other side.
        other_sources: of projects that a better source covers.
    """

    duplicates: int
    same_deal: int | None = None
    worse_side: int | None = None
    other_sources: int | None = None


def counted_once(
    connection: Connection, rows: Select[Any], first: tuple[str, ...], falls: Falls
) -> Select[Any]:
    """Return rows of finance with the steps of those whose money other rows state.

    Args:
        connection: an open transaction.
        rows: selects from `finance` and `record`, with `identity`, `entity`, `source_id` and
            `step`; only rows without a step count so far.
        first: keys of sources that speak before all others.
        falls: the numbers of the steps.
    """
    ranks = ranks_of_sources(connection, first)
    twice = None
    if has_deals(connection):
        speaks = rank_of(ranks, source.c.id)
        twice = repeated(rows, speaks, duplicate=falls.duplicates, elsewhere=falls.same_deal)
    if falls.other_sources is not None and has_moved_records(connection):
        home = func.coalesce(cluster_record.c.own_entity_id, finance.c.entity_id)
        rows = rows.add_columns(home.label("home")).outerjoin(
            cluster_record, cluster_record.c.record_id == finance.c.record_id
        )
    pairs = () if falls.worse_side is None else _pairs(connection)
    counted = _without(rows, twice, falls)
    if pairs:
        projects = {side.entity_id for pair in pairs for side in pair}
        of_sides = rows.where(in_values(connection, finance.c.entity_id, projects))
        money = _money(connection, _without(of_sides, twice, falls), ranks)
        left_out = on_the_worse_side(pairs, money)
        each = counted.subquery("each_side")
        fall = case((in_values(connection, each.c.identity, left_out), falls.worse_side))
        counted = select(*_others(each), func.coalesce(each.c.step, fall).label("step"))
    if falls.other_sources is None or falls.same_deal is None:
        return counted
    each = counted.subquery("each_row")
    return of_best(
        each,
        rank_of(ranks, each.c.source_id),
        silenced=falls.other_sources,
        elsewhere=falls.same_deal,
    )


def _without(rows: Select[Any], twice: CTE | None, falls: Falls) -> Select[Any]:
    """Return rows with the steps of those that state a deal again."""
    if twice is None:
        return rows
    each = rows.subquery("each_deal")
    # Looked up in lists that are made once: SQLite would read them for every row of a join.
    fall = case(
        *(
            (each.c.identity.in_(select(twice.c.identity).where(twice.c.fall == step)), step)
            for step in (falls.duplicates, falls.same_deal)
            if step is not None
        )
    )
    return select(*_others(each), func.coalesce(each.c.step, fall).label("step"))


def _others(each: Subquery) -> list[Any]:
    return [column for column in each.c if column.name != "step"]


def _pairs(connection: Connection) -> tuple[PartOf, ...]:
    """Return parts and wholes by decisions, without circles."""
    pairs = wholes_by_decision(connection)
    # What a source states of its own wholes and parts is as flagged, in a circle or not.
    return without_circles(pairs, circular_projects(connection, pairs, stated=False))


def _money(connection: Connection, rows: Select[Any], ranks: Mapping[int, int]) -> list[MoneyRow]:
    """Return the rows that count so far, of those that are selected."""
    each = rows.subquery("of_side")
    deal = func.coalesce(deal_member.c.deal_id, each.c.identity)
    statement = (
        select(each.c.identity, each.c.entity, deal, each.c.source_id)
        .outerjoin(deal_member, deal_member.c.record_id == each.c.identity)
        .where(each.c.step.is_(None))
    )
    return [
        MoneyRow(number, entity_id, deal_id, source_id, ranks[source_id])
        for number, entity_id, deal_id, source_id in connection.execute(statement)
    ]
