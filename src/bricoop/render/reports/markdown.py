"""A report as Markdown: headings, tables and a numbered bibliography."""

from typing import TextIO

from bricoop.render.markdown import escape, is_harmless, own_markdown, write_markdown
from bricoop.render.reports.references import colophon, marks, reference
from bricoop.render.reports.rows import (
    Rows,
    chart_rows,
    figure_rows,
    map_rows,
    points_said,
    table_rows,
)
from bricoop.report.blocks import Chart, KeyFigures, Map, Note, Part, Table, Text
from bricoop.report.sections import Report


def write_report_markdown(report: Report, out: TextIO) -> None:
    """Write headings, tables and a numbered bibliography; charts and maps are tables, too."""
    out.write(f"# {escape(report.title)}\n\n")
    out.writelines(f"{escape(one)}\n\n" for one in (report.subtitle, report.summary) if one)
    for section in report.sections:
        out.write(f"## {escape(section.title)}\n\n")
        for part in section.parts:
            _write(report, part, out)
    if report.sources:
        out.write("## Sources\n\n")
        numbered = enumerate(report.sources, start=1)
        out.writelines(f"{number}. {escape(reference(entry))}\n" for number, entry in numbered)
        out.write("\n")
    out.write(f"{escape(colophon(report))}\n")


def _write(report: Report, part: Part, out: TextIO) -> None:
    match part:
        case Text():
            # A memo may come from a stranger, and readers of Markdown run HTML and open links.
            is_kept = part.markdown and all(map(is_harmless, part.paragraphs))
            shown = own_markdown if is_kept else escape
            out.writelines(f"{shown(text)}\n\n" for text in part.paragraphs)
        case Note():
            out.write(f"*{escape(part.text)}*\n\n")
        case KeyFigures():
            _table(figure_rows(report, part), out)
        case Table():
            _titled(part.title, out)
            if not part.lines:
                out.write(f"{escape(part.empty)}\n\n")
                return
            if part.heading_note:
                out.write(f"{escape(part.heading_note)}\n\n")
            _table(table_rows(report, part), out)
        case Chart():
            _titled(f"{part.title} ({part.unit})" if part.unit else part.title, out)
            _table(chart_rows(part), out)
            _said(report, part, part.note, out)
        case Map():
            _titled(part.title, out)
            _table(map_rows(part), out)
            _said(report, part, " ".join(filter(None, (points_said(part), part.note))), out)


def _titled(title: str, out: TextIO) -> None:
    if title:
        out.write(f"### {escape(title)}\n\n")


def _table(rows: Rows, out: TextIO) -> None:
    if rows[1]:
        write_markdown(*rows, out)
        out.write("\n")


def _said(report: Report, part: Chart | Map, note: str, out: TextIO) -> None:
    said = " ".join(filter(None, (note, marks(report, part.citations))))
    if said:
        out.write(f"{escape(said)}\n\n")
