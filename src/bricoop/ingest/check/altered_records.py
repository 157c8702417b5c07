"""Find loaded rows that were altered in the database since, by their digests and checksums.

Records have digests; sources, loads, entity identities and the version of the knowledge base have
checksums. Altered rows cannot be derived again, nor can facts be derived from them. All records
are read once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Row, Text, cast, select

from bricoop.db.check import Check
from bricoop.db.checksums import (
    ContentSum,
    altered_loads,
    altered_sources,
    decision_digest,
    is_base_altered,
)
from bricoop.db.dialect import in_values
from bricoop.db.identity_checksums import altered_identities
from bricoop.db.schema import decision, load, load_header, record, record_version
from bricoop.domain.amounts import plain
from bricoop.domain.cell_references import MARK, restored
from bricoop.domain.nouns import DECISIONS
from bricoop.ingest.check.moved_records import altered_aims
from bricoop.ingest.transform.validate import digest_of

#: How many rows are read at once.
_BATCH = 1000


@dataclass(frozen=True)
class Altered:
    """The loaded rows that were altered: for each id, a description for messages.

    Attributes:
        records: records whose content does not match their digest.
        aims: records that are about another entity than when they were loaded.
        loads: loads of which the description, headers, effects or records were altered or deleted.
        sources: sources whose description was altered.
        entities: entities whose kind or key was altered.
        is_base: whether the version of the knowledge base was altered.
    """

    records: dict[int, str]
    aims: dict[int, str]
    loads: dict[int, str]
    sources: dict[int, str]
    entities: dict[int, str]
    is_base: bool

    @staticmethod
    def of(connection: Connection) -> "Altered":
        """Compare all loaded rows with their digests and checksums."""
        contents: dict[int, ContentSum] = defaultdict(ContentSum)
        records = dict(_altered_records(connection, contents))
        _add_decisions(connection, contents)
        return Altered(
            records,
            altered_aims(connection),
            altered_loads(connection, contents),
            altered_sources(connection),
            altered_identities(connection),
            is_base_altered(connection),
        )

    def checks(self) -> list[Check]:
        """Return one check for each kind of row, with the rows that fail it."""
        base = ["the version of the knowledge base"] if self.is_base else []
        return [
            Check.of("every record matches its digest", self.records.values()),
            Check.of("every record is about the entity that its load named", self.aims.values()),
            Check.of("every load matches its checksum", [*base, *self.loads.values()]),
            Check.of("every source matches its checksum", self.sources.values()),
            Check.of("every entity has its own kind and key", self.entities.values()),
        ]

    def is_reliable(self, row: Row[Any]) -> bool:
        """Return whether facts can be derived from a record: nothing it depends on was altered.

        Args:
            row: a record with the columns `id`, `load_id`, `source_id` and `entity_id`.
        """
        return not (
            row.id in self.records
            or row.id in self.aims
            or row.load_id in self.loads
            or row.source_id in self.sources
            or row.entity_id in self.entities
        )

    def entities_in_doubt(self, connection: Connection) -> set[int]:
        """Return the ids of entities whose values cannot be derived, as something was altered."""
        in_doubt = set(self.entities)
        if not (self.records or self.aims or self.loads or self.sources):
            return in_doubt
        columns = (record.c.id, record.c.load_id, record.c.source_id, record.c.entity_id)
        for rows in paged(connection, select(*columns), record.c.id):
            in_doubt.update(
                row.entity_id for row in rows if row.entity_id and not self.is_reliable(row)
            )
        return in_doubt


def paged(connection: Connection, statement: Any, key: Column[int]) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rows of a statement in pages; its first column must be the key."""
    # By key and not by OFFSET, which reads all earlier rows again for each page.
    last = 0
    while True:
        page = statement.where(key > last).order_by(key).limit(_BATCH)
        rows = connection.execute(page).all()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _altered_records(
    connection: Connection, contents: dict[int, ContentSum]
) -> Iterator[tuple[int, str]]:
    """Yield id and description of the records of which a version does not match its digest.

    Args:
        connection: an open transaction.
        contents: for each load, the checksum of its records, to which each record is added.
    """
    own = (record.c.id, record.c.noun, record.c.external_id)
    for table in (record, record_version):
        contents_as_text = (
            cast(table.c.fields, Text).label("fields"),
            cast(table.c.raw, Text).label("raw"),
        )
        columns = (table.c.id.label("number"), *own, table.c.load_id, table.c.locator,
                   table.c.stated_name, table.c.digest, *contents_as_text)  # fmt: skip
        statement = select(*columns)
        if table is record_version:
            statement = statement.join(record, record.c.id == record_version.c.record_id)
        for rows in paged(connection, statement, table.c.id):
            columns_of = _columns_of(connection, {row.load_id for row in rows})
            for row in rows:
                contents[row.load_id].add(
                    row.noun, row.external_id, row.locator, row.stated_name, row.digest
                )
                if not _is_as_digested(row, columns_of.get((row.load_id, row.noun), ())):
                    yield row.id, f"{row.noun} {row.external_id!r} of load {row.load_id}"


def _add_decisions(connection: Connection, contents: dict[int, ContentSum]) -> None:
    """Add the decisions of each load to the checksum of its content, but for altered ones."""
    sources = dict(connection.execute(select(load.c.id, load.c.source_id)).all())
    for rows in paged(connection, select(decision), decision.c.id):
        for row in rows:
            score = None if row.score is None else plain(row.score)
            digest = decision_digest({
                "left": row.left_ref, "right": row.right_ref, "relation": row.relation,
                "reviewer": row.reviewer, "decided_at": row.decided_at, "why": row.why,
                "score": score, "features": row.features, "left_seen": row.left_seen,
                "right_seen": row.right_seen, "replaces": row.replaces,
            })  # fmt: skip
            if (digest, row.source_id) == (row.digest, sources.get(row.load_id)):
                content = (DECISIONS.name, row.external_id, row.locator, None, digest)
                contents[row.load_id].add(*content)


def _columns_of(
    connection: Connection, load_ids: Iterable[int]
) -> dict[tuple[int, str], Sequence[str]]:
    """Return the header columns of each load and noun; empty where they are not valid JSON."""
    header = load_header.c
    statement = select(header.load_id, header.noun, cast(header.columns, Text))
    columns_by_header = {}
    for load_id, noun, text in connection.execute(
        statement.where(in_values(connection, header.load_id, load_ids))
    ):
        try:
            columns = orjson.loads(text)
        except orjson.JSONDecodeError:
            columns = None
        is_list = isinstance(columns, list) and all(isinstance(name, str) for name in columns)
        columns_by_header[load_id, noun] = columns if is_list else ()
    return columns_by_header


def _is_as_digested(row: Row[Any], columns: Sequence[str]) -> bool:
    fields = orjson.loads(row.fields)
    if MARK in row.fields:
        try:
            fields = restored(fields, orjson.loads(row.raw))
        except LookupError:
            return False
    fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    raw = row.raw.encode()
    # The digest includes a locator that the row itself states, but not the line number that stands
    # in for it; the record does not tell which of the two its locator is.
    locators = (None, row.locator)
    return any(digest_of(columns, fields_json, raw, locator) == row.digest for locator in locators)
