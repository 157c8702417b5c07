"""The pairs that are put before a reviewer, and their order."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic

from bricoop.domain.references import Reference
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.proposals import Proposal, Tier
from bricoop.identity.read_pair_decisions import AnyProposal


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
            *_refs(proposal),
            *proposal.keys,
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
        dollars = min(money.get(key, 0.0) for key in proposal.keys)
        pairs.append(ReviewPair(*_refs(proposal), *proposal.keys, dollars, proposal))
    return pairs


def chosen(
    pairs: Iterable[ReviewPair[AnyProposal]],
    tiers: Collection[Tier] = (),
    order: Order = Order.SCORE,
) -> list[ReviewPair[AnyProposal]]:
    """Return the pairs of some tiers, or of all, in an order; they come likeliest first."""
    of_tiers = [pair for pair in pairs if not tiers or pair.proposal.tier in tiers]
    return sorted(of_tiers, key=lambda pair: -pair.money) if order is Order.MONEY else of_tiers


def _refs(proposal: Proposal | OrganizationProposal) -> tuple[Reference, Reference]:
    """Return the references of an earlier decision, which the next one is to replace, if any."""
    earlier = proposal.decision.refs if proposal.decision is not None else None
    return earlier or proposal.refs


def _largest(project: ComparedProject) -> float:
    return max(project.amounts, default=0.0)
