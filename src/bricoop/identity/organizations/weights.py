"""The weights of features and the bounds of tiers, as `weights.toml` declares them."""

from functools import lru_cache
from pathlib import Path

from bricoop.domain.documents import Table, read_toml
from bricoop.identity.weights import Agreement

_FILE = Path(__file__).with_name("weights.toml")


class RarityWeights(Table, frozen=True):
    """How telling words are."""

    organizations: int
    scale: float
    common: float
    similar: float
    most: float


class WordWeights(Table, frozen=True):
    """Points for words that names share, and against them for words that one name has."""

    most: float
    text: float
    neutral_text: float
    differs: float
    both: float
    longer: float
    most_against: float


class AbbreviationWeights(Table, frozen=True):
    """Points for abbreviations.

    Attributes:
        stated: both names state it.
        computed: one name states it, and the words of the other make it.
        differs: both names state one, and another one.
        rare: if more organizations have the same, it counts less.
        usual_length: the number of letters for which points are full; fewer count less.
        most_for_length: the most by which more letters multiply them.
    """

    stated: float
    computed: float
    differs: float
    rare: int
    usual_length: int
    most_for_length: float


class ListedWeights(Table, frozen=True):
    """Points for names in `organization_names.csv`, by evidence."""

    name: float
    abbreviation: float
    shared_name: float
    differs: float


class CandidateWeights(Table, frozen=True):
    """How candidates are found, before they are scored.

    Attributes:
        organizations_of_word: words of more organizations are not looked up.
        candidates: so many candidates of an organization are scored.
        least_rarity: the least rarity of shared words, unless an abbreviation is shared.
        least_share: the least share of the rarity of the shorter name, which spares estimating.
        least: the least points for words, as estimated.
        spelling: the share of the rarity of a word for each sign that another is a spelling of it.
    """

    organizations_of_word: int
    candidates: int
    least_rarity: float
    least_share: float
    least: float
    spelling: float


class TierBounds(Table, frozen=True):
    """The least points of a tier, of all features and for the share of the names."""

    points: float
    text: float


class Tiers(Table, frozen=True):
    """The bounds of the tiers.

    Attributes:
        strong: those of the tier `strong`. Only pairs with listed names, with all words in common,
            or with an abbreviation in common are strong.
        likely: those of the tier `likely`.
        abbreviation: the least points for an abbreviation of a strong pair.
        likely_abbreviation: the least points for an abbreviation of a likely pair without words.
        contradiction: no feature of a strong or likely pair has so few points.
        possible: the least points of a possible pair.
    """

    strong: TierBounds
    likely: TierBounds
    abbreviation: float
    likely_abbreviation: float
    contradiction: float
    possible: float


class OrganizationWeights(Table, frozen=True):
    """All weights, with the version that scores are cited by."""

    version: int
    rarity: RarityWeights
    words: WordWeights
    abbreviation: AbbreviationWeights
    number: Agreement
    locality: Agreement
    country: Agreement
    kind: Agreement
    listed: ListedWeights
    candidates: CandidateWeights
    tiers: Tiers


@lru_cache(maxsize=1)
def shipped_weights() -> OrganizationWeights:
    """Return the weights that come with bricoop."""
    return read_toml(_FILE, OrganizationWeights, "The weights of the matching of organizations")
