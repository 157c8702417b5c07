"""The command line as a whole: its commands, and what comes before them."""

from typing import Annotated

import typer

from bricoop.cli import (
    db,
    diff,
    load,
    profiles,
    query,
    report,
    rules,
    search,
    show,
    sql,
    total,
    verify,
)
from bricoop.cli.group import BricoopGroup
from bricoop.cli.options import Database
from bricoop.cli.session import remember_database
from bricoop.version import __version__

app = typer.Typer(
    cls=BricoopGroup,
    name="bricoop",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bricoop {__version__}")
        raise typer.Exit


@app.callback()
def root(
    db: Database = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Know, and prove, what is recorded about Belt and Road cooperation."""
    del version
    remember_database(db)


app.add_typer(query.app)
app.command()(search.search)
app.command()(sql.sql)
app.command()(show.show)
app.add_typer(report.app)
app.command()(total.total)
app.command()(verify.verify)
app.add_typer(rules.app)
app.command()(load.load)
app.command()(diff.diff)
app.command()(load.undo)
app.command()(load.template)
app.add_typer(profiles.app)
app.add_typer(db.app)
