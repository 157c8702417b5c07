"""Callbacks of options and arguments that name files.

They register the files of a call in `bricoop.cli.files`. A test checks that every option that names
a file has one of them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from bricoop.cli.files import (
    add_database,
    add_inputs,
    add_output,
    begin_call,
    file_of_address,
    refuse_beside_database,
    refuse_database,
)
from bricoop.errors import UsageError


def database_option(context: typer.Context, value: str | None) -> str | None:
    """Register the database that `--db` names.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    if context.parent is None:
        # The option of the root command is parsed first, so the call begins here.
        begin_call(value)
    elif value and not context.resilient_parsing:
        add_database(value)
    return value


def input_option(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """Register a file that the command reads, or several.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    if value and not context.resilient_parsing:
        several = isinstance(value, list | tuple)
        add_inputs(_shown_name(parameter), value if several else [value])
    return value


def name_or_input_option(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """Register a file given in place of a name: one that ends in `.toml` or `.json`.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    if value and str(value).endswith((".toml", ".json")):
        return input_option(context, parameter, value)
    return value


def output_option(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """Register a file that the command writes; `--output -` is standard output.

    Raises:
        UsageError: it would overwrite the knowledge base, another database, an input or another
            output; or it is `-` for an option that needs a file.
    """
    if str(value) == "-":
        if parameter.name == "output":
            return None
        raise _standard_output_error(parameter)
    if value and not context.resilient_parsing:
        add_output(_shown_name(parameter), Path(value))
        refuse_database(_shown_name(parameter), Path(value))
    return value


def output_database_option(
    context: typer.Context, parameter: typer.CallbackParam, value: Any
) -> Any:
    """Register a database that the command writes to, if it is a file.

    Raises:
        UsageError: it would overwrite the knowledge base or an input; its name is that of a journal
            file of another SQLite database; or it is `-`.
    """
    if str(value) == "-":
        raise _standard_output_error(parameter)
    path = file_of_address(str(value)) if value and not context.resilient_parsing else None
    if path is not None:
        add_output(_shown_name(parameter), path)
        refuse_beside_database(_shown_name(parameter), path)
    return value


def _standard_output_error(parameter: typer.CallbackParam) -> UsageError:
    """Return the error for `-` in place of a file."""
    message = f"{_shown_name(parameter)} writes a file, and - is standard output."
    return UsageError(message, "Name a file.")


def _shown_name(parameter: typer.CallbackParam) -> str:
    """Return the name of an option as typed, or of an argument as shown in the help."""
    long = [name for name in parameter.opts if name.startswith("--")]
    metavar: str = getattr(parameter, "metavar", None) or parameter.opts[0].upper()
    return long[0] if long else metavar.strip("[]")


FILE_CALLBACKS: tuple[Callable[..., Any], ...] = (
    database_option, input_option, name_or_input_option, output_option, output_database_option,
)  # fmt: skip
