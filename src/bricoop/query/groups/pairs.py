"""How many entities of a kind have each value of a list: counted in an index alone."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bricoop.db.schema import entity
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.plan import Plan

#: So many entities of other kinds are soon passed over; of more, the rows are asked instead.
_MAX_OTHERS = 20_000


def numbers(
    connection: Connection, plan: Plan, dimension: Dimension, kind: EntityKind
) -> dict[tuple[Any, ...], int] | None:
    """Return for each value of a list how many entities have it, and for None how many have none.

    The index of a list has its values in order and the owners of each in order, so that nothing
    need be sorted or looked up, if it is known whose the owners are. Most are of one kind: the few
    that are not are passed over.

    Args:
        connection: an open connection.
        plan: how the entities are read, all of which are counted.
        dimension: the list.
        kind: of what kind the entities are.

    Returns:
        The numbers; None where entities of other kinds are too many for this to be the short way.
    """
    if dimension.pairs is None:
        return None
    of_others = [other.value for other in EntityKind if other is not kind]
    others = select(entity.c.id).where(entity.c.kind.in_(of_others))
    few = select(func.count()).select_from(others.limit(_MAX_OTHERS).subquery())
    if connection.execute(few).scalar_one() == _MAX_OTHERS:
        return None
    pairs = dimension.pairs.subquery("pairs")
    owner: ColumnElement[int] = pairs.c.owner
    # Added to, the column leads to no index of owners, and the values' own is read in its order.
    own = (owner + 0).not_in(others)
    number = func.count(owner.distinct())
    of_values = select(pairs.c.value, number).where(own).group_by(pairs.c.value)
    counts = {(value,): how_many for value, how_many in connection.execute(of_values)}
    every = connection.execute(select(func.count()).select_from(plan.tables.base)).scalar_one()
    without = every - connection.execute(select(number).where(own)).scalar_one()
    return {**counts, (None,): without} if without else counts
