"""The command `bricoop query --from FILE`, which runs a saved question."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bricoop.cli.export import Export
from bricoop.cli.file_options import input_option
from bricoop.cli.options import Database, Output, RowFormat, Unmerged
from bricoop.cli.pager import Pager
from bricoop.cli.questions import (
    Charts,
    Columns,
    Count,
    Labels,
    Limit,
    Provenance,
    Sort,
    split,
)
from bricoop.cli.run_query import answer
from bricoop.errors import UsageError
from bricoop.query.question import Question
from bricoop.query.saved import read_question


def saved(
    context: typer.Context,
    *,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Run a question that --save wrote.",
            show_default=False,
            callback=input_option,
        ),
    ] = None,
    columns: Columns = None,
    sort: Sort = None,
    limit: Limit = None,
    count: Count = False,
    unmerged: Unmerged = False,
    chart: Charts = None,
    format_: RowFormat = None,
    output: Output = None,
    labels: Labels = False,
    provenance: Provenance = False,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """List, filter and group rows: projects, finance and more.

    With --from, run a question that was saved with --save; other options override it.
    """
    typed = (columns, sort, limit, chart, format_, output, db, count, unmerged, labels, provenance)
    others = not pager or any(option is not None and option is not False for option in typed)
    if from_ is None or context.invoked_subcommand is not None:
        _refuse_options(context, is_given=others or from_ is not None)
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())
        return
    changes = {"columns": split(columns), "sort": sort, "limit": limit}
    question = _overridden(read_question(from_), unmerged=unmerged or None, **changes)
    export = {"format_": format_, "output": output, "labels": labels, "provenance": provenance}
    if chart is not None:
        _draw(question, {**export, "chart": chart, "count": count}, db)
    else:
        answer(question, Export.of({**export, "pager": pager}), db, count=count)


def _refuse_options(context: typer.Context, *, is_given: bool) -> None:
    """Refuse options before a noun, or without one.

    Raises:
        UsageError: there are some.
    """
    if is_given and context.invoked_subcommand is not None:
        message = "Options belong after the noun."
        raise UsageError(message, f"bricoop query {context.invoked_subcommand} --help")
    if is_given:
        message = "A query needs a noun."
        raise UsageError(message, "Write it before the options, or use --from FILE.")


def _draw(question: Question, options: dict[str, Any], database: str | None) -> None:
    from bricoop.cli.charting import check_options, draw

    check_options(question, options)
    draw(question, options["chart"], options["output"], database)


def _overridden(question: Question, **overrides: Any) -> Question:
    """Return a question with the options that were given in place of its own."""
    changes = {
        name: value for name, value in overrides.items() if value is not None and value != ()
    }
    return replace(question, **changes)
