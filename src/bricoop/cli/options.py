"""Options that several commands share, each defined once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

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


Page = Annotated[PageFormat, typer.Option("--format", "-f", help="How to print it.")]
