"""The pairs that are put before a reviewer, and their order."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference, organization_reference
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.proposals import Proposal, Tier

AnyProposal = TypeVar("AnyProposal", Proposal, OrganizationProposal)


class Order(StrEnum):
    """The order in which pairs are reviewed."""

    SCORE = "score"  #: by tier and score, the likeliest first
    MONEY = "money"  #: by the money that would count twice, the most first


@dataclass(frozen=True)
class ReviewPair(Generic[AnyProposal]):
    """A pair that is put before a reviewer.

    Attributes:
        left_ref: the reference to the left one.
        right_ref: the reference to the right one.
        left_key: the key of the entity that the left one is about.
        right_key: the key of that of the right one.
        money: dollars that would count twice if both are one: the smaller of the amounts of both; 0
            if one has none.
        proposal: the proposal that the pair comes from.
    """

    left_ref: Reference
    right_ref: Reference
    left_key: str
    right_key: str
    money: float
    proposal: AnyProposal


#: A pair of projects or of organizations.
AnyPair = ReviewPair[Any]


def project_pairs(proposals: Iterable[Proposal]) -> list[ReviewPair[Proposal]]:
    """Return the pairs of proposals, in their order; the money of each is its largest amount."""
    return [
        ReviewPair(
            _reference(proposal.left_project),
            _reference(proposal.right_project),
            proposal.left_project.key,
            proposal.right_project.key,
            min(_largest(proposal.left_project), _largest(proposal.right_project)),
            proposal,
        )
        for proposal in proposals
    ]


def organization_pairs(
    proposals: Iterable[OrganizationProposal], money: Mapping[str, float]
) -> list[ReviewPair[OrganizationProposal]]:
    """Return the pairs of proposals, in their order.

    Args:
        proposals: the proposals.
        money: the dollars that organizations give, by their keys.
    """
    pairs = []
    for proposal in proposals:
        organization, other = proposal.left_organization, proposal.right_organization
        both = money.get(organization.key, 0.0), money.get(other.key, 0.0)
        refs = (organization_reference(organization.name), organization_reference(other.name))
        pairs.append(ReviewPair(*refs, organization.key, other.key, min(both), proposal))
    return pairs


def chosen(
    pairs: Iterable[ReviewPair[AnyProposal]],
    tiers: Collection[Tier] = (),
    order: Order = Order.SCORE,
) -> list[ReviewPair[AnyProposal]]:
    """Return the pairs of some tiers, or of all, in an order; they come likeliest first."""
    of_tiers = [pair for pair in pairs if not tiers or pair.proposal.tier in tiers]
    return sorted(of_tiers, key=lambda pair: -pair.money) if order is Order.MONEY else of_tiers


def _reference(project: ComparedProject) -> Reference:
    return Reference(project.source, PROJECTS.name, project.external_id)


def _largest(project: ComparedProject) -> float:
    return max(project.amounts, default=0.0)
