"""The commands `bricoop export`: write the whole knowledge base for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.file_options import output_option
from bricoop.cli.group import say
from bricoop.cli.options import Database
from bricoop.cli.plain_commands import PlainCommand, PlainGroup
from bricoop.cli.session import opened
from bricoop.domain.english import counted
from bricoop.lake.options import FileFormat, Layout

if TYPE_CHECKING:
    from bricoop.lake.export import Exported

app = typer.Typer(
    name="export",
    cls=PlainGroup,
    add_completion=False,
    help="Write the whole knowledge base for other programs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def export() -> None:
    """Write the whole knowledge base for other programs."""


@app.command(cls=PlainCommand)
def lake(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="A new folder, or that of an earlier export.",
            callback=output_option,
        ),
    ],
    layout: Annotated[
        Layout,
        typer.Option(
            "--layout",
            help="base: the tables of the database, which bricoop can ask. "
            "wide: answers and claims, for other programs.",
        ),
    ] = Layout.BASE,
    file_format: Annotated[
        FileFormat,
        typer.Option(
            "--format",
            help="parquet, or delta for a lake that others read while it is written.",
        ),
    ] = FileFormat.PARQUET,
    db: Database = None,
) -> None:
    """Write Parquet files with a manifest, or update those of an earlier export.

    Sources that did not change are not written again. Ask the lake with --db lake:FOLDER.

    Example: bricoop export lake exports
    """
    from bricoop.lake.export import export_lake

    with opened(db) as engine:
        exported = export_lake(engine, folder, layout, file_format)
    _report(exported, folder)


def _report(exported: "Exported", folder: Path) -> None:
    same = counted(len(exported.unchanged), "files")
    if exported.written:
        size = sum(file.bytes for file in exported.written) / 1_000_000
        rest = f" {same} had not changed." if exported.unchanged else ""
        say(f"Wrote {counted(len(exported.written), 'files')}, {size:,.1f} MB, to {folder}.{rest}")
    else:
        say(f"{folder} is up to date: {same} had not changed.")
    if exported.manifest.layout == Layout.BASE:
        say(f"To ask it: bricoop --db lake:{folder} query projects")
