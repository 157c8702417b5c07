"""How telling words are: by how few of the compared projects have them, all and in a country."""

import math
from collections import Counter
from collections.abc import Iterable

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.weights import RarityWeights
from bricoop.identity.word_lists import word_lists


class Rarity:
    """The rarity of the words of names of projects."""

    def __init__(self, weights: RarityWeights, projects: Iterable[ComparedProject]) -> None:
        """Count the words of projects."""
        self._weights = weights
        self._words: Counter[str] = Counter()
        self._words_in: Counter[tuple[str, str]] = Counter()
        self._projects_in: Counter[str] = Counter()
        self._number = 0
        for project in projects:
            self._number += 1
            self._words.update(project.words)
            for country in project.countries:
                self._projects_in[country] += 1
                self._words_in.update((country, word) for word in project.words)
        self._known: dict[tuple[str, str], float] = {}

    def of(self, word: str, country: str) -> float:
        """Return how telling a word is in a country, in points."""
        rarity = self._known.get((country, word))
        if rarity is None:
            rarity = self._known[country, word] = self._computed(word, country)
        return rarity

    def _computed(self, word: str, country: str) -> float:
        weights = self._weights
        # With few projects every word would look common, so more are assumed.
        number = max(self._number, weights.projects)
        number_in = max(self._projects_in[country], weights.country_projects)
        share = math.log(number / max(self._words[word], 1))
        share_in = math.log(number_in / max(self._words_in[country, word], 1))
        points = weights.scale * (share + share_in)
        if word in word_lists().common:
            points *= weights.common
        return min(points, weights.most)
