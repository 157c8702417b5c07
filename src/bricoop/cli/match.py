"""The command `bricoop match`: pairs of projects of different sources that may be one."""

from collections import Counter
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, RowFormat
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager
from bricoop.cli.questions import Limit
from bricoop.cli.session import reading_from
from bricoop.domain.english import counted
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from bricoop.identity.matches import Matches


class Matched(StrEnum):
    """What can be matched."""

    PROJECTS = "projects"


def match(
    noun: Annotated[Matched, typer.Argument(help="What is compared.")] = Matched.PROJECTS,
    *,
    left_source: Annotated[
        str | None,
        typer.Option(
            "--left",
            metavar="SOURCE",
            help="Only pairs with a project of this source, by key or title.",
            show_default=False,
        ),
    ] = None,
    right_source: Annotated[
        str | None,
        typer.Option(
            "--right", metavar="SOURCE", help="The other source of the pairs.", show_default=False
        ),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option(
            metavar="COUNTRY",
            help="Only projects in this country, by any name or code.",
            show_default=False,
        ),
    ] = None,
    limit: Limit = None,
    format_: RowFormat = None,
    output: Output = None,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """Propose projects of different sources that may be one.

    Writes nothing to the knowledge base. Each pair has a tier: strong, likely, possible, or same
    money (pairs without a common name), and the reasons for its score.

    Example: bricoop match --country Cameroon --limit 20
    """
    from bricoop.identity.matches import MatchRequest

    del noun
    export = Export.chosen(format_, output, pager=pager)
    export.check()
    request = MatchRequest(left_source or "", right_source or "", country or "")
    with reading_from(db) as state:
        matches = state.matches(request)
    _show(matches, export, limit)


def _show(matches: "Matches", export: Export, limit: int | None) -> None:
    from bricoop.identity.match_rows import match_answer
    from bricoop.render.matches import write_matches_text

    listed = list(islice(matches.proposals, limit))
    with export.on_screen() as screen:
        if export.format is not Format.TABLE:
            hand_over(match_answer(listed, matches.weights_version, matches.notes), export, None)
        elif export.output is None:
            write_matches_text(listed, screen)
        else:
            with answering(export.output) as out:
                write_matches_text(listed, out)
    for line in _remarks(matches, len(listed)):
        say(line)


def _remarks(matches: "Matches", listed: int) -> tuple[str, ...]:
    tiers = Counter(proposal.tier.value for proposal in matches.proposals)
    number = len(matches.proposals)
    pairs = counted(number, "pairs") if number else "No pairs"
    counts = f"{listed:,} of {pairs}" if listed < number else pairs
    # The proposals are sorted by their tiers, and so are the counts.
    by_tier = ", ".join(f"{tier_number:,} {tier}" for tier, tier_number in tiers.items())
    ends = f" ({by_tier})" if by_tier else ""
    return (*matches.notes, f"{counts} proposed{ends}; nothing was written.")
