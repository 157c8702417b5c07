"""A whole and its parts: which side is left out where both have amounts."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from bricoop.counting.rule import Parents
from bricoop.db.schema import finance, record

_PARENT = "parent"


def left_out_by_parents(side: Parents) -> ColumnElement[bool]:
    """Return the condition that a row's project is a whole, or a part, of which the other counts.

    Parts name their whole by the id that the same source has for it; the id of a group, which is
    no row itself, makes nobody a whole. Only rows with some amount count as a side.

    Args:
        side: the side that counts.
    """
    whole = record.alias("whole")
    part = record.alias("part")
    money_of = part if side is Parents.PARTS else whole
    own = whole if side is Parents.PARTS else part
    pairs = (
        select(own.c.entity_id)
        .join_from(
            whole,
            part,
            and_(
                part.c.noun == "projects",
                part.c.source_id == whole.c.source_id,
                part.c.fields[_PARENT].as_string() == whole.c.external_id,
            ),
        )
        .where(whole.c.noun == "projects", own.c.entity_id.is_not(None))
        .where(whole.c.entity_id != part.c.entity_id)
        .where(_has_money(money_of))
    )
    return finance.c.entity_id.in_(pairs)


def _has_money(of: Any) -> ColumnElement[bool]:
    money = finance.alias("money")
    some = money.c.amount.is_not(None) | money.c.amount_usd.is_not(None)
    return exists().where(
        money.c.entity_id == of.c.entity_id, some | money.c.amount_usd_constant.is_not(None)
    )
