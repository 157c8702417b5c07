"""Leaves out either a whole project or its parts if both have amounts."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    not_,
    select,
    tuple_,
    union,
)

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, finance, record
from bricoop.totals.rule import Parents

_PARENT = "parent"


def circular_projects(connection: Connection) -> frozenset[int]:
    """Return the ids of projects that are, directly or indirectly, parts of each other.

    It is unknown which of them is the whole, so none is left out for the others.
    """
    whole_record, part_record = record.alias("whole"), record.alias("part")
    pairs = union(
        *_related(
            whole_record,
            part_record,
            part_record.c.entity_id,
            whole_record.c.entity_id.label("whole_id"),
        )
    )
    wholes: dict[int, set[int]] = defaultdict(set)
    for part_id, whole_id in connection.execute(pairs):
        wholes[part_id].add(whole_id)
    # Remove projects that are not parts of others, repeatedly: they are in no circle.
    while ends := set().union(*wholes.values()) - wholes.keys():
        wholes = {
            number: remaining for number, others in wholes.items() if (remaining := others - ends)
        }
    # Those left lead into circles. Remove those that are not wholes of others left, repeatedly.
    while starts := wholes.keys() - set().union(*wholes.values()):
        wholes = {number: others for number, others in wholes.items() if number not in starts}
    return frozenset(wholes)


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
    pairs = union(
        *(related.where(counts) for related in _related(whole_record, part_record, *columns))
    )
    if across_sources:
        return finance.c.entity_id.in_(pairs)
    return tuple_(finance.c.entity_id, record.c.source_id).in_(pairs)


def _related(
    whole_record: Any, part_record: Any, *columns: ColumnElement[Any]
) -> tuple[Select[Any], Select[Any]]:
    """Return two selects over pairs of whole and part: those related by id, and by key."""
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
    # Two selects, as each can use an index; with both conditions in one, none would be used.
    return (
        related.join_from(
            whole_record, part_record, and_(of_source, named == whole_record.c.external_id)
        ),
        related.join_from(part_record, entity, named == entity.c.key).join(
            whole_record, and_(of_source, whole_record.c.entity_id == entity.c.id)
        ),
    )


def _has_money(of: Any, *, across_sources: bool) -> ColumnElement[bool]:
    money = finance.alias("money")
    # An amount in any base makes a side count. By the base of the total alone, the whole could
    # count in nominal dollars and its parts in constant ones.
    some = money.c.amount.is_not(None) | money.c.amount_usd.is_not(None)
    conditions = [
        money.c.entity_id == of.c.entity_id, some | money.c.amount_usd_constant.is_not(None),
    ]  # fmt: skip
    if across_sources:
        return exists().where(*conditions)
    stated_in = record.alias("stated_in")
    return exists().where(
        *conditions,
        stated_in.c.id == money.c.record_id,
        stated_in.c.source_id == of.c.source_id,
    )
