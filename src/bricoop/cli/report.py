"""`bricoop report KIND NAME`: pages that one would print."""

from typing import Annotated

import typer

from bricoop.cli.options import Database, Output, Page, PageFormat, format_for
from bricoop.cli.output import answering
from bricoop.cli.session import reading_from

app = typer.Typer(
    name="report",
    help="Print reports whose every row names its source.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[
    list[str],
    typer.Argument(metavar="NAME", help="The country, by any name or code: Belarus, BY, 白俄罗斯."),
]


@app.callback()
def reports() -> None:
    """Print reports whose every row names its source."""


@app.command()
def country(
    name: Name,
    format_: Page = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Print what is recorded about a country, under the five links.

    Example: bricoop report country Belarus
    """
    from bricoop.render import report as draw

    with reading_from(db) as state:
        made = state.report("country", " ".join(name))
    write = {
        PageFormat.TABLE: draw.write_report_text,
        PageFormat.MARKDOWN: draw.write_report_markdown,
        PageFormat.JSON: draw.write_report_json,
    }[format_for(format_, output, PageFormat)]
    with answering(output) as out:
        write(made, out)
