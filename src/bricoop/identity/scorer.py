"""Scores pairs of projects: how much speaks for both being one."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bricoop.identity import features
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.features import DESCRIPTION, RARE_WORDS, Feature
from bricoop.identity.rarity import Rarity
from bricoop.identity.shared_words import SharedWords, shared_words
from bricoop.identity.weights import Weights

#: Words in a reason; more would not be read.
_SHOWN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a pair.

    Attributes:
        points: the sum of the points of all features.
        features: the features that say something, the most important first.
    """

    points: float
    features: tuple[Feature, ...]

    def points_of(self, name: str) -> float:
        """Return the points of a feature; 0 if it says nothing."""
        return next((feature.points for feature in self.features if feature.name == name), 0.0)


def score_of(compared: Sequence[Feature]) -> Score:
    """Return the score of a pair by what its features say."""
    ordered = sorted(compared, key=lambda feature: (-abs(feature.points), feature.name))
    points = round(math.fsum(feature.points for feature in compared), 4)
    return Score(points, tuple(ordered))


class Scorer:
    """Scores pairs of projects by weights, and by how rare words are."""

    def __init__(self, weights: Weights, rarity: Rarity) -> None:
        """Use weights, and the rarity of words among the projects that are compared."""
        self.weights = weights
        self.rarity = rarity

    def score(self, project: ComparedProject, other: ComparedProject) -> Score:
        """Return the score of a pair; the order of the two does not matter."""
        compared = [*self._words(project, other), *self._figures(project, other)]
        return score_of(compared)

    def _words(self, project: ComparedProject, other: ComparedProject) -> Iterator[Feature]:
        if not project.words or not other.words:
            return
        weights = self.weights.words
        country = min(set(project.countries) & set(other.countries), default="")
        shared = shared_words(project.words, other.words)
        weighed = self._weighed(shared, country)
        total = math.fsum(rarity for rarity, _ in weighed)
        mentioned = self._mentioned(shared, project, other, country)
        if total:
            examples = " ".join(word for _, word in weighed[:_SHOWN_WORDS])
            yield Feature(RARE_WORDS, min(total, weights.most), f'rare words "{examples}"')
        else:
            points = weights.none_shared / (2 if mentioned else 1)
            yield Feature("no word", points, "no word in common")
        if mentioned:
            examples = " ".join(word for _, word in mentioned[:_SHOWN_WORDS])
            points = min(math.fsum(rarity for rarity, _ in mentioned), weights.most_mentioned)
            yield Feature(DESCRIPTION, points, f'in a description "{examples}"')
        if total:
            yield self._text(shared, total, country)

    def _weighed(self, shared: SharedWords, country: str) -> list[tuple[float, str]]:
        """Return the shared words with their rarity, the rarest first."""
        rarity = self.rarity.of
        weighed = [(rarity(word, country), word) for word in shared.equal]
        for pair in shared.similar:
            first, second = sorted(pair)
            least = min(rarity(first, country), rarity(second, country))
            weighed.append((least * self.weights.rarity.similar, f"{first}~{second}"))
        return sorted(weighed, key=lambda item: (-item[0], item[1]))

    def _mentioned(
        self, shared: SharedWords, project: ComparedProject, other: ComparedProject, country: str
    ) -> list[tuple[float, str]]:
        """Return the words of either name that only the description of the other has."""
        words = {word for word in shared.only_left if word in other.mentioned}
        words |= {word for word in shared.only_right if word in project.mentioned}
        share = self.weights.rarity.description
        weighed = [(self.rarity.of(word, country) * share, word) for word in words]
        return sorted(weighed, key=lambda item: (-item[0], item[1]))

    def _text(self, shared: SharedWords, total: float, country: str) -> Feature:
        """Compare how much of the two names is shared, each word weighed by its rarity."""
        rest = [
            math.fsum(self.rarity.of(word, country) for word in words)
            for words in (shared.only_left, shared.only_right)
        ]
        of_shorter = total / (total + min(rest))
        of_both = 2 * total / (2 * total + math.fsum(rest))
        likeness = (of_shorter + of_both) / 2
        weights = self.weights.words
        points = weights.text * (likeness - weights.neutral_text)
        return Feature("text", points, f"{likeness:.0%} of the names")

    def _figures(self, project: ComparedProject, other: ComparedProject) -> Iterator[Feature]:
        weights = self.weights
        compared = (
            features.money(project, other, weights.money),
            features.year(project, other, weights.year),
            features.capacity(project.figures, other.figures, weights.capacity),
            features.agreement("kind", project.kinds, other.kinds, weights.kind),
            features.agreement("phase", _texts(project), _texts(other), weights.phase),
            features.agreement("lender", project.lenders, other.lenders, weights.lender),
            features.agreement("builder", project.builders, other.builders, weights.builder),
            features.agreement(
                "instrument", project.instruments, other.instruments, weights.instrument
            ),
        )
        yield from (feature for feature in compared if feature is not None)


def _texts(project: ComparedProject) -> tuple[str, ...]:
    return tuple(map(str, project.phases))
