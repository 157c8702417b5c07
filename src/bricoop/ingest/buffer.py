"""Rows wait here until a batch is whole, and are then written in the order foreign keys ask for."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bricoop.db.schema import entity, metadata, record
from bricoop.db.seam import insert_rows
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import AliasKind, EntityKind
from bricoop.ingest.derive import COLUMNS, HEAD, FactRows, empty_rows
from bricoop.ingest.prepare import Prepared

_RECORD = (
    "id", "source_id", "load_id", "entity_id", "noun", "external_id",
    "locator", "stated_name", "fields", "raw", "digest",
)  # fmt: skip
_ENTITY = ("id", "kind", "key", "name", "normalised", "description")


def mention_position(entity_id: int) -> int:
    """Return the place, among a record's facts, of a name that it gives by mention.

    The record's own facts count up from 0, and a record names an entity by mention once: whatever
    else it says, in this batch or in a later load, takes another place.
    """
    return -1 - entity_id


class Buffer:
    """The new rows of one batch.

    Attributes:
        facts: the new rows of every table of facts, for `derive` to fill.
    """

    def __init__(self, connection: Connection) -> None:
        """Begin empty."""
        self.facts: FactRows = empty_rows()
        self._connection = connection
        self._entities: list[tuple[Any, ...]] = []
        self._described: dict[EntityKind, list[tuple[Any, ...]]] = defaultdict(list)
        self._named: dict[EntityKind, list[tuple[Any, ...]]] = defaultdict(list)
        self._records: list[tuple[Any, ...]] = []

    def add_entity(
        self, entity_id: int, kind: EntityKind, key: str, name: str, description: str | None
    ) -> None:
        """Add an entity; its row in the kind's own table is added apart."""
        self._entities.append((entity_id, kind.value, key, name, normalise(name), description))

    def describe(self, entity_id: int, kind: EntityKind, values: Mapping[str, Any]) -> None:
        """Add what the kind's own table says about a new entity, in the table's order."""
        self._described[kind].append((entity_id, *values.values()))

    def mention(self, record_id: int, entity_id: int, kind: EntityKind, name: str) -> None:
        """Add an entity's row in its kind's own table, and its only name, from a record's cell."""
        self._named[kind].append((entity_id,))
        position = mention_position(entity_id)
        self.facts["alias"].append(
            (record_id, position, entity_id, name, normalise(name), AliasKind.NAME.value, None)
        )

    def add_record(
        self, record_id: int, source_id: int, load_id: int, entity_id: int, noun: str, row: Prepared
    ) -> None:
        """Add a record."""
        self._records.append(
            (
                record_id,
                source_id,
                load_id,
                entity_id,
                noun,
                row.external_id,
                row.locator,
                row.stated_name,
                row.fields_json,
                row.raw_json,
                row.digest,
            )
        )

    def flush(self) -> None:
        """Write everything that waits."""
        insert = partial(insert_rows, self._connection)
        insert(entity, _ENTITY, self._entities)
        for kind, rows in self._described.items():
            if kind in metadata.tables:
                insert(metadata.tables[kind], metadata.tables[kind].columns.keys(), rows)
        for kind, rows in self._named.items():
            if kind in metadata.tables:
                insert(metadata.tables[kind], ("id",), rows)
        insert(record, _RECORD, self._records, ready=("fields", "raw"))
        for name, rows in self.facts.items():
            insert(metadata.tables[name], (*HEAD, *COLUMNS[name]), rows)
        for waiting in (self._entities, self._described, self._named, self._records, self.facts):
            waiting.clear()
