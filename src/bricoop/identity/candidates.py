"""Finds the few projects that a project may be, by words and money within a country."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from heapq import heappush, heapreplace
from operator import itemgetter

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.rarity import Rarity
from bricoop.identity.weights import CandidateWeights

#: The least points for the nearness of years, however far apart they are.
_FURTHEST = -3.0


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
        self._indexes: defaultdict[str, _CountryIndex] = defaultdict(_CountryIndex)
        for position, project in enumerate(projects):
            for country in project.countries:
                self._indexes[country].add(position, project, weights.beginning)
        for index in self._indexes.values():
            index.amounts.sort()
        self.skipped_words: set[tuple[str, str]] = set()
        self.skipped_amounts = 0
        self.cut = 0

    def of(self, project: ComparedProject) -> list[int]:
        """Return the positions of the candidates of a project, the likeliest first."""
        weighed: defaultdict[int, float] = defaultdict(float)
        for country in project.countries:
            index = self._indexes.get(country)
            if index is not None:
                self._add_words(weighed, index, country, project)
                if index.amounts:
                    self._add_amounts(weighed, index, project)
        return self._likeliest(weighed, project.years) if weighed else []

    def _likeliest(self, weighed: defaultdict[int, float], years: Sequence[int]) -> list[int]:
        """Return the positions with most points, those for the nearness of years included.

        Args:
            weighed: the other points, by position.
            years: the years of the project.
        """
        least, most_for_years = self._weights.least, self._weights.year
        number = 0
        best: list[tuple[float, int]] = []
        for position, points in sorted(weighed.items(), key=itemgetter(1), reverse=True):
            is_full = len(best) == self._weights.candidates
            most = points + most_for_years
            if most < least or (number > len(best) and most < best[0][0]):
                break  # nor does any that follows have enough points
            total = points + self._nearness(years, self._projects[position].years)
            if total < least:
                continue
            number += 1
            # Equal ones by position, so that the answer does not depend on hashes.
            if not is_full:
                heappush(best, (total, -position))
            elif (total, -position) > best[0]:
                heapreplace(best, (total, -position))
        self.cut += number > len(best)
        return [-negative for _, negative in sorted(best, reverse=True)]

    def _add_words(
        self,
        weighed: defaultdict[int, float],
        index: "_CountryIndex",
        country: str,
        project: ComparedProject,
    ) -> None:
        weights = self._weights
        for word in project.words:
            named, mentioning = index.words.get(word), index.mentions.get(word)
            beginning = word[: weights.beginning]
            begun = index.beginnings.get(beginning) if len(word) > weights.beginning else None
            if not named and not mentioning and not begun:
                continue
            rarity = self._rarity.of(word, country)
            self._add(weighed, named, (country, word), rarity)
            self._add(weighed, mentioning, (country, word), rarity * weights.mentioned)
            self._add(weighed, begun, (country, beginning), rarity * weights.begins)
        for word in project.mentioned:
            if named := index.words.get(word):
                rarity = self._rarity.of(word, country) * weights.mentioned
                self._add(weighed, named, (country, word), rarity)

    def _add(
        self,
        weighed: defaultdict[int, float],
        positions: list[int] | None,
        key: tuple[str, str],
        points: float,
    ) -> None:
        if positions is None:
            return
        if len(positions) > self._weights.projects_of_word:
            self.skipped_words.add(key)
            return
        for position in positions:
            weighed[position] += points

    def _add_amounts(
        self, weighed: defaultdict[int, float], index: "_CountryIndex", project: ComparedProject
    ) -> None:
        pairs = index.amounts
        for amount in project.amounts:
            start = bisect_left(pairs, (amount * (1 - self._weights.money_within), -1))
            end = bisect_right(pairs, (amount * (1 + self._weights.money_within), 1 << 60))
            if end - start > self._weights.projects_of_word:
                self.skipped_amounts += 1
                continue
            for position in {position for _, position in pairs[start:end]}:
                weighed[position] += self._weights.money

    def _nearness(self, years: Sequence[int], others: Sequence[int]) -> float:
        """Return points for the nearness of years."""
        if not years or not others:
            return 0.0
        if len(years) == len(others) == 1:
            difference = abs(years[0] - others[0])
        else:
            difference = min(abs(first - second) for first in years for second in others)
        return max(_FURTHEST, self._weights.year * (1 - difference))


class _CountryIndex:
    """The projects of a country, by their positions.

    Attributes:
        words: those with each word in their names.
        beginnings: those with a longer word that begins with each text.
        mentions: those with each word in their descriptions.
        amounts: amounts with the positions of their projects.
    """

    __slots__ = ("amounts", "beginnings", "mentions", "words")

    def __init__(self) -> None:
        self.words: defaultdict[str, list[int]] = defaultdict(list)
        self.beginnings: defaultdict[str, list[int]] = defaultdict(list)
        self.mentions: defaultdict[str, list[int]] = defaultdict(list)
        self.amounts: list[tuple[float, int]] = []

    def add(self, position: int, project: ComparedProject, beginning: int) -> None:
        """Index a project.

        Args:
            position: its position.
            project: the project.
            beginning: how many letters of a longer word its beginning has.
        """
        for word in project.words:
            self.words[word].append(position)
            if len(word) > beginning:
                self.beginnings[word[:beginning]].append(position)
        for word in project.mentioned:
            self.mentions[word].append(position)
        self.amounts += [(amount, position) for amount in project.amounts]
