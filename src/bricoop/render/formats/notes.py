"""Rows of the sheets Question, Sources and Files of a workbook."""

from collections.abc import Iterator, Mapping, Sequence

from bricoop.domain.cells import Cell, Row
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.provenance import Provenance
from bricoop.render.values import LIST_JOINT

SOURCE_COLUMNS = ("key", "title", "publisher", "edition", "published", "licence", "url")
FILE_COLUMNS = ("source", "load", "noun", "file", "sha256", "finished")
_ALWAYS = (
    "An empty cell means that nothing is recorded, not that there is nothing.",
    "Where sources differ, the value shown is from the best tier, then the newest source.",
    "Sources keep their own licences; see the sheet Sources.",
)


def question_lines(
    about: Provenance, shown: Sequence[Field], rows: int
) -> Iterator[tuple[str, Cell]]:
    """Yield the question, date and versions, and notes on how to read the cells."""
    for name, value in about.question.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}: {key}", values) for key, values in value.items())
        elif value not in (None, "", [], 0):
            yield name, value
    yield "rows", rows
    yield "asked", about.asked
    yield "knowledge base version", about.knowledge_base
    yield "bricoop", about.tool_version
    for note in (*about.notes, *_ALWAYS, *_notes(shown)):
        yield "note", note


def source_lines(about: Provenance) -> Iterator[Row]:
    """Yield a row for each source of the data."""
    for source in about.sources:
        yield tuple(getattr(source, name) for name in SOURCE_COLUMNS)


def file_lines(about: Provenance) -> Iterator[Row]:
    """Yield a row for each file that was loaded from the sources."""
    for source in about.sources:
        for load in source.loads:
            yield source.key, *(getattr(load, name) for name in FILE_COLUMNS[1:])


def _notes(shown: Sequence[Field]) -> Iterator[str]:
    types = {field.type for field in shown}
    if Type.DATE in types:
        yield "Dates are text, as precise as in the source: 2019, 2019-03 or 2019-03-14."
    if Type.MOMENT in types:
        yield "Times are in UTC."
    if types & {Type.DECIMAL, Type.INTEGER}:
        yield "Numbers of more than 15 digits are text, since a number cell would round them."
    if any(field.many for field in shown):
        yield f"Several values in a cell are separated by {LIST_JOINT.strip()!r}."
