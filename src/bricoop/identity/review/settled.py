"""Leaves out pairs on which nothing is left to decide for a reviewer."""

from collections.abc import Iterable

from bricoop.domain.decision_status import Status
from bricoop.domain.reviewer_names import reviewer_key
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.proposals import Proposal
from bricoop.identity.read_pair_decisions import AnyProposal
from bricoop.identity.review.pairs import ReviewPair


def without_settled(
    pairs: Iterable[ReviewPair[AnyProposal]], reviewer: str
) -> list[ReviewPair[AnyProposal]]:
    """Return the pairs that a reviewer may still decide.

    Pairs are left out that are one already, that the reviewer has decided, also as unsure, and
    those that others have settled: what is one with one side has the same decisions as that side.
    If a record has changed since a decision, the pair comes back.

    Args:
        pairs: the pairs, with what was decided on each.
        reviewer: the reviewer.
    """
    return [pair for pair in pairs if not _is_settled(pair.proposal, reviewer)]


def _is_settled(proposal: Proposal | OrganizationProposal, reviewer: str) -> bool:
    decision = proposal.decision
    if decision is None or decision.status is Status.LOOK_AGAIN:
        return False
    if proposal.is_one or reviewer_key(reviewer) in decision.reviewers:
        return True
    # A person may overrule a rule.
    return decision.is_settled and not decision.is_by_rule
