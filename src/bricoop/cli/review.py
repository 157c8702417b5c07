"""The command `bricoop review`: a person decides on proposed pairs, one after another."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.match_options import Country, LeftSource, RightSource, tiers_named
from bricoop.cli.options import Database, Wait
from bricoop.cli.reviewer_options import DecisionSource, Reviewer
from bricoop.cli.session import opened
from bricoop.domain.english import counted
from bricoop.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bricoop.identity.review.begin import BegunReview, ReviewRequest
    from bricoop.identity.review.state import Review

_CLEAR_LINE = "\r\x1b[K"


class Reviewed(StrEnum):
    """What can be reviewed."""

    PROJECTS = "projects"
    ORGANIZATIONS = "organizations"


class ReviewOrder(StrEnum):
    """The order of a review."""

    SCORE = "score"
    MONEY = "money"


def review(
    noun: Annotated[Reviewed, typer.Argument(help="What is reviewed.")] = Reviewed.PROJECTS,
    *,
    left_source: LeftSource = None,
    right_source: RightSource = None,
    country: Country = None,
    tier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIER",
            help="Only pairs of this tier: strong, likely, possible, same-money. Repeatable.",
            show_default=False,
        ),
    ] = None,
    order: Annotated[
        ReviewOrder,
        typer.Option(help="The likeliest pairs first, or those with most money that both state."),
    ] = ReviewOrder.SCORE,
    reviewer: Reviewer = None,
    source: DecisionSource = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Decide on pairs that may be one, one after another.

    Keys: y same deal, p same project, t part of, h phase of, f financed under, n different, u
    unsure, s skip, b back, w why, q quit; for organizations y same, t, n, u, s, b, w and q. Each
    decision is committed at once; b takes the last one back, and `bricoop undo` all of a session.
    What you decided before is not asked again.

    Example: bricoop review --left sais-cari-2021 --right aidata-gcof-1 --reviewer me

    Example: bricoop review organizations --tier strong --order money --reviewer me
    """
    from bricoop.identity.match_request import MatchRequest
    from bricoop.identity.review.begin import ReviewRequest
    from bricoop.identity.review.pairs import Order
    from bricoop.identity.reviewer import reviewer_named

    compared = MatchRequest(left_source or "", right_source or "", country or "")
    name = reviewer_named(reviewer)
    request = ReviewRequest(compared, name, tiers_named(tier or ()), Order(order))
    _refuse_without_terminal()
    with opened(db, wait) as engine:
        _review(engine, noun, request, source)


def _refuse_without_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = (
            "`bricoop match -f csv` lists pairs for a spreadsheet; with a column `relation`, "
            "`bricoop decisions load` loads them as decisions."
        )
        raise UsageError("A review needs a terminal, for input and output.", hint)


def _review(engine: "Engine", noun: Reviewed, request: "ReviewRequest", source: str | None) -> None:
    from bricoop.cli.run_review import run_review
    from bricoop.identity.record_decisions import DecisionSession
    from bricoop.identity.reviewer import source_of_decisions

    begun = _begun(engine, noun, request)
    for note in begun.notes:
        say(note)
    if not begun.review.pairs:
        say("There are no pairs to review.")
        return
    session = DecisionSession(
        engine, request.reviewer, source_of_decisions(request.reviewer, source)
    )
    final = run_review(engine, begun.views, begun.review, session)
    say(_summary(final, request.reviewer))
    if session.load_id is not None:
        say(f"To take this back: bricoop undo {session.load_id}")


def _begun(engine: "Engine", noun: Reviewed, request: "ReviewRequest") -> "BegunReview":
    from bricoop.db.engine import reading
    from bricoop.identity.review.begin import begin_organization_review, begin_project_review

    begin = {
        Reviewed.PROJECTS: begin_project_review,
        Reviewed.ORGANIZATIONS: begin_organization_review,
    }
    with _waiting("Looking for pairs …"), reading(engine) as connection:
        return begin[noun](connection, request)


@contextmanager
def _waiting(message: str) -> Iterator[None]:
    """Show a message on the terminal during the block."""
    sys.stdout.write(message)
    sys.stdout.flush()
    try:
        yield
    finally:
        sys.stdout.write(_CLEAR_LINE)
        sys.stdout.flush()


def _summary(review: "Review", reviewer: str) -> str:
    pairs = counted(len(review.pairs), "pairs")
    if not review.decided:
        return f"Nothing was decided on {pairs}."
    counts = ", ".join(f"{number:,} {words}" for words, number in review.counts.items())
    return f"{reviewer} decided {review.decided:,} of {pairs}: {counts}."
