"""The option `--chart` of `bricoop query`: charts of groups in the terminal or in a file."""

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

#: Options for rows, which cannot be combined with a chart.
_ROW_OPTIONS = ("count", "labels", "provenance")
#: The extensions of files that consist of a picture alone.
_PICTURES = ("svg", "png")


def check_options(question: Question, options: dict[str, Any]) -> None:
    """Refuse options that do not fit a chart, before any query runs.

    Raises:
        UsageError: the question has no groups, an option is for rows only, or the file has
            another extension.
        MissingPackageError: the file is a picture, and the engine that draws is not installed.
    """
    check_chart(question, options["chart"])
    for name in _ROW_OPTIONS:
        if options.get(name):
            raise UsageError(f"--chart draws groups, and --{name} is for rows.", "Leave one out.")
    if options["format_"] is not None:
        message = "--format is for rows, and --chart draws groups."
        raise UsageError(message, f"Write a chart with --output FILE{_listed_endings()}.")
    if _ending(options["output"]) in _PICTURES:
        from bricoop.render import vega

        vega.engine()


def draw(
    question: Question, choice: ChartChoice, output: Path | None, database: str | None
) -> None:
    """Run a grouped query and draw the result.

    Args:
        question: a question with groups.
        choice: the type of chart.
        output: the file, whose extension is the format; None for the terminal.
        database: the value of `--db`.

    Raises:
        UsageError: the groups cannot be drawn this way, or the file cannot be written.
    """
    ending = _ending(output)
    with reading_from(database, question) as state:
        # The limit applies to the bars of each chart, so all groups are needed.
        bars = choice is ChartChoice.BAR
        asked_question = replace(question, limit=None, offset=0) if bars else question
        answer = state.ask(asked_question)
        drawings = charts_of(question, answer, choice)
        if not ending:
            from bricoop.render.drawing.terminal import write_charts

            with answering(None) as out:
                write_charts(drawings, out)
        else:
            from bricoop.render import vega
            from bricoop.render.drawing.files import drawn_as

            about = replace(state.provenance(question), notes=answer.notes)
            with answering_bytes(output) as stream:
                command = f"{command_of(question)} --chart {choice.value}"
                stream.write(drawn_as(drawings, ending, about, command))
            number = len(drawings)
            say(f"Wrote {'a chart' if number == 1 else f'{number} charts'} to {output}.")
            if not vega.can_draw():
                say(vega.not_drawn())
        left_out = (*state.unrecorded(question), *state.unsettled(question))
        for note in (*answer.notes, *left_out):
            say(note)
        for note in dict.fromkeys(drawing.note for drawing in drawings if drawing.note):
            say(note)


def _ending(output: Path | None) -> str:
    """Return the extension of a file without the dot; empty for standard output.

    Raises:
        UsageError: charts have no format with this extension.
    """
    if output is None or is_standard_output(output):
        return ""
    from bricoop.render.drawing.files import ENDINGS

    ending = output.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        message = f"{output} has the ending of no format of charts."
        raise UsageError(message, f"Name a file that ends in{_listed_endings()}.")
    return ending


def _listed_endings() -> str:
    from bricoop.render.drawing.files import ENDINGS

    *others, last = (f".{ending}" for ending in ENDINGS)
    return f" {', '.join(others)} or {last}"
