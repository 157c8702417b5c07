"""Buffer of new rows, written together in an order that satisfies the foreign keys."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.checksums import entity_checksum
from bricoop.db.schema import entity, metadata, record
from bricoop.db.search.parts import Shown
from bricoop.domain.names import normalise
from bricoop.domain.project_kinds.short_names import short_name
from bricoop.domain.vocabularies import AliasKind, EntityKind
from bricoop.ingest.facts.derive import COLUMNS, HEAD, FactRows, empty_rows
from bricoop.ingest.facts.pending_documents import PendingDocuments
from bricoop.ingest.resolve.name_filter import NameFilter
from bricoop.ingest.transform.validate import PreparedRow

_RECORD = (
    "id", "source_id", "load_id", "entity_id", "noun", "external_id",
    "locator", "stated_name", "fields", "raw", "digest", "standing",
)  # fmt: skip
#: Where the normalised name stands in a row of names.
_NORMALISED = len(HEAD) + COLUMNS["alias"].index("normalised")
_ENTITY = ("id", "kind", "key", "name", "normalised", "description", "checksum")


def mention_position(entity_id: int) -> int:
    """Return the position, among a record's facts, of the name that it gives an entity by mention.

    The record's own facts are numbered from 0, so negative positions never collide with them; a
    record names each entity by mention only once.
    """
    return -1 - entity_id


class Buffer:
    """The new rows of a chunk of a batch.

    Attributes:
        facts: the new rows of every table of facts, filled by `Deriver`.
        flushes: how often rows were inserted.
    """

    def __init__(
        self, connection: Connection, pending: PendingDocuments, name_filter: NameFilter
    ) -> None:
        """Start empty; everything added is also passed to `pending` and `name_filter`."""
        self.facts: FactRows = empty_rows()
        self.flushes = 0
        self._connection = connection
        self._pending = pending
        self._name_filter = name_filter
        self._entities: list[tuple[Any, ...]] = []
        self._described: dict[EntityKind, list[tuple[Any, ...]]] = defaultdict(list)
        self._named: dict[EntityKind, list[tuple[Any, ...]]] = defaultdict(list)
        self._records: list[tuple[Any, ...]] = []
        self._ids_by_entity: defaultdict[int, set[str]] = defaultdict(set)

    def add_entity(
        self, entity_id: int, kind: str, key: str, name: str, description: str | None
    ) -> None:
        """Add an entity; its subtype row is added by `describe` or `mention`."""
        normalised = normalise(name)
        checksum = entity_checksum(entity_id, kind, key)
        self._entities.append((entity_id, kind, key, name, normalised, description, checksum))
        self._pending.add_entity(Shown(entity_id, key, name, normalised, description))

    def describe(self, entity_id: int, kind: EntityKind, values: Mapping[str, Any]) -> None:
        """Add the subtype row of a new entity; values are in the order of the columns."""
        self._described[kind].append((entity_id, *values.values()))

    def mention(self, record_id: int, entity_id: int, kind: EntityKind, name: str) -> None:
        """Add an empty subtype row and the only name of an entity mentioned by a record."""
        is_project = kind is EntityKind.PROJECT
        self._named[kind].append((entity_id, short_name(name)) if is_project else (entity_id,))
        position = mention_position(entity_id)
        self.facts["alias"].append(
            (record_id, position, entity_id, name, normalise(name), AliasKind.NAME.value, None)
        )

    def add_record(self, head: tuple[int, int, int, int, str], row: PreparedRow) -> None:
        """Add a record; `head` is its id, source id, load id, entity id and noun."""
        self._pending.add_record(head[3], row.external_id)
        self._ids_by_entity[head[3]].add(row.external_id)
        self._records.append(
            (
                *head,
                row.external_id,
                row.locator,
                row.stated_name,
                row.stored_json,
                row.raw_json,
                row.digest,
                head[3],
            )
        )

    def ids_about(self, entity_id: int) -> set[str]:
        """Return the external ids of the buffered records about an entity."""
        return self._ids_by_entity.get(entity_id, set())

    def flush(self) -> None:
        """Insert all buffered rows; later queries see them."""
        kinds = metadata.tables
        self._pending.add_facts(self.facts)
        self._name_filter.keys(row[2] for row in self._entities)
        self._name_filter.names(row[_NORMALISED] for row in self.facts["alias"])
        insert_rows(
            self._connection,
            [
                Rows(entity, _ENTITY, self._entities),
                *(
                    Rows(kinds[kind], kinds[kind].columns.keys(), rows)
                    for kind, rows in self._described.items()
                    if kind in kinds
                ),
                *(
                    Rows(kinds[kind], ("id", "short_name")[: len(rows[0])], rows)
                    for kind, rows in self._named.items()
                    if kind in kinds and rows
                ),
                Rows(record, _RECORD, self._records, utf8=("fields", "raw")),
                *(
                    Rows(metadata.tables[name], (*HEAD, *COLUMNS[name]), rows)
                    for name, rows in self.facts.items()
                ),
            ],
        )
        self.flushes += 1
        self._entities, self._records = [], []
        for waiting in (self._described, self._named, self._ids_by_entity, self.facts):
            waiting.clear()
