"""Bibliographies in RIS format, one field per line."""

from collections.abc import Iterator, Sequence

from bricoop.domain.authors import authors_in
from bricoop.domain.names import printable
from bricoop.query.entity.citations import SourceEntry

_TYPES = {
    "article": "JOUR", "book": "BOOK", "report": "RPRT", "dataset": "DATA", "web-page": "ELEC",
    "official-document": "GOVDOC", "news": "NEWS", "standard": "STAND",
}  # fmt: skip


def ris(entries: Sequence[SourceEntry]) -> Iterator[str]:
    """Yield the RIS record of each source, with the key of the source as id."""
    for entry in entries:
        lines = [f"{tag}  - {_one_line(value)}" for tag, value in _fields(entry)]
        yield "\r\n".join([*lines, "ER  - ", ""]) + "\r\n"


def _fields(entry: SourceEntry) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(entry.kind, "GEN")
    yield "ID", entry.key
    for author in authors_in(entry.authors or ""):
        yield "AU", ", ".join(filter(None, author))
    yield "TI", entry.title
    if entry.publisher:
        yield "PB", entry.publisher
    if entry.published:
        year, *rest = entry.published.split("-")
        yield "PY", year
        if rest:
            yield "DA", "/".join([year, *rest, *[""] * (3 - len(rest))])
    if entry.url:
        yield "UR", entry.url
    if entry.licence:
        yield "N1", f"Licence: {entry.licence}"
    if entry.note:
        yield "N1", entry.note


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
