"""Compares two names of organizations: what their words, abbreviations and numbers say."""

import math
from collections.abc import Iterator

from bricoop.identity.features import Feature, agreement
from bricoop.identity.organizations.compared_organization import ComparedName, ComparedOrganization
from bricoop.identity.organizations.likeness import likeness
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.weights import OrganizationWeights
from bricoop.identity.shared_words import SharedWords, shared_words

#: Names of features that tiers ask for.
RARE_WORDS, TEXT, OTHER_WORDS = "rare words", "text", "other words"
ABBREVIATION = "abbreviation"
#: Words in a reason; more would not be read.
_SHOWN_WORDS = 4


class NameComparison:
    """Compares names by weights, and by how rare words are."""

    def __init__(self, weights: OrganizationWeights, rarity: NameRarity) -> None:
        """Use weights, and the rarity of words among all organizations."""
        self._weights = weights
        self._rarity = rarity

    def features(
        self,
        name: ComparedName,
        other: ComparedName,
        organization: ComparedOrganization,
        other_organization: ComparedOrganization,
    ) -> Iterator[Feature]:
        """Compare names of two organizations."""
        weights = self._weights
        abbreviation = self._abbreviation(
            name,
            other,
            _acronyms(name, organization, other_organization),
            _acronyms(other, other_organization, organization),
        )
        is_agreed = abbreviation is not None and abbreviation.points > 0
        locality = agreement("place", name.localities, other.localities, weights.locality)
        if name.words != other.words and is_agreed and (name.is_short or other.is_short):
            locality = None  # the one has no other words to compare
        else:
            countries = organization.countries, other_organization.countries
            yield from self._words(_shared(name, other, *countries))
        number = agreement("number", _numbers(name), _numbers(other), weights.number)
        yield from (feature for feature in (abbreviation, locality, number) if feature is not None)

    def _words(self, shared: SharedWords) -> Iterator[Feature]:
        weights = self._weights.words
        weighed = self._weighed(shared)
        total = math.fsum(rarity for rarity, _ in weighed)
        if total:
            examples = " ".join(word for _, word in weighed[:_SHOWN_WORDS])
            yield Feature(RARE_WORDS, min(total, weights.most), f'rare words "{examples}"')
        only_left, only_right = (
            math.fsum(map(self._rarity.of, words))
            for words in (shared.only_left, shared.only_right)
        )
        # Of two spellings, a part is not shared.
        unshared = 1 / self._weights.rarity.similar - 1
        unlike = math.fsum(rarity * unshared for rarity, word in weighed if "~" in word)
        text = likeness(total, only_left + unlike, only_right + unlike, weights)
        yield Feature(TEXT, text.text, f"{text.share:.0%} of the names")
        if only_left or only_right:
            against = likeness(total, only_left, only_right, weights).against
            yield Feature(OTHER_WORDS, against, _other_words(shared))

    def _weighed(self, shared: SharedWords) -> list[tuple[float, str]]:
        """Return the shared words with their rarity, the rarest first."""
        weighed = [(self._rarity.of(word), word) for word in shared.equal]
        for pair in shared.similar:
            first, second = sorted(pair)
            least = min(self._rarity.of(first), self._rarity.of(second))
            weighed.append((least * self._weights.rarity.similar, f"{first}~{second}"))
        return sorted(weighed, key=lambda item: (-item[0], item[1]))

    def _abbreviation(
        self,
        name: ComparedName,
        other: ComparedName,
        acronyms: frozenset[str],
        other_acronyms: frozenset[str],
    ) -> Feature | None:
        weights = self._weights.abbreviation
        computed = (acronyms & other.initials) | (other_acronyms & name.initials)
        for points, common in (
            (weights.stated, acronyms & other_acronyms),
            (weights.computed, computed),
        ):
            if common:
                letters = max(common, key=lambda text: (len(text), text))
                number = max(self._rarity.organizations_with(letters), weights.rare)
                length = min(len(letters) / weights.usual_length, weights.most_for_length)
                share = length * weights.rare / number
                return Feature(ABBREVIATION, points * share, f"abbreviation {letters.upper()}")
        if acronyms and other_acronyms and not name.is_short and not other.is_short:
            first, second = (min(letters).upper() for letters in (acronyms, other_acronyms))
            return Feature(ABBREVIATION, weights.differs, f"abbreviation {first}/{second}")
        return None


def _acronyms(
    name: ComparedName, organization: ComparedOrganization, other: ComparedOrganization
) -> frozenset[str]:
    """Return the abbreviations of a name, with listed ones if the other is not listed itself."""
    if organization.listed is None or other.listed is not None:
        return name.acronyms
    return name.acronyms | organization.listed.abbreviations


def _shared(
    name: ComparedName, other: ComparedName, here: frozenset[str], there: frozenset[str]
) -> SharedWords:
    """Return the words that two names share; countries and places have no other spellings.

    A country in one name does not tell the other one apart if that lies there.
    """
    shared = shared_words(name.spelled, other.spelled)
    return SharedWords(
        (*shared.equal, *sorted(name.exact & other.exact)),
        shared.similar,
        (*shared.only_left, *sorted(name.exact - other.exact - there)),
        (*shared.only_right, *sorted(other.exact - name.exact - here)),
    )


def _other_words(shared: SharedWords) -> str:
    sides = (
        " ".join(sorted(words)[:_SHOWN_WORDS]) for words in (shared.only_left, shared.only_right)
    )
    return "other words " + "/".join(f'"{words}"' for words in sides)


def _numbers(name: ComparedName) -> tuple[str, ...]:
    return tuple(map(str, sorted(name.numbers)))
