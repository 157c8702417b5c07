"""Begins a review: which pairs are put before the reviewer, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bricoop.domain.english import agree, counted
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.matches import match_projects
from bricoop.identity.organizations.matches import match_organizations
from bricoop.identity.proposals import Tier
from bricoop.identity.read_pair_decisions import AnyProposal
from bricoop.identity.review.organization_view import OrganizationViews, dollars_given
from bricoop.identity.review.pair_view import PairViews
from bricoop.identity.review.pairs import (
    Order,
    ReviewPair,
    chosen,
    organization_pairs,
    project_pairs,
)
from bricoop.identity.review.project_view import ProjectViews
from bricoop.identity.review.settled import without_settled
from bricoop.identity.review.state import ORGANIZATION_RELATIONS, PROJECT_RELATIONS, Review


@dataclass(frozen=True)
class ReviewRequest:
    """Which pairs are reviewed, and by whom.

    Attributes:
        compared: what is compared.
        reviewer: who decides; what he decided before is left out.
        tiers: the only tiers; empty for all.
        order: the order of the pairs.
    """

    compared: MatchRequest
    reviewer: str
    tiers: tuple[Tier, ...] = ()
    order: Order = Order.SCORE


@dataclass(frozen=True)
class BegunReview:
    """A review that begins.

    Attributes:
        review: its state.
        views: reads what is shown of its pairs.
        notes: what is not among the pairs, in sentences.
    """

    review: Review
    views: PairViews
    notes: tuple[str, ...]


def begin_project_review(connection: Connection, request: ReviewRequest) -> BegunReview:
    """Return the review of pairs of projects that may be one.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: both sources are the same, or a source describes no projects.
    """
    matches = match_projects(connection, replace(request.compared, with_decided=True))
    pairs = project_pairs(matches.proposals)
    open_pairs, notes = _left_to_decide(pairs, request)
    review = Review(open_pairs, PROJECT_RELATIONS)
    return BegunReview(review, ProjectViews(connection), (*matches.notes, *notes))


def begin_organization_review(connection: Connection, request: ReviewRequest) -> BegunReview:
    """Return the review of pairs of organizations that may be one.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: a source names no organizations.
    """
    matches = match_organizations(connection, replace(request.compared, with_decided=True))
    pairs = organization_pairs(matches.proposals, dollars_given(connection))
    open_pairs, notes = _left_to_decide(pairs, request)
    review = Review(open_pairs, ORGANIZATION_RELATIONS)
    return BegunReview(review, OrganizationViews(connection), (*matches.notes, *notes))


def _left_to_decide(
    pairs: Iterable[ReviewPair[AnyProposal]], request: ReviewRequest
) -> tuple[tuple[ReviewPair[AnyProposal], ...], tuple[str, ...]]:
    """Return the pairs that are reviewed, in their order, and notes on those that are not."""
    proposed = chosen(pairs, request.tiers, request.order)
    open_pairs = tuple(without_settled(proposed, request.reviewer))
    settled = len(proposed) - len(open_pairs)
    were = agree(settled, "was", "were")
    note = f"{counted(settled, 'pairs')} {were} decided before, and left out."
    return open_pairs, (note,) if settled else ()
