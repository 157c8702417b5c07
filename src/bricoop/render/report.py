"""Reports drawn: on a terminal, as Markdown, as JSON."""

from dataclasses import asdict
from typing import Any, TextIO

from bricoop.domain.names import printable
from bricoop.domain.vocabularies import TIER_LABELS, Tier
from bricoop.query.citations import SourceEntry
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.table import Heading, console_for, write_table
from bricoop.report.parts import Line, Table
from bricoop.report.sections import Report, Section

_SAID_BY = Heading("Source")


def write_report_json(report: Report, out: TextIO) -> None:
    """Write one object: every row under its field names, with `citations`."""
    out.write(to_json(report_data(report), indented=True) + "\n")


def report_data(report: Report) -> dict[str, Any]:
    """Return a report as plain data."""
    data = asdict(report)
    data["sections"] = {
        section.name: {
            "title": section.title,
            "rows": [_row(part, line) for part in _tables(section) for line in part.lines],
        }
        for section in report.sections
    }
    return data


def _tables(section: Section) -> list[Table]:
    return [part for part in section.parts if isinstance(part, Table)]


def _row(section: Table, line: Line) -> dict[str, Any]:
    names = (column.name for column in section.columns)
    citations = [asdict(citation) for citation in line.citations]
    return {**dict(zip(names, line.cells, strict=True)), "citations": citations}


def write_report_markdown(report: Report, out: TextIO) -> None:
    """Write headings, tables and a numbered bibliography."""
    out.write(
        f"# {escape(report.title)}\n\n{escape(report.subtitle)}\n\n{escape(report.summary)}\n"
    )
    for section in report.sections:
        out.write(f"\n## {escape(section.title)}\n\n")
        for part in _tables(section):
            if part.note and part.lines:
                out.write(f"{escape(part.note)}\n\n")
            if part.lines:
                write_markdown(_headings(part), _rows(report, part), out)
            else:
                out.write(f"{escape(part.empty)}\n")
    if report.sources:
        out.write("\n## Sources\n\n")
        numbered = enumerate(report.sources, start=1)
        out.writelines(f"{number}. {escape(reference(entry))}\n" for number, entry in numbered)
    out.write(f"\n{escape(_colophon(report))}\n")


def write_report_text(report: Report, out: TextIO) -> None:
    """Write a page: ruled headings and tables on a terminal, the same as plain text in a pipe."""
    console = console_for(out)
    terminal = console.is_terminal

    def say(text: str, style: str = "") -> None:
        if terminal:
            console.print(printable(text), style=style or None)
        else:
            out.write(printable(text) + "\n")

    say(report.title, "bold")
    say(report.subtitle, "dim")
    say("")
    say(report.summary)
    for section in report.sections:
        say("")
        say(section.title, "bold underline")
        for part in _tables(section):
            if part.note and part.lines:
                say(part.note, "dim")
            if part.lines:
                write_table(_headings(part), _rows(report, part), out, console=console)
            else:
                say(part.empty)
    if report.sources:
        say("")
        say("Sources", "bold underline")
        for number, entry in enumerate(report.sources, start=1):
            say(f"[{number}] {reference(entry)}")
    say("")
    say(_colophon(report), "dim")


def reference(entry: SourceEntry) -> str:
    """Return a source as a bibliography lists it; what is unknown is left out."""
    about = [entry.kind.replace("-", " "), f"tier {entry.tier}: {TIER_LABELS[Tier(entry.tier)]}"]
    parts = (entry.authors, entry.title, entry.publisher, entry.published, entry.url)
    said = ". ".join(part.rstrip(".") for part in parts if part)
    note = f" {entry.note}" if entry.note else ""
    return f"{said}. ({', '.join(about)}; key {entry.key}).{note}"


def _headings(section: Table) -> list[Heading]:
    columns = [
        Heading(column.label, number=column.number, coded=column.coded)
        for column in section.columns
    ]
    return [*columns, _SAID_BY] if _is_cited(section) else columns


def _rows(report: Report, section: Table) -> list[list[Any]]:
    if not _is_cited(section):
        return [list(line.cells) for line in section.lines]
    return [[*line.cells, _marks(report, line)] for line in section.lines]


def _is_cited(section: Table) -> bool:
    return any(line.citations for line in section.lines)


def _marks(report: Report, line: Line) -> str:
    places: dict[str, list[str]] = {}
    for citation in line.citations:
        found = places.setdefault(citation.source, [])
        if citation.locator:
            found.append(citation.locator)
    return "; ".join(
        f"[{report.number_of(source)}] {', '.join(found)}".rstrip()
        for source, found in places.items()
    )


def _colophon(report: Report) -> str:
    return (
        f"bricoop {report.tool_version}, knowledge base version {report.knowledge_base}. "
        f"Numbers in brackets are sources, and what follows them is the place in the source."
    )
