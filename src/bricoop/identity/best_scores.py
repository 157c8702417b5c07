"""Remembers the best scores of each of the compared entities, for the margins of pairs."""

from collections.abc import Hashable


class BestScores:
    """The two best scores of each of the compared entities, by their positions or keys."""

    def __init__(self) -> None:
        """Begin without scores."""
        self._best: dict[Hashable, tuple[float, float]] = {}

    def add(self, entity: Hashable, points: float) -> None:
        """Take a score of an entity into account."""
        first, second = self._best.get(entity, (0.0, 0.0))
        if points > first:
            self._best[entity] = (points, first)
        elif points > second:
            self._best[entity] = (first, points)

    def besides(self, entity: Hashable, points: float) -> float:
        """Return the best score of an entity besides a pair with these points; at least 0."""
        first, second = self._best.get(entity, (0.0, 0.0))
        return second if points >= first else first
