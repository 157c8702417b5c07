"""Notes below the key figures of a report: what decisions made one, and what is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bricoop.query.notes.unrecorded import without_fields
from bricoop.query.question import Question
from bricoop.report.blocks import Note
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.decisions import decision_notes
from bricoop.report.sections import Section
from bricoop.report.summary import GLANCE


def with_notes(
    queries: ReportQueries, filters: Filters, sections: Sequence[Section]
) -> list[Section]:
    """Return sections with notes on decisions, and on projects that lack what filters ask for.

    Args:
        queries: reads the knowledge base.
        filters: the filters that select the projects of the report.
        sections: the sections, of which one is "At a glance".
    """
    notes = (*decision_notes(queries, filters), *_left_out(queries, filters))
    return [
        replace(section, parts=(*section.parts[:1], *notes, *section.parts[1:]))
        if section.name == GLANCE
        else section
        for section in sections
    ]


def _left_out(queries: ReportQueries, filters: Filters) -> Iterator[Note]:
    """Yield a note on projects that may belong to the report, but do not have the field."""
    question = Question("projects", filters)
    sentences = without_fields(queries.connection, question, "projects")
    if sentences:
        left_out = "What has none is left out of this report, though it may belong here."
        yield Note(" ".join((*sentences, left_out)))
