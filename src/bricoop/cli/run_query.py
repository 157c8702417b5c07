"""Execution of questions for the command line, whether typed or read from a file."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.output import answering
from bricoop.cli.session import reading_from
from bricoop.query.catalog import noun_of
from bricoop.query.question import Question
from bricoop.render.row_formats import Format, question_for

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot


def answer(question: Question, export: Export, database: str | None, *, count: bool) -> None:
    """Run a question, and write its rows or their number, with notes and hints.

    Args:
        question: the question.
        export: the output options.
        database: the value of `--db`.
        count: whether to write only the number of rows.
    """
    export.check()
    lines: list[str] = []
    with export.on_screen() as screen, reading_from(database, question) as state:
        if count:
            number = state.count(question)
            with answering(export.output) as out:
                out.write(f"{number}\n")
            hints = () if number else state.closest_values(question)
            every = replace(question, limit=None, offset=0)
            left_out = (*state.unrecorded(question), *state.unsettled(every))
            for note in (*hints, *state.notes, *left_out):
                say(note)
            return
        displayed_question = question_for(question, export.format)
        rows = state.ask(displayed_question, spelled_out=export.format.writing.for_people)
        left_out = (*state.unrecorded(question), *state.unsettled(question))
        result = replace(rows, notes=(*rows.notes, *left_out), named=bool(question.columns))
        written = hand_over(result, export, state, displayed_question, screen)
        lines.extend(rows.notes)
        if export.format is Format.TABLE and not written.rows:
            hints = state.closest_values(question)
            sentences = [
                f"No rows.{_hint_at_all(state, question)}",
                *hints,
                *left_out,
                state.wider(question),
            ]
            lines.append(" ".join(filter(None, sentences)))
        else:
            lines.extend(left_out)
    # Notes come after the table, and after the pager has ended.
    for line in lines:
        say(line)


def _hint_at_all(state: "Snapshot", question: Question) -> str:
    """Return a hint on how many rows `--all` would add; empty if none."""
    every = next(
        (filter_ for filter_ in noun_of(question.noun).filters if filter_.name == "all"), None
    )
    if every is None:
        return ""
    wider = replace(question, filters={**question.filters, every.name: ("yes",)})
    more = state.count(wider) - state.count(question)
    return f" --all adds {more:,}: {every.help.removeprefix('also ')}." if more else ""
