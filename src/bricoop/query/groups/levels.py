"""The levels of groups: of all dimensions, of the first ones, and across what nothing is added."""

from collections.abc import Iterator, Mapping, Sequence

from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import Measure
from bricoop.query.groups.sources import SOURCE

#: The places of the dimensions by which a group is made; the others are taken together.
GroupingSet = tuple[int, ...]


def non_additive(
    dimensions: Sequence[Dimension],
    groups: Mapping[Group, Counted],
    measures: Sequence[Measure],
    *,
    by_source: bool,
) -> GroupingSet:
    """Return the places of the dimensions across which nothing may be added up.

    These are the source, and what figures are in, where groups have several of them.

    Args:
        dimensions: by what groups are made.
        groups: the groups of all of them.
        measures: what is measured of them.
        by_source: whether each row is of one source, and sources are not to be added together.
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
    """Yield the dimensions of subtotals: the first ones, and those that are kept apart.

    Args:
        number: how many dimensions there are.
        non_additive: the places of those across which nothing may be added up.
    """
    seen = {tuple(range(number))}
    for depth in reversed(range(number)):
        grouping_set = tuple(
            index for index in range(number) if index < depth or index in non_additive
        )
        if grouping_set not in seen:
            seen.add(grouping_set)
            yield grouping_set
