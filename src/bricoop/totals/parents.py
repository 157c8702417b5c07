"""Leaves out either a whole project or its parts if both have amounts."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
    union,
)

from bricoop.db.dialect import in_values
from bricoop.db.schema import cluster_member, deal_member, entity, finance, record
from bricoop.totals.circles import in_circles
from bricoop.totals.decided_wholes import MoneyRow, PartOf, on_the_other_side, project_pairs
from bricoop.totals.rule import Parents

_PARENT = "parent"


def circular_projects(
    connection: Connection, pairs: Collection[PartOf] = (), *, stated: bool = True
) -> frozenset[int]:
    """Return the ids of projects that are, directly or indirectly, parts of each other.

    It is unknown which of them is the whole, so none is left out for the others.

    Args:
        connection: an open connection.
        pairs: parts and wholes by decisions.
        stated: whether to include the parts and wholes that sources state.
    """
    by_decision = set(project_pairs(pairs))
    return in_circles(by_decision | _stated_pairs(connection) if stated else by_decision)


def _stated_pairs(connection: Connection) -> set[tuple[int, int]]:
    whole_record, part_record = record.alias("whole"), record.alias("part")
    columns = (part_record.c.entity_id, whole_record.c.entity_id.label("whole_id"))
    pairs = union(*_related(connection, whole_record, part_record, *columns))
    return {(part_id, whole_id) for part_id, whole_id in connection.execute(pairs)}


def left_out_by_decision(
    connection: Connection,
    side: Parents,
    pairs: Collection[PartOf],
    *,
    across_sources: bool,
) -> ColumnElement[bool]:
    """Return the condition that a row is left out as its whole, or its parts, count instead.

    This is as for `left_out_by_parents`, for parts and wholes by decisions, which may be of several
    sources or single deals.
    """
    projects = {side.entity_id for pair in pairs for side in pair}
    money = (
        select(
            finance.c.record_id,
            finance.c.entity_id,
            func.coalesce(deal_member.c.deal_id, finance.c.record_id),
            record.c.source_id,
        )
        .join(record, record.c.id == finance.c.record_id)
        .outerjoin(deal_member, deal_member.c.record_id == finance.c.record_id)
        .where(in_values(connection, finance.c.entity_id, projects), _some_amount(finance))
    )
    rows = [MoneyRow(*row) for row in connection.execute(money)]
    left_out = on_the_other_side(pairs, rows, side, across_sources=across_sources)
    return in_values(connection, finance.c.record_id, left_out)


def left_out_by_parents(
    connection: Connection, side: Parents, circular: Collection[int], *, across_sources: bool
) -> ColumnElement[bool]:
    """Return the condition that a row is left out because its whole, or its parts, count instead.

    Parts refer to their whole by its id in the same source, or by its key; an id that is not one of
    a project is ignored. A side counts only if it has an amount.

    If each source has a figure of its own, whole, parts and amounts must be from the same source,
    so that other sources do not affect its figure.

    Args:
        connection: an open transaction.
        side: the side that counts.
        circular: ids of projects, as returned by `circular_projects`.
        across_sources: whether several sources are added together.
    """
    whole_record = record.alias("whole")
    part_record = record.alias("part")
    money_of = part_record if side is Parents.PARTS else whole_record
    own = whole_record if side is Parents.PARTS else part_record
    columns: list[Any] = [own.c.entity_id, *([] if across_sources else [own.c.source_id])]
    counts = _has_money(money_of, across_sources=across_sources)
    if circular:
        both = (
            in_values(connection, side.c.entity_id, circular)
            for side in (whole_record, part_record)
        )
        counts &= not_(and_(*both))
    related = _related(connection, whole_record, part_record, *columns)
    pairs = union(*(select_.where(counts) for select_ in related))
    if across_sources:
        return finance.c.entity_id.in_(pairs)
    return tuple_(finance.c.entity_id, record.c.source_id).in_(pairs)


def _related(
    connection: Connection, whole_record: Any, part_record: Any, *columns: ColumnElement[Any]
) -> list[Select[Any]]:
    """Return selects over pairs of whole and part: those related by id, and by key."""
    named = part_record.c.fields[_PARENT].as_string()
    of_source = and_(
        part_record.c.noun == "projects", part_record.c.source_id == whole_record.c.source_id
    )
    related = (
        select(*columns)
        .where(whole_record.c.noun == "projects")
        .where(whole_record.c.entity_id.is_not(None), part_record.c.entity_id.is_not(None))
        .where(whole_record.c.entity_id != part_record.c.entity_id)
    )
    keys: list[tuple[FromClause, Any, Any]] = [(entity, entity.c.key, entity.c.id)]
    # A project that decisions joined with another one is still known by its own key.
    if connection.scalar(select(cluster_member.c.entity_id).limit(1)) is not None:
        joined = cluster_member
        keys.append((joined, joined.c.key, joined.c.canonical_id))
    # Several selects, as each can use an index; with all conditions in one, none would be used.
    return [
        related.join_from(
            whole_record, part_record, and_(of_source, named == whole_record.c.external_id)
        ),
        *(
            related.join_from(part_record, table, named == key).join(
                whole_record, and_(of_source, whole_record.c.entity_id == number)
            )
            for table, key, number in keys
        ),
    ]


def _has_money(of: Any, *, across_sources: bool) -> ColumnElement[bool]:
    money = finance.alias("money")
    conditions = [money.c.entity_id == of.c.entity_id, _some_amount(money)]
    if across_sources:
        return exists().where(*conditions)
    stated_in = record.alias("stated_in")
    return exists().where(
        *conditions,
        stated_in.c.id == money.c.record_id,
        stated_in.c.source_id == of.c.source_id,
    )


def _some_amount(money: Any) -> ColumnElement[bool]:
    # An amount in any base makes a side count. By the base of the total alone, the whole could
    # count in nominal dollars and its parts in constant ones.
    return or_(
        money.c.amount.is_not(None),
        money.c.amount_usd.is_not(None),
        money.c.amount_usd_constant.is_not(None),
    )
