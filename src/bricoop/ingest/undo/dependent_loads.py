"""Find the later loads that depend on a load and might read their rows differently without it.

Loads match rows to entities by names and keys. So a later load depends on an earlier one if both
refer to the same entity, or to entities that share a name or the stem of a key (the second
`new-port` gets the key `new-port-2`); if it read a newer edition of the same rows; or if it depends
on a load that does. Countries, regions and links are ignored: rows name them by codes, and
a load that defines some which others need cannot be undone at all.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, union

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    alias,
    entity,
    load,
    load_effect,
    load_header,
    metadata,
    record,
    record_version,
)
from bricoop.db.undo_rows import kept
from bricoop.domain.nouns import REFERENCE_KINDS
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.editions.delete_facts import POINTERS, entities_of_facts

_NUMBER = re.compile(r"-\d+$")


@dataclass
class Reach:
    """The entities to which loads refer: their ids, normalised names, and stems of keys."""

    entities: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)

    def add(self, other: "Reach") -> None:
        """Add everything in another reach."""
        self.entities |= other.entities
        self.names |= other.names
        self.stems |= other.stems

    def meets(self, other: "Reach") -> bool:
        """Return whether both have anything in common."""
        return not (
            self.entities.isdisjoint(other.entities)
            and self.names.isdisjoint(other.names)
            and self.stems.isdisjoint(other.stems)
        )


def dependents_of(connection: Connection, load_id: int) -> list[int]:
    """Return the ids of the later loads, not undone, that depend on a load, in order."""
    later = select(load.c.id).where(load.c.id > load_id, load.c.undone_at.is_(None))
    waiting = set(connection.scalars(later))
    if not waiting:
        return []
    search = _Search(connection, load_id)
    dependent = search.newer_editions() & waiting
    reached = search.reach({load_id, *dependent})
    while True:
        waiting -= dependent
        more = (search.touching(reached) | search.editions_of({load_id, *dependent})) & waiting
        if not more:
            return sorted(dependent)
        dependent |= more
        reached.add(search.reach(more))


class _Search:
    """Search for the loads that depend on a load."""

    def __init__(self, connection: Connection, load_id: int) -> None:
        self._connection = connection
        self._load_id = load_id
        ground = select(entity.c.id).where(
            entity.c.kind.in_([kind.value for kind in REFERENCE_KINDS])
        )
        self._references = set(connection.scalars(ground))
        self._effects = self._reach_of_effects()

    def newer_editions(self) -> set[int]:
        """Return the later loads of the same source that hold records of the same nouns."""
        own = select(load_header.c.noun).where(load_header.c.load_id == self._load_id)
        source_id = select(load.c.source_id).where(load.c.id == self._load_id).scalar_subquery()
        later = (
            select(load.c.id)
            .join(load_header, load_header.c.load_id == load.c.id)
            .where(load.c.source_id == source_id, load.c.id > self._load_id)
            .where(load_header.c.noun.in_(own))
        )
        return set(self._connection.scalars(later))

    def reach(self, load_ids: Iterable[int]) -> Reach:
        """Return the reach of loads, with entities that share a name or the stem of a key."""
        ids = set(load_ids)
        connection = self._connection
        own = record.c.load_id.in_(ids) | record.c.gone_in.in_(ids)
        rows = connection.execute(select(record.c.id, record.c.entity_id).where(own)).all()
        reached = Reach(entities_of_facts(connection, [row.id for row in rows]))
        reached.entities |= {row.entity_id for row in rows if row.entity_id is not None}
        for load_id in ids & self._effects.keys():
            reached.add(self._effects[load_id])
        self._widen(reached)
        return reached

    def touching(self, reached: Reach) -> set[int]:
        """Return the later loads that refer to something within reach."""
        connection, ids = self._connection, reached.entities
        touching = {number for number, reach in self._effects.items() if reach.meets(reached)}
        is_later = record.c.load_id > self._load_id
        own = select(record.c.load_id).where(is_later)
        statements = [own.where(in_values(connection, record.c.entity_id, ids))]
        for column in POINTERS:
            named = own.join(column.table, column.table.c.record_id == record.c.id)
            statements.append(named.where(in_values(connection, column, ids)))
        return touching | set(connection.scalars(union(*statements)))

    def editions_of(self, load_ids: Iterable[int]) -> set[int]:
        """Return the loads that wrote earlier or later versions of records of some loads.

        All versions of a record have to be reverted, and replayed, in order.
        """
        ids = list(load_ids)
        own, versions = (
            record_version.c.load_id,
            in_values(self._connection, record_version.c.load_id, ids),
        )
        pairs = select(own, record.c.load_id).join(
            record, record.c.id == record_version.c.record_id
        )
        of_records = select(record_version.c.record_id).where(versions)
        now = in_values(self._connection, record.c.load_id, ids)
        chosen = pairs.where(now | record.c.id.in_(of_records))
        return {number for row in self._connection.execute(chosen) for number in row}

    def _widen(self, reached: Reach) -> None:
        """Add entities that share a name or the stem of a key with those in reach."""
        connection = self._connection
        reached.entities -= self._references
        own = select(alias.c.normalised).where(
            in_values(connection, alias.c.entity_id, reached.entities)
        )
        reached.names |= set(connection.scalars(own))
        named = select(alias.c.entity_id).where(
            in_values(connection, alias.c.normalised, reached.names)
        )
        reached.entities |= set(connection.scalars(named)) - self._references
        keys = select(entity.c.key).where(in_values(connection, entity.c.id, reached.entities))
        reached.stems |= set(map(_stem, connection.scalars(keys)))
        for number, key in connection.execute(select(entity.c.id, entity.c.key)):
            if number not in self._references and _stem(key) in reached.stems:
                reached.entities.add(number)

    def _reach_of_effects(self) -> dict[int, Reach]:
        """Return the reach of the logged rows of each load, which undoing it restores."""
        reach_by_load: dict[int, Reach] = defaultdict(Reach)
        own = select(load_effect).where(load_effect.c.load_id >= self._load_id)
        for effect in kept(self._connection.execute(own)):
            row = effect.row
            reach = Reach(_pointed_to(effect.table_name, row) - self._references)
            if "normalised" in row and row.get("entity_id", row.get("id")) not in self._references:
                reach.names.add(row["normalised"])
            if "key" in row:
                reach.stems.add(_stem(row["key"]))
            # The row concerns both the load that wrote it and the one that deleted it.
            for load_id in {effect.load_id, effect.said_in} - {None}:
                if load_id >= self._load_id:
                    reach_by_load[load_id].add(reach)
        return reach_by_load


def _pointed_to(table_name: str, row: dict[str, Any]) -> set[int]:
    table = metadata.tables[table_name]
    kinds = {entity.name, *EntityKind}
    names = {key.parent.name for key in table.foreign_keys if key.column.table.name in kinds}
    if table_name in kinds:
        names.add("id")
    return {row[name] for name in names if row.get(name) is not None}


def _stem(key: str) -> str:
    return _NUMBER.sub("", key)
