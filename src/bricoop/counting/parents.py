"""A whole and its parts: which side is left out where both have amounts."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, tuple_, union

from bricoop.counting.rule import Parents
from bricoop.db.schema import entity, finance, record

_PARENT = "parent"


def left_out_by_parents(side: Parents, *, across_sources: bool) -> ColumnElement[bool]:
    """Return the condition that a row's project is a whole, or a part, of which the other counts.

    Parts name their whole by the id that the same source has for it, or by its key; the id of a
    group, which is no row itself, makes nobody a whole. Only rows with some amount count as a side.

    Where each source has a figure of its own, the row and the money of the other side must be that
    source's, too: what another source says of whole and parts changes no figure of this one.

    Args:
        side: the side that counts.
        across_sources: whether the money of several sources is added together.
    """
    whole = record.alias("whole")
    part = record.alias("part")
    money_of = part if side is Parents.PARTS else whole
    own = whole if side is Parents.PARTS else part
    named = part.c.fields[_PARENT].as_string()
    of_source = and_(part.c.noun == "projects", part.c.source_id == whole.c.source_id)
    related = (
        select(own.c.entity_id, *([] if across_sources else [own.c.source_id]))
        .where(whole.c.noun == "projects", own.c.entity_id.is_not(None))
        .where(whole.c.entity_id != part.c.entity_id)
        .where(_has_money(money_of, across_sources=across_sources))
    )
    # Each of the two is found by an index; both in one condition would be found by none.
    by_id = related.join_from(whole, part, and_(of_source, named == whole.c.external_id))
    by_key = related.join_from(part, entity, named == entity.c.key).join(
        whole, and_(of_source, whole.c.entity_id == entity.c.id)
    )
    pairs = union(by_id, by_key)
    if across_sources:
        return finance.c.entity_id.in_(pairs)
    return tuple_(finance.c.entity_id, record.c.source_id).in_(pairs)


def _has_money(of: Any, *, across_sources: bool) -> ColumnElement[bool]:
    money = finance.alias("money")
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
