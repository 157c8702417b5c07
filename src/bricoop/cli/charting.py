"""`bricoop query ... --chart`: groups as a chart on the terminal, or in a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bricoop.cli.group import say
from bricoop.cli.output import answering, answering_bytes, is_standard_output
from bricoop.cli.session import reading_from
from bricoop.errors import UsageError
from bricoop.query.command import command_of
from bricoop.query.question import Question
from bricoop.report.chart_choice import ChartChoice
from bricoop.report.group_charts import charts_of, check_chart

#: Options that say how rows are written, of which a chart has none.
_ROW_OPTIONS = ("count", "labels", "provenance")
_ENDINGS = ("svg", "png", "html")


def check_options(question: Question, options: dict[str, Any]) -> None:
    """Refuse what no chart can be, before anything is asked or written.

    Raises:
        UsageError: the question asks for no groups, an option is one of rows, or the file has
            another ending.
    """
    check_chart(question, options["chart"])
    for name in _ROW_OPTIONS:
        if options.get(name):
            raise UsageError(f"--chart draws groups, and --{name} is for rows.", "Leave one out.")
    if options["format_"] is not None:
        message = "--format is for rows, and --chart draws groups."
        raise UsageError(message, f"Write a chart with --output FILE{_listed_endings()}.")
    _ending(options["output"])


def draw(
    question: Question, choice: ChartChoice, output: Path | None, database: str | None
) -> None:
    """Ask for groups, and draw them.

    Args:
        question: what is asked.
        choice: how groups are drawn.
        output: the file, whose ending says what it is; None for the terminal.
        database: what `--db` names.

    Raises:
        UsageError: the groups cannot be drawn so, or the file cannot be written.
    """
    ending = _ending(output)
    with reading_from(database) as state:
        # Each chart has as many bars as the limit says, and so all groups are asked for.
        bars = choice is ChartChoice.BAR
        asked_question = replace(question, limit=None, offset=0) if bars else question
        answer = state.ask(asked_question)
        drawings = charts_of(question, answer, choice)
        if not ending:
            from bricoop.render.drawing.terminal import write_charts

            with answering(None) as out:
                write_charts(drawings, out)
        else:
            from bricoop.render.drawing.files import drawn_as

            about = replace(state.provenance(question), notes=answer.notes)
            with answering_bytes(output) as stream:
                command = f"{command_of(question)} --chart {choice.value}"
                stream.write(drawn_as(drawings, ending, about, command))
            number = len(drawings)
            say(f"Wrote {'a chart' if number == 1 else f'{number} charts'} to {output}.")
        for note in (*answer.notes, *state.unrecorded(question)):
            say(note)
        for note in dict.fromkeys(drawing.note for drawing in drawings if drawing.note):
            say(note)


def _ending(output: Path | None) -> str:
    """Return the ending of a file; empty for standard output.

    Raises:
        UsageError: it is none of a chart.
    """
    if output is None or is_standard_output(output):
        return ""
    ending = output.suffix.lower().removeprefix(".")
    if ending not in _ENDINGS:
        message = f"{output} has the ending of no format of charts."
        raise UsageError(message, f"Name a file that ends in{_listed_endings()}.")
    return ending


def _listed_endings() -> str:
    return f" .{_ENDINGS[0]}, .{_ENDINGS[1]} or .{_ENDINGS[2]}"
