"""The root command: the list of all commands, and the global options."""

from typing import Annotated, Any, ClassVar

import typer

from bricoop.cli.group import CallError, ErrorGroup
from bricoop.cli.lazy_group import Entry, LazyGroup, entry
from bricoop.cli.options import Database, LakeEngine
from bricoop.cli.session import remember_database
from bricoop.version import __version__


class RootGroup(ErrorGroup, LazyGroup):
    """The root command group, with the sections of its help."""

    examples: ClassVar[tuple[str, ...]] = (
        "bricoop search gwadar",
        "bricoop query projects --country Kenya --kind railway",
        "bricoop load --profile gcdf3 gcdf.csv",
    )
    sections: ClassVar[dict[str, tuple[Entry, ...]]] = {
        "Ask": (
            entry("search", "Find anything by its names or by words about it", "search", "search"),
            entry("show", "Show one entity, with the source of every value", "show", "show"),
            entry("query", "List, filter and group rows: projects, finance and more", "query"),
            entry("sql", "Run a read-only SQL query", "sql", "sql"),
        ),
        "Report and count": (
            entry("report", "Write a report that cites its sources", "report"),
            entry("total", "Add up money by a counting rule, step by step", "total", "total"),
            entry("why", "Explain why the totals of two sources differ", "why", "why"),
            entry("verify", "Check whether a saved total still holds", "verify", "verify"),
            entry("rules", "List and explain the counting rules", "rules"),
        ),
        "Load": (
            entry("load", "Load CSV files or workbooks", "load", "load"),
            entry(
                "template",
                "Print the header of a load file, and an example row",
                "load",
                "template",
            ),
            entry("profiles", "List, explain and check profiles of published files", "profiles"),
            entry("set", "Set values of an entity by hand", "set_values", "set_"),
            entry("note", "Add a note on an entity", "note", "note"),
            entry("diff", "Show what a load changed", "diff", "diff"),
            entry("undo", "Undo a load", "load", "undo"),
        ),
        "Join": (
            entry(
                "match",
                "Propose projects or organizations that may be one",
                "match",
                "match",
            ),
            entry(
                "review", "Decide on pairs that may be one, one after another", "review", "review"
            ),
            entry(
                "same",
                "Decide that two are one, or that one is a part of the other",
                "decide",
                "same",
            ),
            entry("different", "Decide that two are not one", "decide", "different"),
            entry(
                "split",
                "Part what is one: a member from all others, or all of them",
                "decide",
                "split",
            ),
            entry("decisions", "List, exchange and check decisions on what is one", "decisions"),
        ),
        "Export": (
            entry("export", "Write the whole knowledge base for other programs", "export_lake"),
        ),
        "Manage": (entry("db", "Check, copy, back up and upgrade the database", "db"),),
    }

    def __init__(self, **attrs: Any) -> None:
        """Turn off Typer's own suggestions, which know no nouns; see `resolve_command`."""
        super().__init__(**attrs)
        self.suggest_commands = False

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called; suggest similar ones if there is none.

        Raises:
            CallError: there is no such command.
        """
        try:
            return super().resolve_command(ctx, args)
        except CallError as error:
            from bricoop.cli.command_suggestions import commands_meant

            if commands := commands_meant(args[0], [*self.commands]):
                listed = " or ".join(f"'bricoop {command}'" for command in commands)
                error.message = f"{error.message} Did you mean {listed}?"
            raise


app = typer.Typer(
    cls=RootGroup,
    name="bricoop",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    db: Database = None,
    engine: LakeEngine = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda requested: _version(requested=requested),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Ask what sources say about Belt and Road cooperation, and count it by stated rules."""
    del version
    remember_database(db, engine)


def _version(*, requested: bool) -> None:
    if requested:
        typer.echo(f"bricoop {__version__}")
        raise typer.Exit
