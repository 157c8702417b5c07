"""Citations of entities, and the bibliography of their sources."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import record, source
from bricoop.domain.vocabularies import SourceKind


@dataclass(frozen=True)
class Citation:
    """A reference to a source.

    Attributes:
        source: key of the source.
        locator: section, page, or sheet and row; None if the source is cited as a whole.
    """

    source: str
    locator: str | None


@dataclass(frozen=True)
class SourceEntry:
    """A source as listed in a bibliography."""

    key: str
    title: str
    kind: str
    tier: int
    authors: str | None
    publisher: str | None
    published: str | None
    url: str | None
    licence: str | None
    note: str | None


def citations_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Citation]]:
    """Return the distinct citations of each entity, by its id; code standards are left out."""
    by_entity: dict[int, list[Citation]] = defaultdict(list)
    rows = connection.execute(
        select(record.c.entity_id, source.c.key, record.c.locator)
        .join(source, source.c.id == record.c.source_id)
        .where(in_values(connection, record.c.entity_id, ids))
        .where(source.c.kind != SourceKind.STANDARD.value)
        .order_by(record.c.id)
    )
    for entity_id, key, locator in rows:
        citation = Citation(key, locator)
        if entity_id is not None and citation not in by_entity[entity_id]:
            by_entity[entity_id].append(citation)
    return by_entity


def bibliography(connection: Connection, keys: Sequence[str]) -> list[SourceEntry]:
    """Return the sources with the given keys, in the order of the keys."""
    rows = connection.execute(select(source).where(in_values(connection, source.c.key, keys)))
    known = {row["key"]: row for row in rows.mappings()}
    names = SourceEntry.__dataclass_fields__
    return [SourceEntry(**{name: known[key][name] for name in names}) for key in keys]
