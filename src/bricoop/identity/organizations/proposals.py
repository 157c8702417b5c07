"""Proposes pairs of organizations that may be one, in tiers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bricoop.domain.references import Reference, organization_reference
from bricoop.identity.best_scores import BestScores
from bricoop.identity.organizations.candidates import OrganizationCandidates
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.name_comparison import (
    ABBREVIATION,
    OTHER_WORDS,
    RARE_WORDS,
    TEXT,
)
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.scorer import LISTED, OrganizationScorer
from bricoop.identity.organizations.weights import OrganizationWeights, Tiers
from bricoop.identity.pair_decision import PairDecision
from bricoop.identity.proposals import Tier
from bricoop.identity.scorer import Score

#: The most pairs that are proposed of an organization; further ones hardly ever are right.
_PROPOSED = 5
#: The left organization of a pair, and the right one.
_Pair = tuple[ComparedOrganization, ComparedOrganization]


@dataclass(frozen=True, slots=True)
class OrganizationProposal:
    """A pair of organizations that may be one.

    Attributes:
        tier: how likely that is.
        left_organization: one of them; of two sources, one that the left source names.
        right_organization: the other one.
        score: what speaks for and against it.
        margin: by how many points it exceeds the next best pair of either organization.
        decision: what was decided on it; None for nothing, or if that was not looked up.
    """

    tier: Tier
    left_organization: ComparedOrganization
    right_organization: ComparedOrganization
    score: Score
    margin: float
    decision: PairDecision | None = None

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of both organizations."""
        return self.left_organization.key, self.right_organization.key

    @property
    def refs(self) -> tuple[Reference, Reference]:
        """The references to both, by their names."""
        names = (self.left_organization.name, self.right_organization.name)
        return organization_reference(names[0]), organization_reference(names[1])

    @property
    def is_one(self) -> bool:
        """Whether both are one already: never, as such are compared as one."""
        return False


@dataclass
class OrganizationCoverage:
    """What was compared, and what was not.

    Attributes:
        compared: the number of organizations that were compared.
        compared_with: the number of those that they were compared with.
        of_both: the number of organizations that both sources name already.
        unnamed: the number of those left out because no name says who they are.
        without_country: the number of those left out because their country is not stated.
        pairs: the number of pairs that were scored.
        cut: the number of organizations with more candidates than are scored.
        skipped_words: the number of words that too many organizations have.
    """

    compared: int
    compared_with: int
    of_both: int = 0
    unnamed: int = 0
    without_country: int = 0
    pairs: int = 0
    cut: int = 0
    skipped_words: int = 0


def propose_organizations(
    organizations: Sequence[ComparedOrganization],
    weights: OrganizationWeights,
    left_source: str = "",
    right_source: str = "",
    country: str = "",
) -> tuple[list[OrganizationProposal], OrganizationCoverage]:
    """Compare organizations with each other.

    A score depends on all organizations only, not on the other arguments.

    Args:
        organizations: all organizations.
        weights: the weights of features.
        left_source: the key of a source; only pairs with an organization that it names.
        right_source: the key of a source that names the other one.
        country: the alpha-2 code of the only country whose organizations are compared.

    Returns:
        The proposals, the likeliest first, and what was compared.
    """
    named = [organization for organization in organizations if organization.is_named]
    here, there = (
        [
            organization
            for organization in named
            if (not country or country in organization.countries)
            and (not key or key in organization.sources)
        ]
        for key in (left_source, right_source)
    )
    coverage = OrganizationCoverage(len(here), len(there))
    coverage.unnamed = len(organizations) - len(named)
    if country:
        coverage.without_country = sum(not organization.countries for organization in named)
    if left_source and right_source and left_source != right_source:
        coverage.of_both = sum(right_source in organization.sources for organization in here)
    scorer = OrganizationScorer(weights, NameRarity(weights.rarity, named))
    proposals = sorted(_proposals(here, there, scorer, coverage), key=_order)
    return proposals, coverage


def _proposals(
    here: Sequence[ComparedOrganization],
    there: Sequence[ComparedOrganization],
    scorer: OrganizationScorer,
    coverage: OrganizationCoverage,
) -> Iterator[OrganizationProposal]:
    best = BestScores()
    likeliest: list[tuple[_Pair, Score]] = []
    for pairs in _candidates(here, there, scorer, coverage):
        scored = [(pair, scorer.score(*pair)) for pair in pairs]
        coverage.pairs += len(scored)
        for pair, score in scored:
            for organization in pair:
                best.add(organization.key, score.points)
        scored.sort(key=lambda item: (-item[1].points, item[0][0].key, item[0][1].key))
        likeliest += scored[:_PROPOSED]
    for pair, score in likeliest:
        tier = tier_of(score, scorer.weights.tiers)
        if tier is not None:
            next_best = max(best.besides(side.key, score.points) for side in pair)
            margin = round(score.points - next_best, 4)
            yield OrganizationProposal(tier, *pair, score, margin)


def _candidates(
    here: Sequence[ComparedOrganization],
    there: Sequence[ComparedOrganization],
    scorer: OrganizationScorer,
    coverage: OrganizationCoverage,
) -> Iterator[list[_Pair]]:
    """Yield the pairs of each organization with its candidates; each pair stands once."""
    # The few are looked up among the many, which takes less time than the other way round.
    is_exchanged = _size(here) > _size(there)
    few, many = (there, here) if is_exchanged else (here, there)
    index = OrganizationCandidates(many, scorer.rarity, scorer.weights)
    done: set[frozenset[str]] = set()
    for organization in few:
        pairs = []
        for position in index.of(organization):
            other = many[position]
            keys = frozenset((organization.key, other.key))
            if len(keys) > 1 and keys not in done:
                done.add(keys)
                pairs.append((other, organization) if is_exchanged else (organization, other))
        yield pairs
    coverage.cut, coverage.skipped_words = index.cut, len(index.skipped_words)


def _size(organizations: Sequence[ComparedOrganization]) -> tuple[int, list[str]]:
    """Return what decides which side is looked up, whichever side is the left one."""
    return len(organizations), [organization.key for organization in organizations]


def tier_of(score: Score, tiers: Tiers) -> Tier | None:
    """Return the tier of a pair; None if too little speaks for it."""
    is_free = all(feature.points > tiers.contradiction for feature in score.features)
    is_listed = score.points_of(LISTED) > 0
    abbreviation = score.points_of(ABBREVIATION)
    text = score.points_of(TEXT) if score.points_of(RARE_WORDS) > 0 else -math.inf
    has_all_words = score.points_of(OTHER_WORDS) == 0 or abbreviation >= tiers.abbreviation
    is_strong = is_listed or (has_all_words and text >= tiers.strong.text)
    is_likely = is_listed or abbreviation >= tiers.likely_abbreviation or text >= tiers.likely.text
    if is_free and is_strong and score.points >= tiers.strong.points:
        return Tier.STRONG
    if is_free and is_likely and score.points >= tiers.likely.points:
        return Tier.LIKELY
    return Tier.POSSIBLE if score.points >= tiers.possible else None


def _order(proposal: OrganizationProposal) -> tuple[int, float, str, str]:
    position = [*Tier].index(proposal.tier)
    return (
        position,
        -proposal.score.points,
        proposal.left_organization.key,
        proposal.right_organization.key,
    )
