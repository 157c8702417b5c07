"""Grouping sets of subtotals, and the dimensions across which figures cannot be added up."""

from collections.abc import Iterator, Mapping, Sequence

from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import Measure
from bricoop.query.groups.sources import SOURCE

#: Indexes of the dimensions by which rows are grouped; a subtotal runs across all others.
GroupingSet = tuple[int, ...]


def non_additive(
    dimensions: Sequence[Dimension],
    groups: Mapping[Group, Counted],
    measures: Sequence[Measure],
    *,
    by_source: bool,
) -> GroupingSet:
    """Return the indexes of the dimensions across which figures must not be added up.

    These are the source and the fields of the figures' unit, if groups have several values of them.

    Args:
        dimensions: the dimensions.
        groups: the groups by all dimensions.
        measures: the measures.
        by_source: whether each row has one source, and sources must not be added up.
    """
    figures = [measure.of_figures for measure in measures if measure.of_figures is not None]
    bases = {name for field in figures for name in field.base}
    with_figures = [
        group
        for group, counted in groups.items()
        if any(counted.figures[field.name].having for field in figures)
    ]
    indexes = []
    for index, dimension in enumerate(dimensions):
        of_source = dimension.name == SOURCE and by_source
        compared = groups if of_source else with_figures if dimension.name in bases else ()
        if len({group[index] for group in compared}) > 1:
            indexes.append(index)
    return tuple(indexes)


def subtotal_sets(number: int, non_additive: GroupingSet) -> Iterator[GroupingSet]:
    """Yield the grouping sets of subtotals: the first dimensions, and all non-additive ones.

    Args:
        number: number of dimensions.
        non_additive: indexes of the dimensions across which figures must not be added up.
    """
    seen = {tuple(range(number))}
    for depth in reversed(range(number)):
        grouping_set = tuple(
            index for index in range(number) if index < depth or index in non_additive
        )
        if grouping_set not in seen:
            seen.add(grouping_set)
            yield grouping_set
