"""The commands `bricoop load`, `bricoop template` and `bricoop undo`."""

import sys
from pathlib import Path

from bricoop.cli.export import Export
from bricoop.cli.file_format_options import (
    Delimiter,
    Encoding,
    HeaderRow,
    Problems,
    Sheet,
    form_options,
)
from bricoop.cli.files import add_input, refuse_existing
from bricoop.cli.group import say
from bricoop.cli.load_options import (
    Authors,
    Complete,
    DryRun,
    DryRunFormat,
    Edition,
    Files,
    Language,
    Licence,
    LongCells,
    Noun,
    NounOrFile,
    Profile,
    Published,
    Publisher,
    Rejects,
    Source,
    SourceKind,
    SourceTitle,
    Tier,
    Url,
)
from bricoop.cli.options import Database, Kinds, LoadNumber, NewOutput, Output, Wait, refuse_ending
from bricoop.cli.output import answering
from bricoop.cli.profiles import Links, Variant
from bricoop.cli.session import opened
from bricoop.domain.nouns import LOADED
from bricoop.errors import UsageError
from bricoop.render.row_formats import Format


def load(  # noqa: PLR0917 (as many parameters as options)
    noun: NounOrFile = "",
    files: Files = None,
    profile: Profile = None,
    variant: Variant = "",
    links: Links = None,
    kinds: Kinds = None,
    source: Source = None,
    source_title: SourceTitle = None,
    tier: Tier = None,
    source_kind: SourceKind = None,
    authors: Authors = None,
    publisher: Publisher = None,
    published: Published = None,
    edition: Edition = None,
    url: Url = None,
    licence: Licence = None,
    language: Language = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    long_cells: LongCells = False,
    rejects: Rejects = None,
    complete: Complete = False,
    dry_run: DryRun = False,
    problems: Problems = None,
    format_: DryRunFormat = None,
    output: Output = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Load CSV files or workbooks.

    All rows of a file are loaded, or none: if any row is wrong, the problems are listed and nothing
    is written. With --rejects, the correct rows are loaded. Of several files each is one load, and
    the first with an error ends the command. A new source needs --source-title and --tier as well.

    Example: bricoop load projects mine.csv --source my-notes
    """
    from bricoop.cli.run_loads import LoadOptions, run_loads
    from bricoop.ingest.sources import SourceSpec

    spec = SourceSpec(
        key=source or "", title=source_title, tier=tier, kind=source_kind, authors=authors,
        publisher=publisher, published=published, edition=edition, url=url, licence=licence,
        language=language,
    )  # fmt: skip
    form = form_options(encoding, delimiter, sheet, header_row) | {"long_cells": long_cells}
    options = LoadOptions(
        *_noun_and_paths(noun, files or [], profile), spec, form, profile, variant,
        links=links, kinds=kinds, rejects=rejects, complete=complete, dry_run=dry_run,
    )  # fmt: skip
    export = _preview(format_, output, dry_run=dry_run)
    with opened(db, wait) as engine:
        run_loads(engine, options, problems=problems, export=export)


def _preview(format_: Format | None, output: Path | None, *, dry_run: bool) -> Export | None:
    """Return the output options of what a dry run shows; None for other loads.

    Raises:
        UsageError: there are such options without a dry run.
    """
    if dry_run:
        return Export.chosen(format_, output)
    if format_ or output:
        message = "--format and --output are for what --dry-run shows."
        raise UsageError(message, "Use `bricoop diff LOAD` after the load.")
    return None


def _noun_and_paths(noun: str, files: list[str], profile: str | None) -> tuple[str, list[str]]:
    """Return the noun, empty with a profile, and the files and folders to load."""
    if not noun or not (files or profile):
        raise UsageError("A load needs a noun and a file, or --profile and a file.")
    if profile is None:
        return noun, files
    if files and noun in {spec.name for spec in LOADED}:
        message = "The profile determines what each row is."
        raise UsageError(message, f"Leave out {noun}, or write ./{noun} if it is a file.")
    # With a profile the first argument is a file, and it has no callback that registers files.
    add_input("FILE", noun)
    return "", [noun, *files]


def template(noun: Noun, output: NewOutput = None) -> None:
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
    load_number: LoadNumber,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Undo a load.

    Everything is then as if it had never been loaded.

    Example: bricoop undo 13
    """
    from bricoop.domain.english import counted, enumerated
    from bricoop.ingest.undo.undo_load import undo_load
    from bricoop.interruption import note_written

    with opened(db, wait) as engine:
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
