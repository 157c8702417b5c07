"""`bricoop load`, `template` and `undo`: putting data in and taking it out again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, completing
from bricoop.cli.session import answering, opened
from bricoop.domain.amounts import LARGEST


def _nouns() -> list[str]:
    from bricoop.ingest.registry import LAYOUTS

    return [layout.noun for layout in LAYOUTS]


Noun = Annotated[
    str,
    typer.Argument(
        metavar="NOUN",
        help="What the rows are: countries, regions, links, organizations, projects, agreements, "
        "policies, statistics, findings, finance, locations, participations, names.",
        autocompletion=completing(_nouns),
    ),
]


def load(  # noqa: PLR0917 (as many parameters as options)
    noun: Noun,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file; - is standard input.")],
    source: Annotated[
        str | None, typer.Option(metavar="KEY", help="Who says it: the source's key.")
    ] = None,
    source_title: Annotated[str | None, typer.Option(help="Title of a new source.")] = None,
    tier: Annotated[
        int | None,
        typer.Option(
            help="Tier of a new source: 1 government, 2 implementer, 3 other official, "
            "4 peer-reviewed, 5 other scholarly, 6 NGO, 7 media, 8 social media."
        ),
    ] = None,
    source_kind: Annotated[
        str | None, typer.Option(help="Kind of a new source: article, report, dataset, …")
    ] = None,
    authors: Annotated[str | None, typer.Option(help="Authors of a new source.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher of a new source.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of a new source: 2019, 2019-03.")
    ] = None,
    edition: Annotated[str | None, typer.Option(help="Edition of a new source.")] = None,
    url: Annotated[str | None, typer.Option(help="Web address of a new source.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of a new source.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of a new source: en, zh.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    problems: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every problem to a CSV file.")
    ] = None,
    db: Database = None,
) -> None:
    """Load a CSV file, wholly or not at all.

    Example: bricoop load projects mine.csv --source my-notes --source-title "My notes" --tier 5
    """
    from bricoop.cli.loading import run_load
    from bricoop.ingest.sources import SourceSpec

    spec = None if source is None else SourceSpec(
        key=source, title=source_title, tier=tier, kind=source_kind, authors=authors,
        publisher=publisher, published=published, edition=edition, url=url, licence=licence,
        language=language,
    )  # fmt: skip
    with opened(db) as engine:
        run_load(engine, noun, file, spec, dry_run=dry_run, problems=problems)


def template(noun: Noun, output: Output = None) -> None:
    """Print the layout of a load file: its header and one example row.

    Example: bricoop template projects > mine.csv
    """
    from bricoop.ingest.registry import layout_of
    from bricoop.render.template import write_columns, write_template

    layout = layout_of(noun)
    with answering(output) as out:
        write_template(layout, out)
    if output is None and sys.stdout.isatty():
        write_columns(layout, sys.stderr)


def undo(
    load_number: Annotated[
        int,
        typer.Argument(
            metavar="LOAD", max=LARGEST, help="The load's number, as `query loads` prints it."
        ),
    ],
    db: Database = None,
) -> None:
    """Take a load back wholly, as if it had never been.

    Example: bricoop undo 12
    """
    from bricoop.ingest.undo import undo_load
    from bricoop.render.values import counted

    with opened(db) as engine:
        result = undo_load(engine, load_number)
    say(
        f"Load {result.load_id} is undone: {counted(result.removed, 'records')} removed, "
        f"{result.restored} restored, {counted(result.dropped, 'entities')} dropped."
    )
