"""How telling words are: by how few of the compared projects have them, all and in a country."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Self

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.weights import RarityWeights
from bricoop.identity.word_lists import word_lists


class WordCounts:
    """How many projects a source has, and how many of them have each word, by country as well.

    Attributes:
        number: the number of projects.
        without_country: the number of those without a country.
        words: the number of projects that have each word in their names.
        projects_in: the number of projects in each country.
        words_in: the number of projects in each country that have each word, by country.
    """

    def __init__(self) -> None:
        """Begin without projects."""
        self.number = 0
        self.without_country = 0
        self.words: Counter[str] = Counter()
        self.projects_in: Counter[str] = Counter()
        self.words_in: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @classmethod
    def of(cls, projects: Iterable[ComparedProject]) -> Self:
        """Return the counts of some projects."""
        counts = cls()
        for project in projects:
            counts.add(project.words, project.countries)
        return counts

    def add(self, words: Sequence[str], countries: Sequence[str]) -> None:
        """Count a project.

        Args:
            words: the words of its names, without repetition.
            countries: the codes of the countries where it lies.
        """
        self.number += 1
        self.without_country += not countries
        self.words.update(words)
        for country in countries:
            self.projects_in[country] += 1
            self.words_in[country].update(words)


class Rarity:
    """The rarity of the words of names of projects."""

    def __init__(self, weights: RarityWeights, *counts: WordCounts) -> None:
        """Use the words of the projects of sources."""
        self._weights = weights
        self._counts = counts
        self._number = sum(source.number for source in counts)
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
        projects_in = sum(source.projects_in[country] for source in self._counts)
        number_in = max(projects_in, weights.country_projects)
        having = sum(source.words[word] for source in self._counts)
        having_in = sum(source.words_in[country][word] for source in self._counts)
        share = math.log(number / max(having, 1))
        share_in = math.log(number_in / max(having_in, 1))
        points = weights.scale * (share + share_in)
        if word in word_lists().common:
            points *= weights.common
        return min(points, weights.most)
