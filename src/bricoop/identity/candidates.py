"""Finds the few projects that a project may be, by words and money within a country."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from heapq import nlargest

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.rarity import Rarity
from bricoop.identity.weights import CandidateWeights


class Candidates:
    """An index of projects, by the words of their names and by their amounts, for each country.

    Attributes:
        skipped_words: words of a country that too many of its projects have to look them up.
        skipped_amounts: the number of amounts that are near too many others.
        cut: the number of projects with more candidates than are scored.
    """

    def __init__(
        self, projects: Sequence[ComparedProject], rarity: Rarity, weights: CandidateWeights
    ) -> None:
        """Index projects."""
        self._projects = projects
        self._rarity = rarity
        self._weights = weights
        self._words: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._beginnings: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._mentions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        amounts: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        for position, project in enumerate(projects):
            for country in project.countries:
                self._index(country, position, project)
                amounts[country] += [(amount, position) for amount in project.amounts]
        self._countries = frozenset(
            country for project in projects for country in project.countries
        )
        self._amounts = {country: sorted(pairs) for country, pairs in amounts.items()}
        self.skipped_words: set[tuple[str, str]] = set()
        self.skipped_amounts = 0
        self.cut = 0

    def _index(self, country: str, position: int, project: ComparedProject) -> None:
        for word in project.words:
            self._words[country, word].append(position)
            if len(word) > self._weights.beginning:
                self._beginnings[country, word[: self._weights.beginning]].append(position)
        for word in project.mentioned:
            self._mentions[country, word].append(position)

    def of(self, project: ComparedProject) -> list[int]:
        """Return the positions of the candidates of a project, the likeliest first."""
        weighed: defaultdict[int, float] = defaultdict(float)
        for country in project.countries:
            if country in self._countries:
                self._add_words(weighed, country, project)
                self._add_amounts(weighed, country, project)
        near = {}
        for position, points in weighed.items():
            if points + self._weights.year < self._weights.least:
                continue  # not even with the same year
            total = points + self._nearness(project, self._projects[position])
            if total >= self._weights.least:
                near[position] = total
        if len(near) > self._weights.candidates:
            self.cut += 1
        # Equal ones by position, so that the answer does not depend on hashes.
        return nlargest(
            self._weights.candidates, near, key=lambda position: (near[position], -position)
        )

    def _add_words(
        self, weighed: defaultdict[int, float], country: str, project: ComparedProject
    ) -> None:
        weights = self._weights
        for word in project.words:
            rarity = self._rarity.of(word, country)
            self._add(weighed, self._words, (country, word), rarity)
            self._add(weighed, self._mentions, (country, word), rarity * weights.mentioned)
            if len(word) > weights.beginning:
                beginning = (country, word[: weights.beginning])
                self._add(weighed, self._beginnings, beginning, rarity * weights.begins)
        for word in project.mentioned:
            rarity = self._rarity.of(word, country) * weights.mentioned
            self._add(weighed, self._words, (country, word), rarity)

    def _add(
        self,
        weighed: defaultdict[int, float],
        index: defaultdict[tuple[str, str], list[int]],
        key: tuple[str, str],
        points: float,
    ) -> None:
        positions = index.get(key)
        if positions is None:
            return
        if len(positions) > self._weights.projects_of_word:
            self.skipped_words.add(key)
            return
        for position in positions:
            weighed[position] += points

    def _add_amounts(
        self, weighed: defaultdict[int, float], country: str, project: ComparedProject
    ) -> None:
        pairs = self._amounts.get(country, [])
        for amount in project.amounts:
            start = bisect_left(pairs, (amount * (1 - self._weights.money_within), -1))
            end = bisect_right(pairs, (amount * (1 + self._weights.money_within), 1 << 60))
            if end - start > self._weights.projects_of_word:
                self.skipped_amounts += 1
                continue
            for position in {position for _, position in pairs[start:end]}:
                weighed[position] += self._weights.money

    def _nearness(self, project: ComparedProject, other: ComparedProject) -> float:
        """Return points for the nearness of years."""
        if not project.years or not other.years:
            return 0.0
        difference = min(abs(first - second) for first in project.years for second in other.years)
        return max(-3.0, self._weights.year * (1 - difference))
