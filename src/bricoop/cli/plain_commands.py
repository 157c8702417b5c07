"""Commands and groups of commands whose parameters are converted without Pydantic."""

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from bricoop.cli.plain_values import with_plain_values

if TYPE_CHECKING:
    _Command = TyperCommand
else:
    _Command = object


class _PlainParameters(_Command):
    """The parameters of a command, with plain conversion."""

    _help: Any = None

    def get_params(self, ctx: Any) -> Any:
        """Return the parameters; Typer adds some of them after the command is made."""
        # The parser and the call must have the same objects, so each is replaced only once.
        self.params = [with_plain_values(parameter) for parameter in self.params]
        return super().get_params(ctx)

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option `--help`, which Typer keeps apart from the others."""
        if self._help is None:
            self._help = with_plain_values(super().get_help_option(ctx))
        return self._help


class PlainCommand(_PlainParameters, TyperCommand):
    """A command with plain conversion."""


class PlainGroup(_PlainParameters, TyperGroup):
    """A group of commands with plain conversion of its own options."""
