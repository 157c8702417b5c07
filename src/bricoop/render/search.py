"""Search results for people, with the matched words highlighted in the snippets."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bricoop.domain.cells import Row
from bricoop.domain.names import printable
from bricoop.query.question import Answer
from bricoop.render.values import Marked


def for_people(answer: Answer) -> Answer:
    """Return search results with the columns of a table and highlighted snippets."""
    fields = tuple(field for field in answer.fields if field.in_table)
    return replace(answer, fields=fields, rows=_rows(answer))


def _rows(answer: Answer) -> Iterator[Row]:
    for cells in answer.by_name():
        cells["snippet"] = _marked(cells["snippet"], cells["hits"])
        yield tuple(cells[field.name] for field in answer.fields if field.in_table)


def _marked(text: str, hits: Sequence[Sequence[int]]) -> Marked:
    """Return a printable text with highlighted spans, which escaping may have shifted."""
    shown, before = "", 0
    spans: list[tuple[int, int]] = []
    for start, end in hits:
        shown += printable(text[before:start])
        first = len(shown)
        shown += printable(text[start:end])
        spans.append((first, len(shown)))
        before = end
    return Marked(shown + printable(text[before:]), tuple(spans))
