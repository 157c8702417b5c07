"""Writer of reports as Markdown."""

from typing import TextIO

from bricoop.render.markdown import escape, is_harmless, own_markdown, write_markdown
from bricoop.render.reports.references import colophon, marks, reference
from bricoop.render.reports.rows import (
    Rows,
    chart_rows,
    figure_rows,
    map_rows,
    points_sentence,
    table_rows,
)
from bricoop.report.blocks import Block, Chart, KeyFigures, Map, Note, Table, Text
from bricoop.report.sections import Report


def write_report_markdown(report: Report, out: TextIO) -> None:
    """Write headings, tables and a numbered bibliography; charts and maps become tables."""
    out.write(f"# {escape(report.title)}\n\n")
    out.writelines(f"{escape(text)}\n\n" for text in (report.subtitle, report.summary) if text)
    for section in report.sections:
        out.write(f"## {escape(section.title)}\n\n")
        for block in section.parts:
            _write(report, block, out)
    if report.sources:
        out.write("## Sources\n\n")
        numbered = enumerate(report.sources, start=1)
        out.writelines(f"{number}. {escape(reference(entry))}\n" for number, entry in numbered)
        out.write("\n")
    out.write(f"{escape(colophon(report))}\n")


def _write(report: Report, block: Block, out: TextIO) -> None:
    match block:
        case Text():
            # A memo file may be untrusted, and Markdown viewers render HTML and open links.
            is_kept = block.markdown and all(map(is_harmless, block.paragraphs))
            shown = own_markdown if is_kept else escape
            out.writelines(f"{shown(text)}\n\n" for text in block.paragraphs)
        case Note():
            out.write(f"*{escape(block.text)}*\n\n")
        case KeyFigures():
            _table(figure_rows(report, block), out)
        case Table():
            _titled(block.title, out)
            if not block.lines:
                out.write(f"{escape(block.empty)}\n\n")
                return
            if block.heading_note:
                out.write(f"{escape(block.heading_note)}\n\n")
            _table(table_rows(report, block), out)
        case Chart():
            _titled(f"{block.title} ({block.unit})" if block.unit else block.title, out)
            _table(chart_rows(block), out)
            _write_note(report, block, block.note, out)
        case Map():
            _titled(block.title, out)
            _table(map_rows(block), out)
            _write_note(
                report, block, " ".join(filter(None, (points_sentence(block), block.note))), out
            )


def _titled(title: str, out: TextIO) -> None:
    if title:
        out.write(f"### {escape(title)}\n\n")


def _table(rows: Rows, out: TextIO) -> None:
    if rows[1]:
        write_markdown(*rows, out)
        out.write("\n")


def _write_note(report: Report, block: Chart | Map, note: str, out: TextIO) -> None:
    text = " ".join(filter(None, (note, marks(report, block.citations))))
    if text:
        out.write(f"{escape(text)}\n\n")
