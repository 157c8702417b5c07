"""What a reader must know of counted groups: rows that come twice, and sums that say too much."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, false, or_

from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.nouns.noun import Noun, Type
from bricoop.query.plan import Plan

_COUNTED = "counted"
#: Fields of which a sum should hold one value alone, and what is said where it holds several.
_MIXED = {
    "kind": "several kinds, which may be views of the same money",
    "period": "several periods, which may lie within each other",
}


def come_again(
    count: Callable[[], int],
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
    groups: dict[Group, Counted],
) -> Iterator[str]:
    """Yield a note where rows come in several groups, which then hold more than there is.

    Args:
        count: counts the rows, each once.
        dimensions: by what the groups are made.
        measures: what is measured of them.
        groups: the groups of all the dimensions.
    """
    several = [one.name for one in dimensions if one.pairs is not None]
    adding = {one.kind for one in measures} & {COUNT, SUM}
    if not several or not adding:
        return
    every = count()
    again = sum(one.number for one in groups.values()) - every
    if again:
        money = ", and so do their figures: sums of several groups hold some twice"
        yield (
            f"Rows of more than one {' or '.join(several)} count in each of them"
            f"{money if SUM in adding else ''}. The groups add up to {again} more than the "
            f"{every} rows that there are."
        )


class OfSums:
    """Watches sums that add what may be the same, or what a source leaves out of its own."""

    def __init__(self, noun: Noun, plan: Plan, measures: Sequence[Measure]) -> None:
        """Know what is to be watched: nothing where no money and no figures are added up."""
        summed = [plan.scalars[one.adds_up.name] for one in measures if one.adds_up]
        fields = [name for name in _MIXED if (one := noun.field(name)) and not one.many]
        self._fields = fields if summed else []
        self._having = or_(false(), *(one.is_not(None) for one in summed))
        self._plan = plan
        left_out = noun.field(_COUNTED) if summed else None
        self._leaves_out = left_out is not None and left_out.type is Type.YES_NO

    @property
    def watched(self) -> list[ColumnElement[Any]]:
        """The expressions whose least and largest value tell whether different rows are added."""
        told = [case((self._having, self._plan.scalars[name])) for name in self._fields]
        return [*told, *([case((self.uncounted, 1))] if self._leaves_out else [])]

    @property
    def uncounted(self) -> ColumnElement[bool]:
        """The condition that a row is added up which its source leaves out of its totals."""
        return self._having & self._plan.scalars[_COUNTED].is_(False)

    def mixed(
        self, groups: Iterable[Counted], grouping: Grouping, by: Collection[str]
    ) -> Iterator[str]:
        """Yield a note on each field of which sums, totals or shares add several values.

        Args:
            groups: the groups of all dimensions.
            grouping: whether there are totals and shares, which take groups together.
            by: the names of the dimensions.
        """
        wider = "Totals" if grouping.subtotals else "Shares are of totals that"
        for place, name in enumerate(self._fields):
            ends = [one.watched[place] for one in groups if one.watched[place][0] is not None]
            if any(least != largest for least, largest in ends):
                yield f"Sums add up {_MIXED[name]}: --group-by {name} tells them apart."
            elif name in by and (grouping.subtotals or grouping.share) and len({*ends}) > 1:
                yield f"{wider} add up {_MIXED[name]}: look at one {name} at a time."

    def left_out(
        self, groups: Iterable[Counted], by: Collection[str], count: Callable[[], int]
    ) -> Iterator[str]:
        """Yield a note where sums hold what its source leaves out of its own totals.

        Args:
            groups: the groups of all dimensions.
            by: the names of the dimensions.
            count: counts the rows that are left out, each once.
        """
        if self._leaves_out and _COUNTED not in by and any(one.watched[-1][0] for one in groups):
            number = count()
            yield (
                f"Sums hold {number:,} row{'s' if number > 1 else ''} that the source leaves out "
                "of its own totals: --counted '!no' leaves them out."
            )
