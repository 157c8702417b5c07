"""The weights of features and the bounds of tiers, as `weights.toml` declares them."""

from functools import lru_cache
from pathlib import Path

from bricoop.domain.documents import Table, read_toml

_FILE = Path(__file__).with_name("weights.toml")


class RarityWeights(Table, frozen=True):
    """How telling words are."""

    projects: int
    country_projects: int
    scale: float
    common: float
    similar: float
    description: float
    most: float


class WordWeights(Table, frozen=True):
    """Points for words that two names share, and for how much of the names they are."""

    most: float
    most_mentioned: float
    none_shared: float
    text: float
    neutral_text: float


class Steps(Table, frozen=True):
    """Points by how far two values differ; `beyond` is for all that differ more."""

    points: tuple[float, ...]
    beyond: float


class MoneyWeights(Steps, frozen=True):
    """Points for amounts, by the share of the larger that they differ by."""

    within: tuple[float, ...]


class Agreement(Table, frozen=True):
    """Points where two projects have a common value, or none, or only one has any."""

    same: float
    differs: float
    one_only: float = 0.0


class CandidateWeights(Table, frozen=True):
    """How candidates are found, before they are scored.

    Attributes:
        projects_of_word: words of more projects of a country are not looked up.
        candidates: so many candidates of a project are scored.
        least: the least points of a candidate, of what follows.
        beginning: words that begin with so many equal letters may be spellings of one.
        begins: their share of the rarity.
        mentioned: the share for words in a description.
        money: points for amounts within `money_within`.
        money_within: the share by which amounts may differ.
        year: points for each year by which years do not differ.
    """

    projects_of_word: int
    candidates: int
    least: float
    beginning: int
    begins: float
    mentioned: float
    money: float
    money_within: float
    year: float


class TierBounds(Table, frozen=True):
    """The least points, margin and points for shared words of a tier."""

    points: float
    margin: float
    words: float

    def includes(self, points: float, margin: float, words: float) -> bool:
        """Return whether a pair reaches all bounds."""
        return points >= self.points and margin >= self.margin and words >= self.words


class Tiers(Table, frozen=True):
    """The bounds of the tiers.

    Attributes:
        strong: those of the tier `strong`; its words are in both names.
        likely: those of the tier `likely`; its words may be in a description.
        contradiction: no feature of a strong or likely pair has so few points.
        possible: the least points of a possible pair.
        least_words: pairs with fewer points for words have none in common.
        same_money: the least points of a pair of the same money.
        same_money_amount: its least points for the amounts.
        same_money_year: its least points for the years.
    """

    strong: TierBounds
    likely: TierBounds
    contradiction: float
    possible: float
    least_words: float
    same_money: float
    same_money_amount: float
    same_money_year: float


class Weights(Table, frozen=True):
    """All weights, with the version that scores are cited by."""

    version: int
    rarity: RarityWeights
    words: WordWeights
    money: MoneyWeights
    year: Steps
    kind: Agreement
    phase: Agreement
    capacity: Agreement
    lender: Agreement
    builder: Agreement
    instrument: Agreement
    candidates: CandidateWeights
    tiers: Tiers


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Return the weights that come with bricoop."""
    return read_toml(_FILE, Weights, "The weights of the matching")
