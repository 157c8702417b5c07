"""Counts of all entities of a kind by the values of a list, read from an index only."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bricoop.db.schema import entity
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.plan import Plan

#: With this many entities of other kinds, excluding them is slower than reading the rows.
_MAX_OTHERS = 20_000


def numbers(
    connection: Connection, plan: Plan, dimension: Dimension, kind: EntityKind
) -> dict[tuple[Any, ...], int] | None:
    """Count all entities of a kind by the values of a list; None counts those without a value.

    The index of a list is sorted by value and owner, so that counting needs no sorting and no
    look-ups if the kind of the owners need not be checked. As most owners are of one kind, the few
    others are excluded by id.

    Args:
        connection: an open connection.
        plan: the plan of the noun.
        dimension: the list.
        kind: the kind of the entities.

    Returns:
        The counts; None if the dimension is no list, or if there are too many entities of other
        kinds for this to be faster.
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
    # `+ 0` keeps the database from the index by owner, so that it reads the one by value in order.
    own = (owner + 0).not_in(others)
    number = func.count(owner.distinct())
    of_values = select(pairs.c.value, number).where(own).group_by(pairs.c.value)
    counts = {(value,): how_many for value, how_many in connection.execute(of_values)}
    every = connection.execute(select(func.count()).select_from(plan.tables.base)).scalar_one()
    without = every - connection.execute(select(number).where(own)).scalar_one()
    return {**counts, (None,): without} if without else counts
