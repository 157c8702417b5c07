"""The hits of a search for people: what was looked for stands out in what shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bricoop.domain.names import printable
from bricoop.query.question import Answer
from bricoop.render.values import Marked


def for_people(answer: Answer) -> Answer:
    """Return an answer of hits with the fields of a table, and what was looked for marked."""
    fields = tuple(field for field in answer.fields if field.in_table)
    return replace(answer, fields=fields, rows=_rows(answer))


def _rows(answer: Answer) -> Iterator[tuple[Any, ...]]:
    names = [field.name for field in answer.fields]
    for row in answer.rows:
        cells = dict(zip(names, row, strict=True))
        cells["snippet"] = _marked(cells["snippet"], cells["hits"])
        yield tuple(cells[field.name] for field in answer.fields if field.in_table)


def _marked(text: str, hits: Sequence[Sequence[int]]) -> Marked:
    """Return a text as it may be printed, which is longer where it holds what moves a cursor."""
    shown, before = "", 0
    spans: list[tuple[int, int]] = []
    for start, end in hits:
        shown += printable(text[before:start])
        first = len(shown)
        shown += printable(text[start:end])
        spans.append((first, len(shown)))
        before = end
    return Marked(shown + printable(text[before:]), tuple(spans))
