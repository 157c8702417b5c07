"""A bibliography as CSL-JSON, which citation processors and reference managers read."""

from collections.abc import Sequence
from typing import Any

from bricoop.domain.authors import authors_in
from bricoop.query.citations import SourceEntry
from bricoop.render.data import to_json

_TYPES = {
    "article": "article-journal", "book": "book", "report": "report", "dataset": "dataset",
    "web-page": "webpage", "official-document": "report", "news": "article-newspaper",
    "standard": "standard",
}  # fmt: skip


def csl_json(entries: Sequence[SourceEntry]) -> list[str]:
    """Return the sources as one list; their ids are their keys."""
    return [to_json([_item(entry) for entry in entries], indented=True) + "\n"]


def _item(entry: SourceEntry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": entry.key,
        "type": _TYPES.get(entry.kind, "document"),
        "title": entry.title,
    }
    if entry.authors:
        made["author"] = [
            {"family": one.family, "given": one.given} if one.given else {"literal": one.family}
            for one in authors_in(entry.authors)
        ]
    if entry.publisher:
        made["publisher"] = entry.publisher
    if entry.published:
        made["issued"] = {"date-parts": [[int(part) for part in entry.published.split("-")]]}
    if entry.url:
        made["URL"] = entry.url
    if entry.note:
        made["note"] = entry.note
    return made
