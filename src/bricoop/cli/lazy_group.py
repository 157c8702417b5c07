"""Command groups that import and build a command only when it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand
from typer.main import get_command

from bricoop.cli.plain_commands import PlainCommand, PlainGroup

#: What Typer builds a command from: a function, or a `Typer` application with subcommands.
Target = typer.Typer | Callable[..., None]


@dataclass(frozen=True)
class Entry:
    """A command of a group, with what the help of the group needs.

    Attributes:
        name: the word that calls it.
        summary: what it does, in one line without a full stop; its own help begins with it.
        load: returns the function or the `typer.Typer` behind it.
    """

    name: str
    summary: str
    load: Callable[[], Target]


def entry(name: str, summary: str, module: str, attribute: str = "app") -> Entry:
    """Return the entry of a command whose module is imported when it is called.

    Args:
        name: the word that calls it.
        summary: what it does, in one line without a full stop.
        module: a module of `bricoop.cli`.
        attribute: the function or `typer.Typer` in that module.
    """
    return Entry(name, summary, partial(_imported, module, attribute))


def _imported(module: str, attribute: str) -> Target:
    target: Target = getattr(import_module(f"bricoop.cli.{module}"), attribute)
    return target


@cache
def _built(entry: Entry) -> Any:
    """Return the command of an entry; cached, since tests call the same command often."""
    target = entry.load()
    if isinstance(target, typer.Typer):
        return get_command(target)
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(entry.name, cls=PlainCommand)(target)
    return get_command(single)


class LazyGroup(PlainGroup):
    """A command group with names and summaries only, which builds a command when it is called.

    Building every option of every command takes longer than most commands run. Help and shell
    completion of the group itself work from the summaries.
    """

    #: The commands, by the headings under which the help lists them.
    sections: ClassVar[dict[str, tuple[Entry, ...]]] = {}
    #: Example calls that the help shows above the commands.
    examples: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **attrs: Any) -> None:
        """Add a stub for each command, which Typer needs for suggestions."""
        super().__init__(**attrs)
        self._summaries_only = False
        self._entries = {
            command.name: command for listed in self.sections.values() for command in listed
        }
        for command in self._entries.values():
            self.commands[command.name] = TyperCommand(
                command.name, short_help=command.summary, rich_markup_mode=None
            )

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        del ctx
        return [*self.commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name, built if need be; None where there is none."""
        if cmd_name in self._entries and not self._summaries_only:
            return _built(self._entries[cmd_name])
        return super().get_command(ctx, cmd_name)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return the commands and options that begin with `incomplete`, building no command."""
        self._summaries_only = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._summaries_only = False

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write the description, the examples and the commands, all of it above the options."""
        super().format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        width = max(map(len, self.commands), default=0)
        for heading, listed in self.sections.items():
            with formatter.section(heading):
                # Pad names so that the summaries of all sections are aligned.
                formatter.write_dl(
                    [(f"{command.name:<{width}}", command.summary) for command in listed]
                )

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write nothing: `format_help_text` has written the commands above the options."""
