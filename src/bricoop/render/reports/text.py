"""A report on a terminal, or as plain text in a pipe."""

from typing import TextIO

from bricoop.render.markdown import unmarked
from bricoop.render.reports.bars import drawn
from bricoop.render.reports.references import colophon, marks, reference
from bricoop.render.reports.rows import figure_rows, map_rows, points_said, table_rows
from bricoop.render.screen import Screen
from bricoop.report.blocks import Chart, KeyFigures, Map, Note, Part, Table, Text
from bricoop.report.sections import Report

#: So wide are bars where nobody watches.
_WIDE = 100
#: So many countries of a map are listed.
_LISTED = 10


def write_report_text(report: Report, out: TextIO) -> None:
    """Write a page: ruled headings, tables and bars on a terminal, the same as text in a pipe."""
    _Page(report, out).write()


class _Page:
    """One report on one stream."""

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
            for number, part in enumerate(section.parts):
                if number:
                    self._screen.say("")
                self._part(part)
        if report.sources:
            self._screen.say("")
            self._screen.say("Sources", "bold underline")
            for number, entry in enumerate(report.sources, start=1):
                self._screen.say(f"[{number}] {reference(entry)}")
        self._screen.say("")
        self._screen.say(colophon(report), "dim")

    def _part(self, part: Part) -> None:
        match part:
            case Text():
                text = "\n\n".join(part.paragraphs)
                for line in (unmarked(text) if part.markdown else text).splitlines():
                    self._screen.say(line)
                self._said(part)
            case Note():
                self._screen.say(f"Note: {part.text}", "dim")
                self._said(part)
            case KeyFigures():
                self._screen.table(*figure_rows(self._report, part))
            case Table():
                self._table(part)
            case Chart():
                self._chart(part)
            case Map():
                self._map(part)

    def _said(self, part: Text | Note | Chart | Map) -> None:
        if part.citations:
            self._screen.say(marks(self._report, part.citations), "dim")

    def _table(self, part: Table) -> None:
        if part.title:
            self._screen.say(part.title, "bold")
        if not part.lines:
            self._screen.say(part.empty)
            return
        if part.heading_note:
            self._screen.say(part.heading_note, "dim")
        self._screen.table(*table_rows(self._report, part))

    def _chart(self, part: Chart) -> None:
        self._screen.say(f"{part.title} ({part.unit})" if part.unit else part.title, "bold")
        console = self._screen.console
        for line in drawn(part, console.width if console.is_terminal else _WIDE):
            self._screen.draw(line)
        if part.note:
            self._screen.say(part.note, "dim")
        self._said(part)

    def _map(self, part: Map) -> None:
        self._screen.say(part.title, "bold")
        headings, rows = map_rows(part)
        if rows:
            self._screen.table(headings, rows[:_LISTED])
        if len(rows) > _LISTED:
            self._screen.say(f"and {len(rows) - _LISTED:,} other countries", "dim")
        for text in filter(None, (points_said(part), part.note)):
            self._screen.say(text, "dim")
        self._said(part)
