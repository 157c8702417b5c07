"""The commands `bricoop same`, `bricoop different` and `bricoop split`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import Database, Wait
from bricoop.cli.reviewer_options import DecisionSource, Reviewer, Why
from bricoop.cli.session import opened
from bricoop.cli.written_load import note_load
from bricoop.domain.english import counted
from bricoop.domain.vocabularies import Relation

if TYPE_CHECKING:
    from bricoop.identity.outcome import Outcome

_NAMED = "A name in any spelling, a key, or a reference such as gcdf3/projects/96203."
First = Annotated[str, typer.Argument(metavar="A", help=_NAMED)]
Second = Annotated[str, typer.Argument(metavar="B", help="The other one, likewise.")]


class Joined(StrEnum):
    """The relations of two that are one, or of which one is a part of the other."""

    SAME_DEAL = "same-deal"
    SAME_PROJECT = "same-project"
    SAME = "same"
    PART_OF = "part-of"
    PHASE_OF = "phase-of"
    FINANCED_UNDER = "financed-under"


Joining = Annotated[
    Joined | None,
    typer.Option(
        help="What A is to B. Default: same-project, or same for organizations.",
        show_default=False,
    ),
]


def same(
    first: First,
    second: Second,
    *,
    relation: Joining = None,
    why: Why = "",
    reviewer: Reviewer = None,
    source: DecisionSource = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Decide that two are one, or that one is a part of the other.

    They are projects or organizations. What is one is shown and counted once from then on. With
    --relation same-deal, the money of both is one deal as well.

    Example: bricoop same gcdf3/projects/96203 "Lake Kuri Road" --reviewer me
    """
    from bricoop.identity.decide import By, decide

    with opened(db, wait) as engine:
        by = By(reviewer, source, why)
        chosen = Relation(relation.value) if relation else None
        _report(decide(engine, (first, second), chosen, by, note_load))


def different(
    first: First,
    second: Second,
    *,
    why: Why = "",
    reviewer: Reviewer = None,
    source: DecisionSource = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Decide that two are not one.

    They stay apart whatever else is joined, and rows that have the same name are parted.

    Example: bricoop different gcdf3/projects/96203 "Lake Kuri Road" --reviewer me
    """
    from bricoop.identity.decide import By, decide

    with opened(db, wait) as engine:
        by = By(reviewer, source, why)
        _report(decide(engine, (first, second), Relation.DIFFERENT, by, note_load))


def split(
    name: Annotated[str, typer.Argument(metavar="A", help=_NAMED)],
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="RECORD",
            help="The member to part from all others. Default: part all of them.",
            show_default=False,
        ),
    ] = None,
    *,
    why: Why = "",
    reviewer: Reviewer = None,
    source: DecisionSource = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Part what is one: a member from all others, or all of them.

    Example: bricoop split "Lake Kuri Road" gcdf3/projects/96203 --reviewer me
    """
    from bricoop.identity.decide import By
    from bricoop.identity.decide import split as split_cluster

    with opened(db, wait) as engine:
        _report(split_cluster(engine, name, record, By(reviewer, source, why), note_load))


def _report(outcome: "Outcome") -> None:
    """Print what was recorded, what is one now, and how to undo it."""
    if len(outcome.decided) == 1:
        (only,) = outcome.decided
        say(f"Recorded: {only.left} {only.relation.value} {only.right}.")
    else:
        say(f"Recorded {counted(len(outcome.decided), 'decisions')}.")
    for note in outcome.notes:
        say(note)
    for cluster in outcome.clusters:
        say(f"{cluster.key}: {cluster.name}")
        for unit in cluster.units:
            say(f"  {unit.ref}: {unit.name}")
    say(f"To undo this: bricoop undo {outcome.load_id}")
