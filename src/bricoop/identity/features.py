"""The features by which two projects are compared: each gives points and the reason for them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from bricoop.domain.english import dollars_in_short
from bricoop.identity.compared_project import ComparedProject, Figure
from bricoop.identity.weights import Agreement, MoneyWeights, Steps

#: Up to this share, two capacities or lengths are the same figure, rounded.
_SAME_FIGURE = 0.03
#: Names of features that tiers ask for.
RARE_WORDS, DESCRIPTION, MONEY, YEAR = "rare words", "description", "money", "year"


class Feature(NamedTuple):
    """What a feature says about a pair.

    Attributes:
        name: the name of the feature, as in `weights.toml`.
        points: points for the pair being the same project, negative against it.
        reason: what was compared, such as `2018=2018`.
    """

    name: str
    points: float
    reason: str


def money(
    project: ComparedProject, other: ComparedProject, weights: MoneyWeights
) -> Feature | None:
    """Compare amounts; of several, those that are nearest."""
    if not project.amounts or not other.amounts:
        return None
    difference, first, second = min(
        (abs(first - second) / max(first, second), first, second)
        for first in project.amounts
        for second in other.amounts
    )
    points = weights.beyond
    for bound, step_points in zip(weights.within, weights.points, strict=True):
        if difference <= bound:
            points = step_points
            break
    return Feature(MONEY, points, f"{dollars_in_short(first)}/{dollars_in_short(second)}")


def year(project: ComparedProject, other: ComparedProject, weights: Steps) -> Feature | None:
    """Compare years; of several, those that are nearest."""
    if not project.years or not other.years:
        return None
    difference, first, second = min(
        (abs(first - second), first, second) for first in project.years for second in other.years
    )
    points = weights.points[difference] if difference < len(weights.points) else weights.beyond
    return Feature(YEAR, points, f"{first}={second}" if not difference else f"{first}/{second}")


def agreement(
    name: str, values: Collection[str], others: Collection[str], weights: Agreement
) -> Feature | None:
    """Compare sets of codes or words: whether there is a common one."""
    if not values or not others:
        if weights.one_only and (values or others):
            return Feature(name, weights.one_only, f"{name} of one only")
        return None
    common = [value for value in values if value in others]
    if common:
        return Feature(name, weights.same, f"{name} {' '.join(sorted(common)[:3])}")
    first, second = (" ".join(sorted(listed)[:3]) for listed in (values, others))
    return Feature(name, weights.differs, f"{name} {first}/{second}")


def capacity(
    figures: Sequence[Figure], others: Sequence[Figure], weights: Agreement
) -> Feature | None:
    """Compare capacities and lengths in the same unit; of several, those that are nearest."""
    pairs = [
        (abs(first.value - second.value) / max(first.value, second.value, 1e-9), first, second)
        for first in figures
        for second in others
        if first.unit == second.unit
    ]
    if not pairs:
        return None
    difference, first, second = min(pairs)
    points = weights.same if difference <= _SAME_FIGURE else weights.differs
    return Feature("capacity", points, f"{first.value:g}/{second.value:g} {first.unit}")
