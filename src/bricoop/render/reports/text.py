"""A report on a terminal, or as plain text in a pipe."""

from typing import TYPE_CHECKING, TextIO

from bricoop.domain.names import printable
from bricoop.render.reports.bars import drawn
from bricoop.render.reports.references import colophon, marks, reference
from bricoop.render.reports.rows import figure_rows, map_rows, points_said, table_rows
from bricoop.render.table import console_for, write_table
from bricoop.report.parts import Chart, KeyFigures, Map, Note, Part, Table, Text
from bricoop.report.sections import Report

if TYPE_CHECKING:
    from rich.console import Console

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
        self._out = out
        self._console: Console = console_for(out)

    def write(self) -> None:
        report = self._report
        self._say(report.title, "bold")
        if report.subtitle:
            self._say(report.subtitle, "dim")
        if report.summary:
            self._say("")
            self._say(report.summary)
        for section in report.sections:
            self._say("")
            self._say(section.title, "bold underline")
            for number, part in enumerate(section.parts):
                if number:
                    self._say("")
                self._part(part)
        if report.sources:
            self._say("")
            self._say("Sources", "bold underline")
            for number, entry in enumerate(report.sources, start=1):
                self._say(f"[{number}] {reference(entry)}")
        self._say("")
        self._say(colophon(report), "dim")

    def _say(self, text: str, style: str = "") -> None:
        if self._console.is_terminal:
            self._console.print(printable(text), style=style or None)
        else:
            self._out.write(printable(text) + "\n")

    def _part(self, part: Part) -> None:
        match part:
            case Text():
                for line in "\n\n".join(part.paragraphs).splitlines():
                    self._say(line)
                self._said(part)
            case Note():
                self._say(f"Note: {part.text}", "dim")
                self._said(part)
            case KeyFigures():
                write_table(*figure_rows(self._report, part), self._out, console=self._console)
            case Table():
                self._table(part)
            case Chart():
                self._chart(part)
            case Map():
                self._map(part)

    def _said(self, part: Text | Note | Chart | Map) -> None:
        if part.citations:
            self._say(marks(self._report, part.citations), "dim")

    def _table(self, part: Table) -> None:
        if part.title:
            self._say(part.title, "bold")
        if not part.lines:
            self._say(part.empty)
            return
        if part.note:
            self._say(part.note, "dim")
        write_table(*table_rows(self._report, part), self._out, console=self._console)

    def _chart(self, part: Chart) -> None:
        self._say(f"{part.title} ({part.unit})" if part.unit else part.title, "bold")
        width = self._console.width if self._console.is_terminal else _WIDE
        for line in drawn(part, width):
            if self._console.is_terminal:
                self._console.print(line, soft_wrap=True)
            else:
                self._out.write(line + "\n")
        if part.note:
            self._say(part.note, "dim")
        self._said(part)

    def _map(self, part: Map) -> None:
        self._say(part.title, "bold")
        headings, rows = map_rows(part)
        if rows:
            write_table(headings, rows[:_LISTED], self._out, console=self._console)
        if len(rows) > _LISTED:
            self._say(f"and {len(rows) - _LISTED:,} other countries", "dim")
        for text in filter(None, (points_said(part), part.note)):
            self._say(text, "dim")
        self._said(part)
