"""The commands `bricoop decisions`: what reviewers decided, and what has become of it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.file_format_options import Problems
from bricoop.cli.group import say
from bricoop.cli.load_options import DryRun, File, Rejects, SourceTitle, Tier
from bricoop.cli.options import Database, Output, RowFormat, Wait
from bricoop.cli.pager import Pager
from bricoop.cli.plain_commands import PlainCommand, PlainGroup
from bricoop.cli.reviewer_options import DecisionSource, Reviewer
from bricoop.cli.session import opened, reading_from
from bricoop.domain.decision_status import STALE, Status
from bricoop.domain.english import counted_or_no
from bricoop.domain.nouns import DECISIONS
from bricoop.domain.vocabularies import Relation
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from bricoop.identity.decision_list import DecisionFilter

app = typer.Typer(
    name="decisions",
    cls=PlainGroup,
    add_completion=False,
    help="List, exchange and check decisions on what is one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

About = Annotated[
    str,
    typer.Option(metavar="A", help="Only decisions on this project or organization, by any name."),
]
Reviewers = Annotated[
    list[str] | None,
    typer.Option("--reviewer", metavar="NAME", help="Only decisions of this reviewer or rule."),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="KEY", help="Only decisions of this source, by its key."),
]
Relations = Annotated[
    list[Relation] | None,
    typer.Option("--relation", metavar="RELATION", help="Only decisions with this relation."),
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option(
        "--status",
        metavar="STATUS",
        help=f"Only decisions with this status: {', '.join(Status)}. Repeatable.",
    ),
]


@app.command("list", cls=PlainCommand)
def list_(
    *,
    about: About = "",
    reviewers: Reviewers = None,
    sources: Sources = None,
    relations: Relations = None,
    statuses: Statuses = None,
    format_: RowFormat = None,
    output: Output = None,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """List decisions, with what has become of each.

    A decision holds, or it was replaced by a later one of the reviewer, overruled by a person, is
    contested by another reviewer, was refused as it would join what is different, waits for the
    quorum, sleeps while a record is absent, or says to look again, as a record has changed.

    Projects of several sources that loads make one because their names are equal are listed as
    decisions of rule:same-name@1. They are not stored, but follow from the records.

    Example: bricoop decisions list --about "Gwadar Port"
    """
    from bricoop.identity.decision_list import DecisionFilter

    chosen = DecisionFilter(about, reviewers or (), sources or (), relations or (), statuses or ())
    _list(chosen, Export.chosen(format_, output, pager=pager), db, "matching decisions")


@app.command(cls=PlainCommand)
def stale(
    format_: RowFormat = None, output: Output = None, pager: Pager = True, db: Database = None
) -> None:
    """List decisions of which a record has changed or is absent.

    Example: bricoop decisions stale
    """
    from bricoop.identity.decision_list import DecisionFilter

    chosen = DecisionFilter(statuses=STALE, is_stored=True)
    _list(chosen, Export.chosen(format_, output, pager=pager), db, "stale decisions")


@app.command(cls=PlainCommand)
def contested(
    format_: RowFormat = None, output: Output = None, pager: Pager = True, db: Database = None
) -> None:
    """List decisions on pairs about which reviewers disagree.

    Example: bricoop decisions contested
    """
    from bricoop.identity.decision_list import DecisionFilter

    chosen = DecisionFilter(statuses=(Status.CONTESTED,), is_stored=True)
    _list(chosen, Export.chosen(format_, output, pager=pager), db, "contested decisions")


def _list(chosen: "DecisionFilter", export: Export, db: str | None, called: str) -> None:
    """List decisions; `called` names them where there are none."""
    from bricoop.identity.decision_list import DecisionFilter, list_decisions
    from bricoop.identity.decision_rows import decision_answer

    export.check()
    with export.on_screen() as screen, reading_from(db) as state:
        listed = list_decisions(state.connection, chosen)
        if listed or export.format is not Format.TABLE:
            for_people = export.format.writing.for_people
            answer = decision_answer(listed, for_people=for_people)
            hand_over(answer, export, state, screen=screen)
    noun = "decisions" if listed or chosen == DecisionFilter() else called
    say(f"{counted_or_no(len(listed), noun).capitalize()}.")


@app.command(cls=PlainCommand)
def export(
    reviewers: Reviewers = None,
    sources: Sources = None,
    format_: RowFormat = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Write decisions as a file that `bricoop decisions load` reads.

    The file has all decisions, also those that were replaced, so that another knowledge base with
    the same records comes to the same clusters. A quorum is not in the file: a message says how to
    set it there. Default: CSV.

    Example: bricoop decisions export --output decisions.csv
    """
    from bricoop.identity.decision_list import DecisionFilter, list_decisions
    from bricoop.identity.decision_rows import decision_file
    from bricoop.ingest.clusters.judgements import quorum as quorum_of

    default = Format.CSV if output is None else None
    export_ = Export.chosen(format_ or default, output)
    export_.check()
    chosen = DecisionFilter(reviewers=reviewers or (), sources=sources or (), is_stored=True)
    with reading_from(db) as state:
        hand_over(decision_file(list_decisions(state.connection, chosen)), export_, state)
        number = quorum_of(state.connection)
    if number > 1:
        say(
            f"Here {number} reviewers must agree, which is not in the file: where it is loaded, "
            f"run `bricoop decisions quorum {number}`."
        )


@app.command(cls=PlainCommand)
def load(  # noqa: PLR0917 (as many parameters as options)
    file: File,
    reviewer: Reviewer = None,
    source: DecisionSource = None,
    source_title: SourceTitle = None,
    tier: Tier = None,
    rejects: Rejects = None,
    problems: Problems = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Load decisions from a file, as `bricoop load decisions` does.

    Rows without a reviewer are those of --reviewer, and rows without a time were decided now. The
    file may have the columns of `bricoop match`: add a column `relation` with what you decide.

    Example: bricoop decisions load decisions.csv --reviewer me
    """
    from bricoop.cli.run_load import LoadOptions, run_load
    from bricoop.db.engine import reading
    from bricoop.identity.reviewer import described_source
    from bricoop.ingest.sources import SourceSpec

    by, key = _reviewer_and_source(reviewer, source)
    spec = SourceSpec(key, title=source_title, tier=tier)
    with opened(db, wait) as engine:
        with reading(engine) as connection:
            spec = described_source(connection, spec, by or key) if key else spec
        options = LoadOptions(
            DECISIONS.name, [file], spec, {}, None, "",
            rejects=rejects, dry_run=dry_run, filling=_filling(by),
        )  # fmt: skip
        run_load(engine, options, problems=problems, export=_preview(dry_run=dry_run))


def _reviewer_and_source(reviewer: str | None, source: str | None) -> tuple[str, str]:
    """Return who decided, and the key of the source; empty where they are not known."""
    from bricoop.identity.reviewer import reviewer_named, source_of_decisions
    from bricoop.settings import Settings

    if reviewer is None and not Settings.read(None).reviewer:
        return "", source or ""
    by = reviewer_named(reviewer)
    return by, source or source_of_decisions(by).key


def _filling(reviewer: str) -> dict[str, str]:
    """Return what cells hold that a file of decisions leaves empty."""
    now = {"decided_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    return {**now, "reviewer": reviewer} if reviewer else now


def _preview(*, dry_run: bool) -> Export | None:
    return Export(Format.TABLE) if dry_run else None


@app.command(cls=PlainCommand)
def quorum(
    reviewers: Annotated[
        int | None,
        typer.Argument(
            metavar="N", min=1, max=1000, help="How many. Default: say how many must agree now."
        ),
    ] = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Set how many reviewers must agree before a decision takes effect.

    A decision that joins, or makes one a part of another, needs so many; different needs one. It is
    stored in the knowledge base, and all clusters are derived again. Rules need no others.

    Example: bricoop decisions quorum 2
    """
    from bricoop.ingest.clusters.set_quorum import set_quorum, stored_quorum

    with opened(db, wait) as engine:
        if reviewers is not None:
            set_quorum(engine, reviewers)
        number = stored_quorum(engine)
    if number == 1:
        say("One reviewer is enough for a decision that joins.")
    else:
        say(f"{number} reviewers must agree before a decision joins.")
