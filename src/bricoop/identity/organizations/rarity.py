"""How telling words and abbreviations are: by how few organizations have them."""

import math
from collections import Counter
from collections.abc import Iterable

from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.weights import RarityWeights
from bricoop.identity.organizations.word_lists import organization_words


class NameRarity:
    """The rarity of the words and abbreviations of names of organizations."""

    def __init__(
        self, weights: RarityWeights, organizations: Iterable[ComparedOrganization]
    ) -> None:
        """Count the words of organizations."""
        self._weights = weights
        self._words: Counter[str] = Counter()
        self._abbreviations: Counter[str] = Counter()
        self._number = 0
        for organization in organizations:
            self._number += 1
            names = organization.names
            self._words.update({word for name in names for word in name.words})
            self._abbreviations.update(
                frozenset[str]().union(*(name.acronyms | name.initials for name in names))
            )
        self._rarities: dict[str, float] = {}

    def of(self, word: str) -> float:
        """Return how telling a word is, in points."""
        rarity = self._rarities.get(word)
        if rarity is None:
            rarity = self._rarities[word] = self._computed(word)
        return rarity

    def organizations_with(self, abbreviation: str) -> int:
        """Return how many organizations have an abbreviation, or words that make it."""
        return self._abbreviations[abbreviation]

    def _computed(self, word: str) -> float:
        weights = self._weights
        # With few organizations every word would look common, so more are assumed.
        number = max(self._number, weights.organizations)
        points = weights.scale * math.log(number / max(self._words[word], 1))
        if word in organization_words().common:
            points *= weights.common
        return min(points, weights.most)
