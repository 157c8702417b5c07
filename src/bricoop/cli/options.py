"""Options that several commands share, each defined once."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH-or-URL",
        help="The database: an SQLite file or postgresql://… "
        "Without it BRICOOP_DATABASE_URL, else the per-user one.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", show_default=False),
]


class PageFormat(StrEnum):
    """The formats of pages: reports and entities."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


FORMAT_HELP = "How to print it; without it as the name of --output ends, else a table."
Page = Annotated[
    PageFormat | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
]
_Format = TypeVar("_Format", bound=StrEnum)


def format_for(given: _Format | None, output: Path | None, formats: type[_Format]) -> _Format:
    """Return the format that is asked for: by `--format`, or by the ending of the output's name."""
    if given is not None:
        return given
    ending = output.suffix.lower().removeprefix(".") if output else ""
    wanted = "markdown" if ending == "md" else ending
    return formats(wanted) if wanted in {one.value for one in formats} else formats("table")


def completing(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Return what a shell asks for words: those that begin as what is typed already."""
    return lambda incomplete: [str(word) for word in words() if word.startswith(incomplete)]
