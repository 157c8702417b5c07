"""The command `bricoop why`: why the totals of two sources differ."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bricoop.cli.counted_questions import (
    check_list_and_card,
    generate_signature,
    question_on,
    writing_card,
)
from bricoop.cli.export import Export, hand_over
from bricoop.cli.file_options import output_option
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, RowFormat
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager
from bricoop.cli.questions import Limit
from bricoop.cli.rule_options import Base, Rule
from bricoop.cli.session import reading_from
from bricoop.query.catalog import noun_of
from bricoop.query.question import Question
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot
    from bricoop.totals.why.comparison import Comparison

_SOURCES: tuple[tuple[str, Any], ...] = (
    (
        "left",
        Annotated[
            str, typer.Argument(metavar="A", help="The source to begin with: its key or title.")
        ],
    ),
    (
        "right",
        Annotated[
            str, typer.Argument(metavar="B", help="The source to end with: its key or title.")
        ],
    ),
)
_OWN_OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("rule", Rule, "signed"),
    ("base", Base, None),
    (
        "list_",
        Annotated[
            str | None,
            typer.Option(
                "--list",
                metavar="STEP",
                help="List the rows of a step, pairs side by side, or `everything`; with --limit "
                "at most so many, with --output to a file.",
                show_default=False,
            ),
        ],
        None,
    ),
    ("limit", Limit, None),
    (
        "card",
        Annotated[
            Path | None,
            typer.Option(
                "--card",
                metavar="FILE",
                help="Also write both totals and the steps to a new file, for `bricoop verify`.",
                show_default=False,
                callback=output_option,
            ),
        ],
        None,
    ),
    ("format_", RowFormat, None),
    ("output", Output, None),
    ("pager", Pager, True),
    ("db", Database, None),
)


def why(**options: Any) -> None:
    """Explain why the totals of two sources differ.

    The steps lead from the total of A to that of B, and add up exactly: the same deals that only
    one of them counts, rows that only one has, deals counted twice, wholes against parts, and
    other amounts of the same deals. Which rows are the same deal follows from decisions. Filters
    are those of `bricoop query finance`, without --source.

    Example: bricoop why sais-cari-2021 aidata-gcof-1 --country Cameroon --rule all
    """
    question = question_on(_without_source(), options)
    export = Export.chosen(options["format_"], options["output"], pager=options["pager"])
    check_list_and_card(options, "a difference")
    _explain(question, options, export)


def _explain(question: Question, options: Mapping[str, Any], export: Export) -> None:
    from bricoop.render import why as draw
    from bricoop.totals.parse import counting_of

    export.check()
    counting = counting_of(question, options["rule"], options["base"])
    with export.on_screen() as screen, reading_from(options["db"]) as state:
        comparison = state.comparison(options["left"], options["right"], counting)
        if options["list_"] is not None:
            rows = state.listed_difference(comparison, options["list_"])
            rows = replace(rows, rows=islice(rows.rows, options["limit"]))
            if export.format.writing.for_people:
                rows = draw.main_columns(rows)
            written = hand_over(rows, export, None, None, screen)
            if not written.rows:
                say("No rows.")
            return
        with writing_card(options["card"], lambda: state.difference_card(comparison)):
            _show(state, comparison, export)


def _show(state: "Snapshot", comparison: "Comparison", export: Export) -> None:
    from bricoop.render import why as draw
    from bricoop.totals.why.difference_rows import difference_answer

    explained = state.why(comparison)
    write = {
        Format.TABLE: draw.write_difference_text,
        Format.MARKDOWN: draw.write_difference_markdown,
        Format.JSON: draw.write_difference_json,
    }.get(export.format)
    if write is None:
        hand_over(difference_answer(explained), export, None)
    else:
        with answering(export.output) as out:
            write(explained, out)
    for note in explained.notes:
        say(note)


def _without_source() -> Any:
    """Return the noun of finance without the filter on sources, which are the arguments."""
    noun = noun_of("finance")
    return replace(
        noun,
        filters=tuple(option for option in noun.filters if option.name != "source"),
        fields=tuple(field for field in noun.fields if field.name != "source"),
    )


generate_signature(why, _without_source(), _OWN_OPTIONS, _SOURCES)
