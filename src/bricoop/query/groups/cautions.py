"""What a reader must know of counted groups: rows that come twice, and sums that say too much."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, case, false, func, or_, select

from bricoop.query.groups.counting import Counted, Counter, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.groups.sources import SOURCE
from bricoop.query.nouns.noun import Noun, Type
from bricoop.query.plan import Plan

_COUNTED = "counted"
#: Fields of which a sum should hold one value alone, and what is said where it holds several.
_MIXED = {
    "kind": "kinds, which may be views of the same money",
    "period": "periods, which may lie within each other",
}
_ADVICE = {
    "Sums": "--group-by {} tells them apart.",
    "Totals": "look at one {} at a time.",
    "Shares are of totals that": "look at one {} at a time.",
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
    grouping: Grouping,
    dimensions: Sequence[Dimension],
    conditions: Sequence[ColumnElement[bool]],
    measures: Sequence[Measure],
) -> Iterator[str]:
    """Yield notes on sums that add what may be the same, or what a source leaves out of its own.

    Args:
        connection: an open connection.
        noun: what rows are.
        plan: how they are read.
        grouping: whether there are totals and shares, which take groups together.
        dimensions: by what groups are made.
        conditions: which rows are counted.
        measures: what is measured of them.
    """
    summed = [plan.scalars[one.adds_up.name] for one in measures if one.adds_up]
    by = {one.name for one in dimensions}
    adding = _adding(noun, by, grouping)
    having = or_(false(), *(one.is_not(None) for one in summed))
    told = [func.count(case((having, plan.scalars[name])).distinct()) for name in adding]
    left_out = noun.field(_COUNTED)
    if left_out is not None and left_out.type is Type.YES_NO and _COUNTED not in by:
        told.append(func.count(case((having & plan.scalars[_COUNTED].is_(False), 1))))
    if not summed or not told:
        return
    apart = [plan.scalars[SOURCE]] if SOURCE in by else []
    rows = plan.tables.needed(*conditions, *apart, *told)
    statement = select(*told).select_from(rows).where(*conditions).group_by(*apart)
    found = connection.execute(statement).all()
    for place, (name, what) in enumerate(adding.items()):
        number = max((row[place] for row in found), default=0)
        if number > 1:
            yield f"{what} add up {number} {_MIXED[name]}: {_ADVICE[what].format(name)}"
    if len(told) > len(adding) and (number := sum(row[-1] for row in found)):
        yield (
            f"Sums hold {number:,} row{'s' if number > 1 else ''} that the source leaves out of "
            "its own totals: --counted '!no' leaves them out."
        )


def _adding(noun: Noun, by: set[str], grouping: Grouping) -> dict[str, str]:
    """Return by which of the fields different rows are added, and what adds them."""
    fields = [name for name in _MIXED if (one := noun.field(name)) is not None and not one.many]
    added = {name: "Sums" for name in fields if name not in by}
    if grouping.subtotals or grouping.share:
        wider = "Totals" if grouping.subtotals else "Shares are of totals that"
        added |= dict.fromkeys((name for name in fields if name in by), wider)
    return added
