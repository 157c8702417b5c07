"""Finds the rows of finance that state a deal again, of those that decisions made one deal."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
)

from bricoop.db.schema import deal_member, decision, finance, record, source
from bricoop.domain.nouns import FINANCE, PROJECTS
from bricoop.domain.vocabularies import Relation


def has_deals(connection: Connection) -> bool:
    """Return whether decisions made one deal of any records."""
    return connection.scalar(select(deal_member.c.record_id).limit(1)) is not None


def number_of_shared_deals(connection: Connection, project_id: int) -> int:
    """Return how many deals of a project decisions made of rows of several sources."""
    deals = (
        select(deal_member.c.deal_id)
        .join(finance, finance.c.record_id == deal_member.c.record_id)
        .join(record, record.c.id == finance.c.record_id)
        .where(finance.c.entity_id == project_id)
        .group_by(deal_member.c.deal_id)
        .having(func.count(distinct(record.c.source_id)) > 1)
    )
    return connection.scalar(select(func.count()).select_from(deals.subquery())) or 0


def repeated(
    counted: Select[Any], speaks: ColumnElement[int], *, duplicate: int, elsewhere: int | None
) -> CTE:
    """Return the rows that state a deal again: `identity`, and `fall`, their step.

    Of the rows of one source with one deal, the first counts: not one that the source itself leaves
    out of its totals, if there are others; then one that a decision pairs with a row of another
    source, whose amount is thereby compared; then the earliest id, of which 9 is before 10.

    Args:
        counted: selects `identity`, `source_id` and `step` of rows of finance; only rows without a
            step count so far, so that one that was left out before silences none.
        speaks: the rank of the source `source.id`; the lowest speaks best.
        duplicate: the step of further rows of one source.
        elsewhere: the step of rows that a better source states as well; None if sources have
            figures of their own.
    """
    each = counted.where(finance.c.record_id.in_(select(deal_member.c.record_id))).subquery("each")
    of_source = [deal_member.c.deal_id, each.c.source_id]
    columns: list[ColumnElement[Any]] = [
        each.c.identity,
        *of_source,
        source.c.key,
        record.c.external_id,
        case((finance.c.counted.is_(False), 1), else_=0).label("avoided"),
        func.count().over(partition_by=of_source).label("alike"),
        speaks.label("speaks"),
    ]
    tables: FromClause = (
        each.join(deal_member, deal_member.c.record_id == each.c.identity)
        .join(finance, finance.c.record_id == each.c.identity)
        .join(record, record.c.id == each.c.identity)
        .join(source, source.c.id == each.c.source_id)
    )
    # Counted first: `is_paired` is asked only of rows that are not the only ones of their source.
    rows = select(*columns).select_from(tables).where(each.c.step.is_(None)).subquery("of_deal")
    order = (
        rows.c.avoided,
        case((rows.c.alike == 1, 0), (_is_paired(rows), 0), else_=1),
        func.length(rows.c.external_id),
        rows.c.external_id,
    )
    partition = [rows.c.deal_id, rows.c.source_id]
    ranked = select(
        rows.c.identity,
        rows.c.speaks,
        func.row_number().over(partition_by=partition, order_by=order).label("place"),
        func.min(rows.c.speaks).over(partition_by=rows.c.deal_id).label("best"),
    ).subquery("ranked_deals")
    falls = [(ranked.c.place > 1, duplicate)]
    if elsewhere is not None:
        falls.append((ranked.c.speaks > ranked.c.best, elsewhere))
    fall = case(*falls)
    left_out = or_(*(condition for condition, _ in falls))
    # Evaluated once, however often it is referred to.
    return select(ranked.c.identity, fall.label("fall")).where(left_out).cte("repeated")


def _is_paired(rows: Subquery) -> ColumnElement[bool]:
    """Return the condition that a decision pairs a row with one of another source."""
    own = rows.c.key.concat("/")
    refs = [
        own.concat(literal(f"{noun.name}/")).concat(rows.c.external_id)
        for noun in (FINANCE, PROJECTS)
    ]
    sides = (decision.c.left_ref, decision.c.right_ref)
    return or_(
        *(
            exists().where(
                and_(
                    decision.c.relation == Relation.SAME_DEAL.value,
                    side.in_(refs),
                    func.substr(other, 1, func.length(own)) != own,
                )
            )
            for side, other in (sides, sides[::-1])
        )
    )
