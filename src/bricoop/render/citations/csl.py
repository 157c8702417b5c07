"""Bibliographies in CSL-JSON format, for citation processors and reference managers."""

from collections.abc import Sequence
from typing import Any

from bricoop.domain.authors import authors_in
from bricoop.query.entity.citations import SourceEntry
from bricoop.render.data import to_json

_TYPES = {
    "article": "article-journal", "book": "book", "report": "report", "dataset": "dataset",
    "web-page": "webpage", "official-document": "report", "news": "article-newspaper",
    "standard": "standard",
}  # fmt: skip


def csl_json(entries: Sequence[SourceEntry]) -> list[str]:
    """Return one JSON array of all sources, with the keys of the sources as ids."""
    return [to_json([_item(entry) for entry in entries], indented=True) + "\n"]


def _item(entry: SourceEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.key,
        "type": _TYPES.get(entry.kind, "document"),
        "title": entry.title,
    }
    if entry.authors:
        item["author"] = [
            {"family": author.family, "given": author.given}
            if author.given
            else {"literal": author.family}
            for author in authors_in(entry.authors)
        ]
    if entry.publisher:
        item["publisher"] = entry.publisher
    if entry.published:
        item["issued"] = {"date-parts": [[int(number) for number in entry.published.split("-")]]}
    if entry.url:
        item["URL"] = entry.url
    if entry.note:
        item["note"] = entry.note
    return item
