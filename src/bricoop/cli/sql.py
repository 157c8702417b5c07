"""The command `bricoop sql`: read-only SQL queries over the views."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.file_options import input_option
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, RowFormat
from bricoop.cli.session import opened
from bricoop.domain.limits import SQL_LENGTH, SQL_SECONDS
from bricoop.errors import FileUnreadableError, UsageError
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from sqlalchemy import Engine

_STANDARD_INPUT = "-"


def sql(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY", help="One SELECT statement; - reads it from standard input."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="Read the query from this file; - is standard input.",
            callback=input_option,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help="Maximum number of rows.", show_default=False),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.001,
            max=1_000_000,
            help="Stop the query when the database has worked on it for this many seconds.",
        ),
    ] = SQL_SECONDS.value,
    format_: RowFormat = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Run a read-only SQL query.

    There is a view for each noun of `bricoop query`: v_projects, v_finance and so on.

    Example: bricoop sql "SELECT name, countries FROM v_projects WHERE kind = 'port'"
    """
    text = _query_text(query, file)
    export = Export.chosen(format_, output, pager=True)
    export.check()
    with opened(db) as engine:
        rows = _run(engine, text, export, limit=limit, timeout=timeout)
    if export.format is Format.TABLE and not rows:
        say("No rows.")


def _run(engine: "Engine", text: str, export: Export, *, limit: int | None, timeout: float) -> int:
    """Run a query within limits of memory and time, write its rows and return their number."""
    from bricoop.cli.watchdog import bounded_memory, stopping
    from bricoop.db.readonly.result import Deadline
    from bricoop.query.sql import ask_sql

    deadline = Deadline(timeout)
    # The limit of memory is one of address space.
    bound = nullcontext() if export.format.writing.reserves_address_space else bounded_memory()
    with (
        export.on_screen() as screen,
        bound,
        stopping(deadline),
        ask_sql(engine, text, limit, deadline) as answer,
    ):
        return hand_over(answer, export, None, None, screen).rows


def _query_text(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise UsageError("Give one query.", "Either as an argument, or in a file with --file.")
    if query not in {None, _STANDARD_INPUT}:
        return str(query)
    try:
        if file is None or str(file) == _STANDARD_INPUT:
            return sys.stdin.read(SQL_LENGTH.value + 1)
        with file.open(encoding="utf-8-sig") as stream:
            return stream.read(SQL_LENGTH.value + 1)
    except OSError as error:
        raise FileUnreadableError(f"The file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileUnreadableError("The query is not valid UTF-8.", "Save it as UTF-8.") from error
