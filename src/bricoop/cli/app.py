"""The command line: its commands, put together as far as a call needs them."""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Annotated

import typer

from bricoop.cli.group import BricoopGroup
from bricoop.cli.options import Database
from bricoop.cli.session import remember_database
from bricoop.version import __version__

#: Each command or group, in the order of the help: its word, its module, and its name there.
COMMANDS = (
    ("query", "query", "app_for"),
    ("search", "search", "search"),
    ("sql", "sql", "sql"),
    ("show", "show", "show"),
    ("report", "report", "app"),
    ("total", "total", "total"),
    ("verify", "verify", "verify"),
    ("rules", "rules", "app"),
    ("load", "load", "load"),
    ("diff", "diff", "diff"),
    ("undo", "load", "undo"),
    ("template", "load", "template"),
    ("profiles", "profiles", "app"),
    ("db", "db", "app"),
)
#: A shell that asks what could come next must know all that could.
_COMPLETING = "_BRICOOP_COMPLETE"


def app_for(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line, of which a call takes the one command that it names.

    Every option of every command would take longer to put together than most answers.

    Args:
        arguments: those of the call; with none, or where they name no command, it is whole.
    """
    app = typer.Typer(
        cls=BricoopGroup,
        name="bricoop",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(root)
    words = () if _COMPLETING in os.environ else tuple(_words(arguments))
    named = [one for one in COMMANDS if one[0] in words[:1]]
    for word, module, name in named or COMMANDS:
        found = getattr(import_module(f"bricoop.cli.{module}"), name)
        if word == "query":
            app.add_typer(found(words[1] if named and words[1:] else ""))
        elif isinstance(found, typer.Typer):
            app.add_typer(found)
        else:
            app.command()(found)
    return app


def root(
    db: Database = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _version(wanted=wanted),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Know, and prove, what is recorded about Belt and Road cooperation."""
    del version
    remember_database(db)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"bricoop {__version__}")
        raise typer.Exit


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the words of a call from its command on; none where another option comes before."""
    given = iter(arguments)
    for one in given:
        if one == "--db":
            next(given, None)
        elif not one.startswith("--db="):
            if not one.startswith("-"):
                yield one
                yield from given
            return
