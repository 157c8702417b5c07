"""Finds the words of descriptions that names of projects of other sources have."""

from collections import defaultdict
from collections.abc import Iterable
from sys import intern

from bricoop.domain.tokenizer import words_of
from bricoop.identity.stated_project import StatedProject, words_of_names


class Mentions:
    """The words of names of projects, by country and source.

    Of descriptions, only words are kept that a name of another source in the same country has: the
    others cannot be shared.
    """

    def __init__(self, projects: Iterable[StatedProject]) -> None:
        """Collect the words of names."""
        self._words: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for project in projects:
            for country in project.countries:
                self._words[country][project.source].update(words_of_names(project))
        self._wanted: dict[tuple[str, str], set[str]] = {}

    def of(self, project: StatedProject, description: str) -> frozenset[str]:
        """Return the telling words of a description of a project."""
        words = set(words_of(description))
        telling: set[str] = set()
        for country in project.countries:
            telling |= words & self._elsewhere(country, project.source)
        return frozenset(map(intern, telling.difference(words_of_names(project))))

    def _elsewhere(self, country: str, source: str) -> set[str]:
        """Return the words of names that other sources give to projects of a country."""
        elsewhere = self._wanted.get((country, source))
        if elsewhere is None:
            words = self._words[country]
            elsewhere = set().union(*(words[other] for other in words if other != source))
            self._wanted[country, source] = elsewhere
        return elsewhere
