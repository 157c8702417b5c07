"""The levels of groups: of all dimensions, of the first ones, and across what nothing is added."""

from collections.abc import Iterator, Mapping, Sequence

from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import Measure
from bricoop.query.groups.sources import SOURCE

#: The places of the dimensions by which a group is made; the others are taken together.
Kept = tuple[int, ...]


def apart(
    dimensions: Sequence[Dimension],
    groups: Mapping[Group, Counted],
    measures: Sequence[Measure],
    *,
    by_source: bool,
) -> Kept:
    """Return the places of the dimensions across which nothing may be added up.

    These are the source, and what figures are in, where groups have several of them.

    Args:
        dimensions: by what groups are made.
        groups: the groups of all of them.
        measures: what is measured of them.
        by_source: whether each row is of one source, and sources are not to be added together.
    """
    figures = [one.of_figures for one in measures if one.of_figures is not None]
    bases = {name for one in figures for name in one.base}
    with_figures = [
        group
        for group, counted in groups.items()
        if any(counted.figures[one.name].having for one in figures)
    ]
    found = []
    for place, one in enumerate(dimensions):
        of_source = one.name == SOURCE and by_source
        said = groups if of_source else with_figures if one.name in bases else ()
        if len({group[place] for group in said}) > 1:
            found.append(place)
    return tuple(found)


def wider(number: int, kept_apart: Kept) -> Iterator[Kept]:
    """Yield the dimensions of subtotals: the first ones, and those that are kept apart.

    Args:
        number: how many dimensions there are.
        kept_apart: the places of those across which nothing may be added up.
    """
    given = {tuple(range(number))}
    for depth in reversed(range(number)):
        kept = tuple(place for place in range(number) if place < depth or place in kept_apart)
        if kept not in given:
            given.add(kept)
            yield kept
