"""`bricoop match --accept`: a rule makes one of what is proposed, after a confirmation."""

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from bricoop.cli.group import say
from bricoop.cli.match_options import tiers_named
from bricoop.cli.written_load import note_load
from bricoop.domain.english import counted
from bricoop.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bricoop.identity.acceptance import Acceptance
    from bricoop.identity.match_request import MatchRequest

_YES = ("y", "yes")


def run_accept(
    opening: AbstractContextManager["Engine"],
    noun: str,
    request: "MatchRequest",
    typed: str,
    *,
    is_confirmed: bool,
) -> None:
    """Say what would be accepted, ask for a confirmation, and record the decisions of the rule.

    Args:
        opening: opens the database.
        noun: `projects` or `organizations`.
        request: which pairs.
        typed: the tier, as typed.
        is_confirmed: whether nobody has to be asked.

    Raises:
        UsageError: it is another tier than `strong`, or there is nobody to ask.
    """
    from bricoop.identity.acceptance import accept

    _refuse_other_tiers(typed)
    with opening as engine:
        acceptance = _acceptance(engine, noun, request)
        for note in acceptance.notes:
            say(note)
        if not acceptance.decisions:
            say("No strong pairs are left to accept; nothing was written.")
            return
        say(_summary(acceptance))
        if not is_confirmed and not _is_agreed():
            say("Nothing was written.")
            return
        load_id = accept(engine, acceptance, note_load)
    say(f"Recorded {counted(len(acceptance.decisions), 'decisions')} of {acceptance.reviewer}.")
    say(f"To undo this: bricoop undo {load_id}")


def check_alone(options: Mapping[str, object]) -> None:
    """Refuse options that say how pairs are listed, with `--accept`.

    Args:
        options: options by their names, each with its value.
    """
    for name, value in options.items():
        if value:
            message = f"--accept lists no pairs, so it cannot be used with {name}."
            raise UsageError(message, "List them first, without --accept.")


def refuse_unasked(options: Mapping[str, bool]) -> None:
    """Refuse options of `--accept` without it.

    Args:
        options: whether each option was given, by its name.
    """
    for name, is_given in options.items():
        if is_given:
            message = f"{name} is for decisions that --accept records."
            raise UsageError(message, "Add --accept, or leave it out.")


def _refuse_other_tiers(typed: str) -> None:
    from bricoop.identity.proposals import Tier

    (tier,) = tiers_named((typed,))
    if tier is not Tier.STRONG:
        name = tier.value.replace(" ", "-")
        message = f"Too many {tier.value} pairs are wrong to accept them without a look at each."
        raise UsageError(message, f"`bricoop review --tier {name}` shows them one by one.")


def _acceptance(engine: "Engine", noun: str, request: "MatchRequest") -> "Acceptance":
    from bricoop.db.engine import reading
    from bricoop.identity.acceptance import strong_organizations, strong_projects

    chosen_by = {"projects": strong_projects, "organizations": strong_organizations}
    with reading(engine) as connection:
        return chosen_by[noun](connection, request)


def _summary(acceptance: "Acceptance") -> str:
    # A pair of organizations counts with each source that has a name of either.
    of = "of" if acceptance.noun == "projects" else "with a name of"
    listed = "; ".join(f"{number:,} {of} {sources}" for sources, number in acceptance.sources)
    pairs = counted(len(acceptance.decisions), "strong pairs")
    kind = acceptance.noun.removesuffix("s")
    return f"{pairs} would each become one {kind}, by {acceptance.reviewer}: {listed}."


def _is_agreed() -> bool:
    """Ask whether to go on.

    Raises:
        UsageError: there is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        message = "Accepting pairs needs a confirmation, and this is no terminal."
        raise UsageError(message, "Add --yes to accept them without being asked.")
    sys.stderr.write("Accept them? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in _YES
