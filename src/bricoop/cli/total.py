"""The command `bricoop total`: sums of money by a counting rule."""

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
from bricoop.cli.questions import Labels, Limit, Provenance
from bricoop.cli.rule_options import Base, Rule
from bricoop.cli.session import reading_from
from bricoop.query.catalog import noun_of
from bricoop.query.question import Question
from bricoop.render.row_formats import Format

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot
    from bricoop.totals.classify import Counting

_OWN_OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("rule", Rule, "signed"),
    ("base", Base, None),
    (
        "add_sources",
        Annotated[
            bool,
            typer.Option(
                "--add-sources/--by-source",
                help="Add up several sources, using the best one for each project.",
            ),
        ],
        False,
    ),
    (
        "list_",
        Annotated[
            str | None,
            typer.Option(
                "--list",
                metavar="STEP",
                help="List the rows of a step, or `counted`, or `everything`; with --limit at most "
                "so many, with --output to a file.",
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
                help="Also write a figure card to a new file, for `bricoop verify`.",
                show_default=False,
                callback=output_option,
            ),
        ],
        None,
    ),
    (
        "format_",
        RowFormat,
        None,
    ),
    ("output", Output, None),
    ("labels", Labels, False),
    ("provenance", Provenance, False),
    ("pager", Pager, True),
    ("db", Database, None),
)


def total(**options: Any) -> None:
    """Add up money by a counting rule, step by step.

    The output shows what each step of the rule leaves out. Filters are those of `bricoop query
    finance`.

    Example: bricoop total --country Pakistan --rule signed --card pakistan.json
    """
    question = question_on(noun_of("finance"), options)
    export = Export.of(options)
    check_list_and_card(options, "a total")
    _count(question, options, export)


def _count(question: Question, options: dict[str, Any], export: Export) -> None:
    from bricoop.totals.parse import counting_of

    export.check()
    counting = counting_of(question, options["rule"], options["base"], add=options["add_sources"])
    with export.on_screen() as screen, reading_from(options["db"]) as state:
        if options["list_"] is not None:
            rows = state.listed(counting, options["list_"])
            rows = replace(rows, rows=islice(rows.rows, options["limit"]))
            hand_over(rows, export, state, question, screen)
            return
        with writing_card(options["card"], lambda: state.card(counting)):
            _show(state, counting, export)


def _show(state: "Snapshot", counting: "Counting", export: Export) -> None:
    from bricoop.render import totals as draw
    from bricoop.totals.total import APART
    from bricoop.totals.waterfall_rows import waterfall

    counted = state.total(counting)
    write = {
        Format.TABLE: draw.write_total_text,
        Format.MARKDOWN: draw.write_total_markdown,
        Format.JSON: draw.write_total_json,
    }.get(export.format)
    if write is None:
        hand_over(waterfall(counted), export, state, counting.question)
    else:
        with answering(export.output) as out:
            write(counted, out)
    for note in counted.notes:
        say(f"{note} --add-sources adds them up." if note == APART else note)
    if not any(figure.all_rows for figure in counted.figures):
        for hint in (*state.closest_values(counting.question), state.wider(counting.question)):
            if hint:
                say(hint)


generate_signature(total, noun_of("finance"), _OWN_OPTIONS)
