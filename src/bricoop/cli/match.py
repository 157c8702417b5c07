"""The command `bricoop match`: pairs of projects or organizations that may be one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.match_options import (
    Accept,
    Country,
    LeftSource,
    OnlyNew,
    RightSource,
    WithDecided,
    Yes,
)
from bricoop.cli.options import Database, Output, RowFormat, Wait
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager
from bricoop.cli.questions import Limit
from bricoop.cli.run_accept import check_alone, refuse_unasked, run_accept
from bricoop.cli.session import opened, reading_from
from bricoop.domain.english import counted
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot
    from bricoop.identity.match_request import MatchRequest
    from bricoop.identity.proposals import Tier
    from bricoop.query.question import Answer


class Matched(StrEnum):
    """What can be matched."""

    PROJECTS = "projects"
    ORGANIZATIONS = "organizations"


def match(
    noun: Annotated[Matched, typer.Argument(help="What is compared.")] = Matched.PROJECTS,
    *,
    left_source: LeftSource = None,
    right_source: RightSource = None,
    country: Country = None,
    new: OnlyNew = False,
    all_: WithDecided = False,
    accept: Accept = None,
    yes: Yes = False,
    wait: Wait = None,
    limit: Limit = None,
    format_: RowFormat = None,
    output: Output = None,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """Propose projects or organizations that may be one.

    Writes nothing, unless --accept is given. Projects are compared with those of other sources,
    organizations with all others. Each pair has a tier: strong, likely, possible, or, of projects,
    same money (pairs without a common name), and the reasons for its score. Pairs that are decided
    are left out and counted; those that reviewers are unsure or disagree about, and those whose
    records have changed since, are marked.

    --accept strong records a decision on each strong pair as the reviewer rule:strong@VERSION, with
    the version of the weights, after a confirmation. Any person overrules it, and `bricoop undo`
    takes all of it back.

    Example: bricoop match --country Cameroon --limit 20

    Example: bricoop match organizations --left loans --right news

    Example: bricoop match --new --accept strong
    """
    from bricoop.identity.match_request import MatchRequest

    sources = (left_source or "", right_source or "")
    request = MatchRequest(*sources, country or "", with_decided=all_, only_new=new)
    if accept is not None:
        check_alone({"--all": all_, "--limit": limit, "--format": format_, "--output": output})
        run_accept(opened(db, wait), noun.value, request, accept, is_confirmed=yes)
        return
    refuse_unasked({"--yes": yes, "--wait": wait is not None})
    export = Export.chosen(format_, output, pager=pager)
    export.check()
    with reading_from(db) as state:
        listing = _LISTED_BY[noun](state, request, limit)
    _show(listing, export)


def _show(listing: "_Listing", export: Export) -> None:
    with export.on_screen() as screen:
        if export.format is not Format.TABLE:
            hand_over(listing.answer, export, None)
        elif export.output is None:
            listing.write(screen)
        else:
            with answering(export.output) as out:
                listing.write(out)
    for line in listing.remarks:
        say(line)


@dataclass(frozen=True)
class _Listing:
    """The pairs that are listed: as an answer, as what writes them as text, and remarks."""

    answer: "Answer"
    write: Callable[[TextIO], None]
    remarks: tuple[str, ...]


def _projects(state: "Snapshot", request: "MatchRequest", limit: int | None) -> _Listing:
    from bricoop.identity.match_rows import match_answer
    from bricoop.render.matches import write_matches_text

    matches = state.matches(request)
    listed = matches.proposals[:limit]
    return _Listing(
        match_answer(listed, matches.weights_version, matches.notes),
        partial(write_matches_text, listed),
        _remarks([proposal.tier for proposal in matches.proposals], len(listed), matches.notes),
    )


def _organizations(state: "Snapshot", request: "MatchRequest", limit: int | None) -> _Listing:
    from bricoop.identity.organizations.match_rows import organization_match_answer
    from bricoop.render.matches import write_organization_matches_text

    matches = state.organization_matches(request)
    listed = matches.proposals[:limit]
    return _Listing(
        organization_match_answer(listed, matches.weights_version, matches.notes),
        partial(write_organization_matches_text, listed),
        _remarks([proposal.tier for proposal in matches.proposals], len(listed), matches.notes),
    )


_LISTED_BY = {Matched.PROJECTS: _projects, Matched.ORGANIZATIONS: _organizations}


def _remarks(tiers: "Sequence[Tier]", listed: int, notes: tuple[str, ...]) -> tuple[str, ...]:
    number = len(tiers)
    pairs = counted(number, "pairs") if number else "No pairs"
    counts = f"{listed:,} of {pairs}" if listed < number else pairs
    # The proposals are sorted by their tiers, and so are the counts.
    of_tiers = Counter(tier.value for tier in tiers)
    by_tier = ", ".join(f"{of_tier:,} {tier}" for tier, of_tier in of_tiers.items())
    ends = f" ({by_tier})" if by_tier else ""
    return (*notes, f"{counts} proposed{ends}; nothing was written.")
