"""What a reader must know of counted groups: rows that come twice, and sums that say too much."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, false, func, or_, select

from bricoop.query.groups.counting import Counted, Counter, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.nouns.noun import Noun, Type
from bricoop.query.plan import Plan

_COUNTED = "counted"
#: Fields of which a sum should hold one value alone, and what is said where it holds several.
_MIXED = {
    "kind": "kinds, which may be views of the same money",
    "period": "periods, which may lie within each other",
}


def come_again(
    counter: Counter,
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
    groups: dict[Group, Counted],
) -> Iterator[str]:
    """Yield a note where rows come in several groups, which then hold more than there is.

    Args:
        counter: counts the rows, whatever it measures.
        dimensions: by what the groups are made.
        measures: what is measured of them.
        groups: the groups of all the dimensions.
    """
    several = [one.name for one in dimensions if one.pairs is not None]
    adding = {one.kind for one in measures} & {COUNT, SUM}
    if not several or not adding:
        return
    every = counter.groups(())[()].number
    again = sum(one.number for one in groups.values()) - every
    if again:
        money = ", and so do their figures: sums of several groups hold some twice"
        yield (
            f"Rows of more than one {' or '.join(several)} count in each of them"
            f"{money if SUM in adding else ''}. The groups add up to {again} more than the "
            f"{every} rows that there are."
        )


def of_sums(
    connection: Connection,
    noun: Noun,
    plan: Plan,
    dimensions: Sequence[Dimension],
    conditions: Sequence[ColumnElement[bool]],
    measures: Sequence[Measure],
) -> Iterator[str]:
    """Yield notes on sums that add what may be the same, or what a source leaves out of its own.

    Args:
        connection: an open connection.
        noun: what rows are.
        plan: how they are read.
        dimensions: by what groups are made.
        conditions: which rows are counted.
        measures: what is measured of them.
    """
    summed = [plan.scalars[one.field.name] for one in measures if one.field and one.kind == SUM]
    by = {one.name for one in dimensions}
    having = or_(false(), *(one.is_not(None) for one in summed))
    asked: dict[str, ColumnElement[Any]] = {}
    for name in _MIXED:
        given = noun.field(name)
        if given is not None and not given.many and name not in by:
            asked[name] = func.count(case((having, plan.scalars[name])).distinct())
    left_out = noun.field(_COUNTED)
    if left_out is not None and left_out.type is Type.YES_NO and _COUNTED not in by:
        uncounted = having & plan.scalars[_COUNTED].is_(False)
        asked[_COUNTED] = func.count(case((uncounted, 1)))
    if not summed or not asked:
        return
    rows = plan.tables.needed(*conditions, *summed, *(plan.scalars[name] for name in asked))
    statement = select(*asked.values()).select_from(rows).where(*conditions)
    found = dict(zip(asked, connection.execute(statement).one(), strict=True))
    yield from _said(found)


def _said(found: dict[str, int]) -> Iterator[str]:
    for name, what in _MIXED.items():
        if found.get(name, 0) > 1:
            yield f"Sums add up {found[name]} {what}: --group-by {name} tells them apart."
    if number := found.get(_COUNTED, 0):
        rows = f"{number:,} rows" if number > 1 else "1 row"
        yield (
            f"Sums hold {rows} that the source leaves out of its own totals: "
            "--counted '!no' leaves them out."
        )
