"""The section of notes, which people wrote by hand, and filters of findings without them."""

from collections.abc import Iterator
from dataclasses import replace

from bricoop.domain.vocabularies import FindingKind
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import Column, Line, Table
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.sections import Section
from bricoop.report.tables import MAX_ROWS, cells, truncated_table

_NOTES: Filters = {"kind": (FindingKind.NOTE.value,)}
_OTHERS: Filters = {"kind": tuple(kind.value for kind in FindingKind if kind != FindingKind.NOTE)}


def without_notes(noun: str, filters: Filters) -> Filters:
    """Return the filters of a noun such that notes, which are no findings, are left out."""
    return {**filters, **_OTHERS} if noun == "findings" else filters


def number_of_notes(queries: ReportQueries, filters: Filters) -> int:
    """Return the number of notes that filters select."""
    return queries.number("findings", {**filters, **_NOTES})


def notes_section(
    queries: ReportQueries, filters: Filters, title: str = "Notes", about: str = ""
) -> Iterator[Section]:
    """Yield the section of the notes that filters select, if there are any.

    Args:
        queries: reads the knowledge base.
        filters: the filters of findings that select the notes.
        title: the heading of the section.
        about: the name of what all notes are about, so that no column says it.
    """
    rows = queries.rows("findings", {**filters, **_NOTES}, MAX_ROWS)
    if not rows:
        return
    for row in rows:
        row["subject"] = row["subject"] or queries.links[row["link"]]
    columns = (Column("subject", "About", usual=about), Column("statement", "Note"))
    lines = tuple(
        Line(cells(columns, row), (Citation(row["source"], row["locator"]),)) for row in rows
    )
    table = Table(columns, lines)
    number = number_of_notes(queries, filters)
    if number > MAX_ROWS:
        table = truncated_table(table, "findings", {**filters, **_NOTES}, number)
        table = replace(table, extent=table.extent and replace(table.extent, noun="notes"))
    yield Section("notes", title, (table,))
