"""Warnings on groups: rows counted in several groups, and sums of incompatible figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, or_

from bricoop.domain.english import counted, singular
from bricoop.query.grouping import Grouping
from bricoop.query.groups.counting import Counted, Extras, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.levels import GroupingSet
from bricoop.query.groups.measures import COUNT, SUM, Measure
from bricoop.query.nouns.noun import Noun
from bricoop.query.plan import Plan

_COUNTED = "counted"
_STAGES = "kind"
#: Fields of which the rows of a sum should have only one value, with the text of the warning.
_MIXED = {
    _STAGES: "kinds, which may be stages of the same money",
    "period": "periods, which may overlap",
}


def double_counting(
    count: Callable[[], int],
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
    groups: dict[Group, Counted],
) -> Iterator[str]:
    """Yield a note if rows are in several groups, so that groups add up to more than all rows.

    Args:
        count: counts the rows, each once.
        dimensions: the dimensions.
        measures: the measures.
        groups: the groups by all dimensions.
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
            f"Rows of more than one {' or '.join(map(singular, several))} count in each"
            f"{money if SUM in adding else ''}. The groups add up to {again:,} more than the "
            f"{every:,} rows."
        )


class SumWarnings:
    """Detects sums of overlapping figures, and of rows that a source leaves out of its totals."""

    def __init__(
        self,
        noun: Noun,
        plan: Plan,
        grouping: Grouping,
        dimensions: Sequence[Dimension],
        measures: Sequence[Measure],
    ) -> None:
        """Find the fields to check; there are none if no figures are summed."""
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
        if not any(measure.is_money for measure in measures):
            # Kinds of what is not money, such as those of projects, are no stages of each other.
            own = [name for name in own if name != _STAGES]
        self._fields = [
            name for name in _MIXED if name in own and (self._totals_label or name not in self._by)
        ]
        self._leaves_out = _COUNTED in own and _COUNTED not in self._by

    @property
    def extras(self) -> Extras:
        """Aggregates for the checks: minimum and maximum of each field, count of rows left out."""
        selected: dict[str, Sequence[ColumnElement[Any]]] = {}
        for name in self._fields:
            value = case((self._having, self._plan.scalars[name]))
            selected[name] = (func.min(value), func.max(value))
        if self._leaves_out:
            selected[_COUNTED] = (func.count(case((self.uncounted, 1))),)
        return selected

    @property
    def uncounted(self) -> ColumnElement[bool]:
        """The condition for rows with a figure that their source leaves out of its own totals."""
        return self._having & self._plan.scalars[_COUNTED].is_(False)

    def mixed(self, groups: Mapping[Group, Counted], non_additive: GroupingSet) -> Iterator[str]:
        """Yield a note for each field of which a sum, total or share mixes several values.

        Args:
            groups: the groups by all dimensions.
            non_additive: indexes of the dimensions across which nothing is added up.
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
        """Yield a note if sums include rows that their source leaves out of its own totals.

        Args:
            groups: the groups by all dimensions.
            count: counts these rows, each once.
        """
        if self._leaves_out and any(sum(group.extras[_COUNTED]) for group in groups):
            number = count()
            yield (
                f"Sums include {counted(number, 'rows')} that the source does not count in its own "
                "totals: --counted '!no' leaves them out."
            )


def _several(ends: Iterable[tuple[Group, tuple[Any, ...]]]) -> tuple[Any, Any] | None:
    """Return the least and greatest value of a field that one total mixes; None if none does.

    Args:
        ends: for each group, its non-additive values, and the least and greatest field value.
    """
    totals: dict[Group, set[Any]] = defaultdict(set)
    for total, values in ends:
        totals[total].update(values)
    several = next((values for values in totals.values() if len(values) > 1), None)
    return None if several is None else (min(several), max(several))
