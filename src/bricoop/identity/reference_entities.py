"""Finds the entities that references of decisions mean, as all decisions leave them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.clusters.homes import parsed

_BATCH = 1000


class ReferredEntity(NamedTuple):
    """The entity that a reference means."""

    id: int
    key: str
    name: str


def entities_of(connection: Connection, refs: Iterable[str]) -> dict[str, ReferredEntity]:
    """Return the entities of references in their written form.

    Left out are those of records that are not loaded, and names of several organizations or none.
    """
    named: defaultdict[str, set[ReferredEntity]] = defaultdict(set)
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for ref in parsed(set(refs)).values():
        groups[ref.source, ref.noun].append(ref.id)
    for (key, noun), ids in groups.items():
        for batch in in_batches(sorted(ids), _BATCH):
            for number, *columns in connection.execute(_meaning(connection, key, noun, batch)):
                named[str(Reference(key, noun, number))].add(ReferredEntity(*columns))
    return {text: entities.pop() for text, entities in named.items() if len(entities) == 1}


def _meaning(connection: Connection, key: str, noun: str, ids: Collection[str]) -> Any:
    """Select ids of records, or normalised names, with the entity that each means."""
    columns = (entity.c.id, entity.c.key, entity.c.name)
    if not noun:
        return (
            select(alias.c.normalised, *columns)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(in_values(connection, alias.c.normalised, ids))
            .where(entity.c.kind == EntityKind.ORGANIZATION.value)
        )
    return (
        select(record.c.external_id, *columns)
        .join(source, source.c.id == record.c.source_id)
        .join(entity, entity.c.id == record.c.entity_id)
        .where(source.c.key == key, record.c.noun == noun, record.c.gone_in.is_(None))
        .where(in_values(connection, record.c.external_id, ids))
    )
