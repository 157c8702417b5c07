"""What a reader must know of counted groups: rows that come twice, and sums that say too much."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, false, func, or_

from bricoop.query.groups.counting import Asides, Counted, Counter, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.groups.sources import are_several
from bricoop.query.nouns.noun import Noun, Type
from bricoop.query.plan import Plan

_SOURCE, _KIND, _COUNTED = "source", "kind", "counted"


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


def asides(
    connection: Connection,
    noun: Noun,
    plan: Plan,
    grouping: Grouping,
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
) -> Asides:
    """Return what is selected of each group beside its measures, for the notes on its sums.

    Args:
        connection: an open connection.
        noun: what rows are.
        plan: how they are read.
        grouping: what groups are asked for.
        dimensions: by what they are made.
        measures: what is measured of them.
    """
    summed = [plan.scalars[one.field.name] for one in measures if one.field and one.kind == SUM]
    by = {one.name for one in dimensions}
    having = or_(false(), *(one.is_not(None) for one in summed))
    found: dict[str, Sequence[ColumnElement[Any]]] = {}
    for name in (_SOURCE, _KIND) if summed else ():
        given = noun.field(name)
        apart = name in by or (
            name == _SOURCE and (grouping.add_sources or not are_several(connection, noun))
        )
        if given is not None and not given.many and not apart:
            one = case((having, plan.scalars[name]))
            found[name] = (func.min(one), func.max(one))
    left_out = noun.field(_COUNTED)
    if summed and left_out is not None and left_out.type is Type.YES_NO and _COUNTED not in by:
        found[_COUNTED] = (func.count(case((having & plan.scalars[_COUNTED].is_(False), 1))),)
    return found


def of_sums(dimensions: Sequence[Dimension], groups: dict[Group, Counted]) -> Iterator[str]:
    """Yield notes on sums that add what may be the same, or what a source leaves out of its own.

    Args:
        dimensions: by what the groups are made.
        groups: the groups of all the dimensions, with what was selected beside their measures.
    """
    for name, what in (
        (_SOURCE, "sources, which may tell of"),
        (_KIND, "kinds, which may be views of"),
    ):
        named = {
            value
            for one in groups.values()
            for value in one.asides.get(name, ())
            if value is not None
        }
        if len(named) > 1:
            yield (
                f"Sums add up several {what} the same money, such as "
                f"{' and '.join(sorted(named)[:2])}: --group-by {name} tells them apart."
            )
    number = sum(sum(one.asides.get(_COUNTED, ())) for one in groups.values())
    if number:
        often = any(one.pairs is not None for one in dimensions)
        rows = "1 row" if number == 1 else f"{number:,} rows"
        each = ", each in as many groups as it comes in," if often else ""
        yield (
            f"Sums hold {rows}{each} that the source leaves out of its own totals: "
            "--counted '!no' leaves them out."
        )
