"""Leaves out proposed pairs on which nothing is left to decide, or that are not new."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from bricoop.domain.english import agree, counted
from bricoop.identity.latest_loads import Brought
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.proposals import Proposal
from bricoop.identity.read_pair_decisions import AnyProposal, with_decisions


def open_pairs(
    connection: Connection,
    proposals: Sequence[AnyProposal],
    request: MatchRequest,
    latest: Callable[[Connection], Brought],
) -> tuple[tuple[AnyProposal, ...], tuple[str, ...]]:
    """Return the proposals that were asked for, and notes on what was left out.

    Args:
        connection: an open connection.
        proposals: all proposals.
        request: whether decided pairs are asked for, or new ones only.
        latest: returns what the latest loads brought.
    """
    decided = with_decisions(connection, proposals)
    if request.with_decided:
        return tuple(decided), ()
    if request.only_new:
        brought = latest(connection)
        undecided = [proposal for proposal in decided if proposal.decision is None]
        new = [proposal for proposal in undecided if _is_new(proposal, brought)]
        return tuple(new), (brought.note,)
    still_open = [
        proposal
        for proposal in decided
        if proposal.decision is None or not proposal.decision.is_settled
    ]
    number = len(decided) - len(still_open)
    are, them = agree(number, "is", "are"), agree(number, "it", "them")
    note = f"{counted(number, 'pairs')} {are} decided and left out; --all shows {them}."
    return tuple(still_open), (note,) if number else ()


def _is_new(proposal: Proposal | OrganizationProposal, brought: Brought) -> bool:
    return not brought.items.isdisjoint((*proposal.refs, *proposal.keys))
