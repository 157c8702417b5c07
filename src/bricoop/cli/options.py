"""Options that several commands share, each defined once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bricoop.cli.file_options import database_option, input_option, output_option
from bricoop.domain.amounts import LARGEST
from bricoop.errors import UsageError
from bricoop.render.registered_format import RegisteredFormat
from bricoop.render.row_formats import Format
from bricoop.settings import seconds_of

#: More digits than any number of a load has; converting millions of them would take long.
_DIGITS = 20


def load_number_of(text: str) -> int:
    """Return the number of a load.

    Raises:
        typer.BadParameter: the text is no number that a load can have.
    """
    if text.isascii() and text.isdecimal() and int(text[:_DIGITS]) <= LARGEST:
        return int(text[:_DIGITS])
    message = f"{text!r} is not the number of a load; `bricoop query loads` lists them"
    raise typer.BadParameter(message)


LoadNumber = Annotated[
    int,
    typer.Argument(
        metavar="LOAD",
        help="The number of a load; see `bricoop query loads`.",
        parser=load_number_of,
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH-or-URL",
        help="The database: an SQLite file, a postgresql:// URL, or lake: and a folder. "
        "Default: BRICOOP_DATABASE_URL, or else a file in your data folder.",
        show_default=False,
        callback=database_option,
    ),
]
#: For the root command.
LakeEngine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="SPARK",
        help="What counts in a lake: spark, or the address of a cluster, such as "
        "spark://HOST:7077 or sc://HOST. Default: BRICOOP_ENGINE, or else DuckDB.",
        show_default=False,
    ),
]


def _wait_of(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


#: For commands that write.
Wait = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="How long to wait for another process that writes. Default: BRICOOP_WAIT, or else 120 "
        "on SQLite and no limit on PostgreSQL.",
        show_default=False,
        parser=_wait_of,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, replacing an older one; use - for standard output.",
        show_default=False,
        callback=output_option,
    ),
]
Unmerged = Annotated[
    bool,
    typer.Option("--unmerged", help="Leave decisions out: show what they join as several rows."),
]
#: For what people edit or keep; commands that have it call `refuse_existing`.
NewOutput = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, which must not exist yet; use - for standard output.",
        show_default=False,
        callback=output_option,
    ),
]
Kinds = Annotated[
    Path | None,
    typer.Option(
        "--kinds",
        metavar="FILE",
        help="A CSV table of rules for kinds of projects, used from now on for all projects; see "
        "`bricoop profiles kinds`.",
        show_default=False,
        callback=input_option,
    ),
]


FORMAT_HELP = "Output format. Default: by the extension of --output, or else a table."
RowFormat = Annotated[
    Format | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
]
_Format = TypeVar("_Format", bound=RegisteredFormat)


def format_for(chosen: _Format | None, output: Path | None, formats: type[_Format]) -> _Format:
    """Return the output format: that of `--format`, or else that of the file extension.

    Args:
        chosen: the value of `--format`, if given.
        output: the file; one without an extension gets plain text, as a terminal does.
        formats: the formats of the command.

    Raises:
        UsageError: the extension is not that of a format of the command.
    """
    if chosen is not None:
        return chosen
    ending = output.suffix.lower().removeprefix(".") if output else ""
    if not ending:
        return next(format_ for format_ in formats if format_.value == "table")
    formats_by_ending = {
        ending: format_ for format_ in formats for ending in format_.writing.endings
    }
    if ending not in formats_by_ending:
        message = f"{output} has no extension of a format that this command writes."
        endings = ", ".join(f".{ending}" for ending in sorted(formats_by_ending))
        raise UsageError(message, f"Use one of {endings}, or name the format with --format.")
    return formats_by_ending[ending]


def refuse_ending(output: Path | None, *known: str) -> None:
    """Refuse a file extension that does not match the only format of a command.

    Args:
        output: the file; one without an extension is accepted.
        known: the accepted extensions, without dots.

    Raises:
        UsageError: the file has another extension.
    """
    if output is not None and output.suffix.lower().removeprefix(".") not in {"", *known}:
        endings = ", ".join(f".{ending}" for ending in known)
        message = f"{output} has the extension of a format that this command does not write."
        raise UsageError(message, f"Use one of {endings}.")


def completing(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Return a shell completion callback: the words that begin with the typed text."""
    return lambda incomplete: [str(word) for word in words() if word.startswith(incomplete)]
