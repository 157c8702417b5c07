"""What a reader must know of counted groups: rows that come twice, and sums that say too much."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, or_

from bricoop.domain.grammar import counted
from bricoop.query.groups.counting import Counted, Extras, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.levels import GroupingSet
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.nouns.noun import Noun
from bricoop.query.plan import Plan

_COUNTED = "counted"
#: Fields of which a sum should hold one value alone, and what is said where it holds several.
_MIXED = {
    "kind": "kinds, which may be stages of the same money",
    "period": "periods, which may overlap",
}


def double_counting(
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
    several = [dimension.name for dimension in dimensions if dimension.pairs is not None]
    adding = {measure.kind for measure in measures} & {COUNT, SUM}
    if not several or not adding:
        return
    every = count()
    again = sum(group.number for group in groups.values()) - every
    if again:
        money = ", with their figures, so sums of several groups count some twice"
        yield (
            f"Rows of more than one {' or '.join(several)} count in each"
            f"{money if SUM in adding else ''}. The groups add up to {again:,} more than the "
            f"{every:,} rows."
        )


class SumWarnings:
    """Watches sums that add what may be the same, or what a source leaves out of its own."""

    def __init__(
        self,
        noun: Noun,
        plan: Plan,
        grouping: Grouping,
        dimensions: Sequence[Dimension],
        measures: Sequence[Measure],
    ) -> None:
        """Know what is to be watched: nothing where no money and no figures are added up."""
        summed = [plan.scalars[measure.adds_up.name] for measure in measures if measure.adds_up]
        self._plan = plan
        self._having = or_(false(), *(column.is_not(None) for column in summed))
        self._by = {dimension.name for dimension in dimensions}
        self._totals_label = (
            "Totals"
            if grouping.subtotals
            else "Shares are of totals that"
            if grouping.share
            else ""
        )
        own = [field.name for field in noun.fields if not field.many] if summed else []
        self._fields = [
            name for name in _MIXED if name in own and (self._totals_label or name not in self._by)
        ]
        self._leaves_out = _COUNTED in own and _COUNTED not in self._by

    @property
    def extras(self) -> Extras:
        """What is selected of each group: the ends of what may differ, and what is left out."""
        selected: dict[str, Sequence[ColumnElement[Any]]] = {}
        for name in self._fields:
            value = case((self._having, self._plan.scalars[name]))
            selected[name] = (func.min(value), func.max(value))
        if self._leaves_out:
            selected[_COUNTED] = (func.count(case((self.uncounted, 1))),)
        return selected

    @property
    def uncounted(self) -> ColumnElement[bool]:
        """The condition that a row is added up which its source leaves out of its totals."""
        return self._having & self._plan.scalars[_COUNTED].is_(False)

    def mixed(self, groups: Mapping[Group, Counted], non_additive: GroupingSet) -> Iterator[str]:
        """Yield a note on each field of which sums, totals or shares add several values.

        Args:
            groups: the groups of all dimensions.
            non_additive: indexes of the dimensions across which no total or share adds anything up.
        """
        for name in self._fields:
            ends = [
                (tuple(group[index] for index in non_additive), tuple(figures.extras[name]))
                for group, figures in groups.items()
                if figures.extras[name][0] is not None
            ]
            values = next((values for _, values in ends if values[0] != values[1]), None)
            if values is not None:
                subject, how = "Sums", f"--group-by {name} separates them."
            elif name in self._by and (values := _several(ends)) is not None:
                subject, how = self._totals_label, f"look at one {name} at a time."
            else:
                continue
            such = " and ".join(str(value) for value in values)
            yield f"{subject} add up several {_MIXED[name]}, such as {such}: {how}"

    def left_out(self, groups: Iterable[Counted], count: Callable[[], int]) -> Iterator[str]:
        """Yield a note where sums hold what its source leaves out of its own totals.

        Args:
            groups: the groups of all dimensions.
            count: counts the rows that are left out, each once.
        """
        if self._leaves_out and any(sum(group.extras[_COUNTED]) for group in groups):
            number = count()
            yield (
                f"Sums include {counted(number, 'rows')} that the source does not count in its own "
                "totals: --counted '!no' leaves them out."
            )


def _several(ends: Iterable[tuple[Group, tuple[Any, ...]]]) -> tuple[Any, Any] | None:
    """Return the first and the last value of a field where one total adds up several.

    Args:
        ends: the ends of the field in each group, with what no total goes across.
    """
    totals: dict[Group, set[Any]] = defaultdict(set)
    for total, values in ends:
        totals[total].update(values)
    several = next((values for values in totals.values() if len(values) > 1), None)
    return None if several is None else (min(several), max(several))
