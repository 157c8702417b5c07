"""The commands `bricoop load`, `bricoop template` and `bricoop undo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bricoop.cli.export import Export
from bricoop.cli.file_format_options import Delimiter, Encoding, HeaderRow, Problems, Sheet
from bricoop.cli.file_options import input_option, name_or_input_option, output_option
from bricoop.cli.files import add_input, refuse_existing
from bricoop.cli.group import say
from bricoop.cli.options import (
    FORMAT_HELP,
    Database,
    Output,
    completing,
    format_for,
    refuse_ending,
)
from bricoop.cli.output import answering
from bricoop.cli.profiles import Links, Variant
from bricoop.cli.session import opened
from bricoop.domain.amounts import LARGEST
from bricoop.domain.nouns import LOADED
from bricoop.errors import UsageError
from bricoop.render.answer import Format


def _nouns() -> list[str]:
    return [noun.name for noun in LOADED]


Noun = Annotated[
    str,
    typer.Argument(
        metavar="NOUN",
        help=f"What each row is: {', '.join(_nouns())}.",
        autocompletion=completing(_nouns),
    ),
]


def load(  # noqa: PLR0917 (as many parameters as options)
    noun: Annotated[
        str,
        typer.Argument(
            metavar="NOUN",
            help=f"What each row is: {', '.join(_nouns())}. Leave it out with --profile.",
            autocompletion=completing(_nouns),
        ),
    ] = "",
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A CSV file or workbook (.xlsx, .xls, .ods), also gzipped or zipped; - is stdin.",
            callback=input_option,
        ),
    ] = "",
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The profile of the file; see `bricoop profiles`.",
            callback=name_or_input_option,
        ),
    ] = None,
    variant: Variant = "",
    links: Links = None,
    source: Annotated[
        str | None, typer.Option(metavar="KEY", help="Key of the source that the data come from.")
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
    authors: Annotated[
        str | None,
        typer.Option(help="Authors of a new source: 'Li, Wei; Smith, John' or 'World Bank'."),
    ] = None,
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
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    long_cells: Annotated[
        bool, typer.Option("--long-cells", help="Accept cells of more than 200 lines.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Load the correct rows, and write the others to this CSV file.",
            callback=output_option,
        ),
    ] = None,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="The file is the whole dataset: records that it no longer contains are withdrawn, "
            "and kept as such.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, without writing anything.")
    ] = False,
    problems: Problems = None,
    format_: Annotated[
        Format | None,
        typer.Option("--format", "-f", help=f"With --dry-run: {FORMAT_HELP}", show_default=False),
    ] = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Load a CSV file or a workbook.

    All rows are loaded, or none: if any row is wrong, the problems are listed and nothing is
    written. With --rejects, the correct rows are loaded. A new source needs --source-title and
    --tier as well.

    Example: bricoop load projects mine.csv --source my-notes
    """
    from bricoop.cli.run_load import LoadOptions, run_load
    from bricoop.ingest.sources import SourceSpec

    spec = SourceSpec(
        key=source or "", title=source_title, tier=tier, kind=source_kind, authors=authors,
        publisher=publisher, published=published, edition=edition, url=url, licence=licence,
        language=language,
    )  # fmt: skip
    form = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header_row": header_row,
            "long_cells": long_cells}  # fmt: skip
    options = LoadOptions(
        *_noun_and_file(noun, file, profile), spec, form, profile, variant,
        links=links, rejects=rejects, complete=complete, dry_run=dry_run,
    )  # fmt: skip
    if not dry_run and (format_ or output):
        message = "--format and --output are for what --dry-run shows."
        raise UsageError(message, "Use `bricoop diff LOAD` after the load.")
    export = Export(format_for(format_, output, Format), output) if dry_run else None
    with opened(db) as engine:
        run_load(engine, options, problems=problems, export=export)


def _noun_and_file(noun: str, file: str, profile: str | None) -> tuple[str, str]:
    if not noun or not (file or profile):
        raise UsageError("A load needs a noun and a file, or --profile and a file.")
    if profile is not None:
        if file:
            raise UsageError("The profile determines what each row is.", f"Leave out {noun}.")
        # With a profile the file is the first argument, which has no callback that registers files.
        add_input("FILE", noun)
        return "", noun
    return noun, file


def template(noun: Noun, output: Output = None) -> None:
    """Print the header of a load file, and an example row.

    Example: bricoop template projects > mine.csv
    """
    from bricoop.ingest.layouts.registry import layout_of
    from bricoop.render.template import write_columns, write_template

    refuse_ending(output, "csv", "txt")
    refuse_existing(output)
    layout = layout_of(noun)
    with answering(output) as out:
        write_template(layout, out)
    if output is None and sys.stdout.isatty():
        write_columns(layout, sys.stderr)


def undo(
    load_number: Annotated[
        int,
        typer.Argument(
            metavar="LOAD", max=LARGEST, help="The number of a load; see `bricoop query loads`."
        ),
    ],
    db: Database = None,
) -> None:
    """Undo a load.

    Everything is then as if it had never been loaded.

    Example: bricoop undo 13
    """
    from bricoop.domain.grammar import counted, enumerated
    from bricoop.ingest.undo.undo_load import undo_load
    from bricoop.interruption import note_written

    with opened(db) as engine:
        result = undo_load(
            engine, load_number, lambda load: note_written(f"load {load} had already been undone")
        )
    say(
        f"Undid load {result.load_id}: {counted(result.removed, 'records')} removed, "
        f"{result.restored:,} restored, {counted(result.dropped, 'entities')} deleted."
    )
    if result.again:
        several = len(result.again) > 1
        loads, were = ("Loads", "were") if several else ("Load", "was")
        say(f"{loads} {enumerated(result.again)} depended on it and {were} read again without it.")
