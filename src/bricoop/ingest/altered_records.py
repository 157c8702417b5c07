"""What was loaded and somebody altered since: it cannot be derived again, nor what follows from it.

Records have digests, and sources, loads, identities and the version have checksums; all records
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
    altered_identities,
    altered_loads,
    altered_sources,
    is_base_altered,
)
from bricoop.db.dialect import in_values
from bricoop.db.schema import load_header, record, record_version
from bricoop.ingest.moved_records import altered_aims
from bricoop.ingest.transform.validate import digest_of

#: So many rows are read at once.
_BATCH = 1000


@dataclass(frozen=True)
class Altered:
    """What is not what was loaded, each by its number, in words.

    Attributes:
        records: records that say something else than their digest was made of.
        aims: records that are about something else than they were.
        loads: loads whose description, headers, effects or records were altered, or lack some.
        sources: sources that are described otherwise.
        entities: entities of another kind or key.
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
        """Compare everything that was loaded with its checksums."""
        contents: dict[int, ContentSum] = defaultdict(ContentSum)
        records = dict(_altered_records(connection, contents))
        return Altered(
            records,
            altered_aims(connection),
            altered_loads(connection, contents),
            altered_sources(connection),
            altered_identities(connection),
            is_base_altered(connection),
        )

    def checks(self) -> list[Check]:
        """Return what holds of that, and what does not."""
        base = ["the version of the knowledge base"] if self.is_base else []
        return [
            Check.of("every record matches its digest", self.records.values()),
            Check.of("every record is about the entity that its load named", self.aims.values()),
            Check.of("every load matches its checksum", [*base, *self.loads.values()]),
            Check.of("every source matches its checksum", self.sources.values()),
            Check.of("every entity has its own kind and key", self.entities.values()),
        ]

    def is_reliable(self, row: Row[Any]) -> bool:
        """Return whether what follows from a record can be told: nothing that it rests on is amiss.

        Args:
            row: a record with its number, load, source and entity.
        """
        return not (
            row.id in self.records
            or row.id in self.aims
            or row.load_id in self.loads
            or row.source_id in self.sources
            or row.entity_id in self.entities
        )

    def entities_in_doubt(self, connection: Connection) -> set[int]:
        """Return the entities of which it cannot be told what they should show."""
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
    """Yield the rows of a statement whose first column is a key, some at a time."""
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
    """Yield the records whose digest is not that of what they say, now or in a version.

    Args:
        connection: an open transaction.
        contents: by load, the sum of what its records say: each record is added.
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


def _columns_of(
    connection: Connection, load_ids: Iterable[int]
) -> dict[tuple[int, str], Sequence[str]]:
    """Return the columns of each load and noun; those that cannot be read are none."""
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
    fields = orjson.dumps(orjson.loads(row.fields), option=orjson.OPT_SORT_KEYS)
    raw = row.raw.encode()
    # A place that the row itself names is digested, its line is not; the record does not tell which
    # of them its locator is.
    locators = (None, row.locator)
    return any(digest_of(columns, fields, raw, locator) == row.digest for locator in locators)
