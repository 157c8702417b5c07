"""Finds the few organizations that an organization may be, by words and abbreviations."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import nlargest

from bricoop.identity.organizations.compared_organization import ComparedName, ComparedOrganization
from bricoop.identity.organizations.likeness import likeness
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.weights import OrganizationWeights

#: Words of fewer letters have no other spellings.
_LONG = 5
_BEGINNING = 4
_VOWELS = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"(.)\1+")
_STATED, _COMPUTED = "stated", "computed"


class OrganizationCandidates:
    """An index of organizations by the words, spellings and abbreviations of their names.

    Attributes:
        skipped_words: words that too many organizations have to look them up.
        cut: the number of organizations with more candidates than are scored.
    """

    def __init__(
        self,
        organizations: Sequence[ComparedOrganization],
        rarity: NameRarity,
        weights: OrganizationWeights,
    ) -> None:
        """Index organizations."""
        self._rarity = rarity
        self._weights = weights
        self._totals = [self._total(organization) for organization in organizations]
        self._of_words: defaultdict[Hashable, list[int]] = defaultdict(list)
        self._of_names: defaultdict[Hashable, list[int]] = defaultdict(list)
        self._keys = [frozenset(self._words(organization)) for organization in organizations]
        for position, organization in enumerate(organizations):
            for key in self._keys[position]:
                self._of_words[key].append(position)
            for key in _index_keys(organization):
                self._of_names[key].append(position)
        self.skipped_words: set[str] = set()
        self.cut = 0

    def of(self, organization: ComparedOrganization) -> list[int]:
        """Return the positions of the candidates of an organization, the likeliest first."""
        shared: defaultdict[int, float] = defaultdict(float)
        frequent: dict[Hashable, float] = {}
        for key, rarity in self._words(organization).items():
            positions = self._of_words.get(key, ())
            if len(positions) > self._weights.candidates.organizations_of_word:
                frequent[key] = rarity
                continue
            for position in positions:
                shared[position] += rarity
        self.skipped_words.update(key for key in frequent if isinstance(key, str))
        likely = self._likely(shared, frequent, organization)
        most = self._weights.candidates.candidates
        if len(likely) > most:
            self.cut += 1
        # Equal ones by position, so that the answer does not depend on hashes.
        return nlargest(most, likely, key=lambda position: (likely[position], -position))

    def _likely(
        self,
        shared: Mapping[int, float],
        frequent: Mapping[Hashable, float],
        organization: ComparedOrganization,
    ) -> dict[int, float]:
        """Return the positions of organizations that may be proposed, with estimated points.

        Args:
            shared: the rarity of shared words by position.
            frequent: the rarity of words that were not looked up.
            organization: the organization that they may be.
        """
        weights = self._weights
        total = self._total(organization)
        sure = self._sure(organization)
        likely = dict(sure)
        most_frequent = sum(frequent.values())
        for position, rarity in shared.items():
            shorter = min(total, self._totals[position])
            is_enough = rarity + most_frequent >= weights.candidates.least_share * shorter
            if (is_enough and rarity >= weights.candidates.least_rarity) or position in sure:
                keys = self._keys[position]
                every = rarity + sum(frequent[key] for key in frequent if key in keys)
                rests = (max(total - every, 0), max(self._totals[position] - every, 0))
                like = likeness(every, *rests, weights.words)
                points = every + like.text + like.against
                if points >= weights.candidates.least or position in sure:
                    likely[position] = sure.get(position, 0) + points
        return likely

    def _sure(self, organization: ComparedOrganization) -> dict[int, float]:
        """Return the positions of organizations that are scored whatever their words say."""
        sure: dict[int, float] = {}
        most = self._weights.candidates.organizations_of_word
        for key, points in self._sure_keys(organization).items():
            # What more organizations have, such as an abbreviation, tells too little.
            for position in self._of_names.get(key, ())[:most]:
                sure[position] = max(sure.get(position, 0), points)
        return sure

    def _total(self, organization: ComparedOrganization) -> float:
        """Return the rarity of all words of a name; of several names, the least."""
        return min(sum(map(self._rarity.of, name.words)) for name in organization.names)

    def _words(self, organization: ComparedOrganization) -> dict[Hashable, float]:
        """Return the words of an organization and their spellings, with the rarity of each."""
        share = self._weights.candidates.spelling
        words: dict[Hashable, float] = {}
        for name in organization.names:
            for word in name.words:
                rarity = self._rarity.of(word)
                spellings = [*_spellings(word)] if word not in name.exact else []
                for spelling in spellings:
                    words[spelling] = rarity * share
                # Equal words have equal spellings.
                words[word] = rarity * (1 - share * len(spellings))
        return words

    def _sure_keys(self, organization: ComparedOrganization) -> dict[Hashable, float]:
        """Return what organizations have that are scored whatever their words, with points."""
        weights = self._weights
        keys: dict[Hashable, float] = {}
        if organization.listed:
            keys[(organization.listed.key,)] = weights.listed.name
        for name in organization.names:
            keys[name.signature] = weights.listed.name
            for acronym in name.acronyms:
                keys[acronym, _STATED] = weights.abbreviation.stated
                keys[acronym, _COMPUTED] = weights.abbreviation.computed
            for letters in name.initials - name.acronyms:
                keys[letters, _STATED] = weights.abbreviation.computed
        return keys


def _index_keys(organization: ComparedOrganization) -> Iterator[Hashable]:
    names: Sequence[ComparedName] = organization.names
    keys: set[Hashable] = {name.signature for name in names}
    if organization.listed:
        keys.add((organization.listed.key,))
    keys.update((acronym, _STATED) for name in names for acronym in name.acronyms)
    keys.update((letters, _COMPUTED) for name in names for letters in name.initials)
    yield from keys


@lru_cache(maxsize=65_536)
def _spellings(word: str) -> tuple[Hashable, ...]:
    """Return what other spellings of a long word have: its beginning, or its consonants."""
    if len(word) < _LONG:
        return ()
    consonants = word[0] + _DOUBLED.sub(r"\1", _VOWELS.sub("", word[1:]))
    return (word[:_BEGINNING], _BEGINNING), (consonants, 0)
