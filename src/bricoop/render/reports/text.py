"""Writer of reports as text, with styles on a terminal."""

from typing import TextIO

from bricoop.render.markdown import unmarked
from bricoop.render.reports.bars import drawn
from bricoop.render.reports.references import colophon, marks, reference
from bricoop.render.reports.rows import figure_rows, map_rows, points_sentence, table_rows
from bricoop.render.screen import Screen
from bricoop.report.blocks import Block, Chart, KeyFigures, Map, Note, Table, Text
from bricoop.report.sections import Report

#: The width of charts in a pipe.
_WIDE = 100
#: The maximum number of countries listed for a map.
_LISTED = 10


def write_report_text(report: Report, out: TextIO) -> None:
    """Write headings, tables and bars; a pipe gets them without styles."""
    _Page(report, out).write()


class _Page:
    """Writer of one report to one stream."""

    def __init__(self, report: Report, out: TextIO) -> None:
        self._report = report
        self._screen = Screen(out)

    def write(self) -> None:
        report = self._report
        self._screen.say(report.title, "bold")
        if report.subtitle:
            self._screen.say(report.subtitle, "dim")
        if report.summary:
            self._screen.say("")
            self._screen.say(report.summary)
        for section in report.sections:
            self._screen.say("")
            self._screen.say(section.title, "bold underline")
            for number, block in enumerate(section.parts):
                if number:
                    self._screen.say("")
                self._block(block)
        if report.sources:
            self._screen.say("")
            self._screen.say("Sources", "bold underline")
            for number, entry in enumerate(report.sources, start=1):
                self._screen.say(f"[{number}] {reference(entry)}")
        self._screen.say("")
        self._screen.say(colophon(report), "dim")

    def _block(self, block: Block) -> None:
        match block:
            case Text():
                text = "\n\n".join(block.paragraphs)
                for line in (unmarked(text) if block.markdown else text).splitlines():
                    self._screen.say(line)
                self._citations(block)
            case Note():
                self._screen.say(f"Note: {block.text}", "dim")
                self._citations(block)
            case KeyFigures():
                self._screen.table(*figure_rows(self._report, block))
            case Table():
                self._table(block)
            case Chart():
                self._chart(block)
            case Map():
                self._map(block)

    def _citations(self, block: Text | Note | Chart | Map) -> None:
        if block.citations:
            self._screen.say(marks(self._report, block.citations), "dim")

    def _table(self, table: Table) -> None:
        if table.title:
            self._screen.say(table.title, "bold")
        if not table.lines:
            self._screen.say(table.empty)
            return
        if table.heading_note:
            self._screen.say(table.heading_note, "dim")
        self._screen.table(*table_rows(self._report, table))

    def _chart(self, chart: Chart) -> None:
        self._screen.say(f"{chart.title} ({chart.unit})" if chart.unit else chart.title, "bold")
        console = self._screen.console
        for line in drawn(chart, console.width if console.is_terminal else _WIDE):
            self._screen.draw(line)
        if chart.note:
            self._screen.say(chart.note, "dim")
        self._citations(chart)

    def _map(self, map_: Map) -> None:
        self._screen.say(map_.title, "bold")
        headings, rows = map_rows(map_)
        if rows:
            self._screen.table(headings, rows[:_LISTED])
        if len(rows) > _LISTED:
            self._screen.say(f"and {len(rows) - _LISTED:,} other countries", "dim")
        for text in filter(None, (points_sentence(map_), map_.note)):
            self._screen.say(text, "dim")
        self._citations(map_)
