"""How much of two names is shared, and how much tells them apart, in points."""

from typing import NamedTuple

from bricoop.identity.organizations.weights import WordWeights


class Likeness(NamedTuple):
    """What the words of two names say.

    Attributes:
        share: the share of the names that is shared, of 1.
        text: points for that share.
        against: points for words that only one of them has, not positive.
    """

    share: float
    text: float
    against: float


def likeness(shared: float, rest: float, other_rest: float, weights: WordWeights) -> Likeness:
    """Compare names by the rarity of their shared words, and of the other words of each."""
    fewer, more = (rest, other_rest) if rest < other_rest else (other_rest, rest)
    share = 0.0
    if shared > 0:
        share = (shared / (shared + fewer) + 2 * shared / (2 * shared + fewer + more)) / 2
    against = weights.differs * fewer + weights.longer * (more - fewer)
    if fewer > 0:
        against += weights.both
    text = weights.text * (share - weights.neutral_text)
    return Likeness(share, text, -min(against, weights.most_against))
