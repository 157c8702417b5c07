"""Delete the facts of records, and entities to which no record or fact refers any more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, delete, select

from bricoop.db.schema import (
    FACTS,
    agreement_party,
    entity,
    entity_country,
    entity_link,
    entity_region,
    finance,
    finding,
    metadata,
    organization,
    participation,
    record,
)
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.editions.undo_log import log_rows

_BATCH = 1000

#: Columns of facts that refer to an entity other than the record's own.
MENTIONS: tuple[Column[Any], ...] = (
    participation.c.organization_id,
    agreement_party.c.party_id,
    finance.c.financier_id,
    entity_region.c.region_id,
    entity_country.c.country_id,
    entity_link.c.link_id,
    finding.c.link_id,
)
_OWN: tuple[Column[Any], ...] = tuple(table.c.entity_id for table in FACTS)
_HOME: Column[Any] = organization.c.country_id


def delete_facts(connection: Connection, record_ids: Iterable[int]) -> None:
    """Delete the facts of records without logging them for an undo."""
    for batch in _batches(record_ids):
        for table in FACTS:
            connection.execute(delete(table).where(table.c.record_id.in_(batch)))


def replace_facts(connection: Connection, said_in: Mapping[int, int], load_id: int) -> None:
    """Delete the facts of records that a load changes, and log them so that it can be undone.

    Args:
        connection: an open transaction.
        said_in: for each record id, the id of the load that wrote it.
        load_id: the load that changes the records.
    """
    for batch in _batches(said_in):
        for table in FACTS:
            own = table.c.record_id.in_(batch)
            rows = connection.execute(select(table).where(own)).all()
            if rows:
                index = table.columns.keys().index("record_id")
                log_rows(connection, load_id, table, [(said_in[row[index]], row) for row in rows])
                connection.execute(delete(table).where(own))


def entities_of_facts(connection: Connection, record_ids: Iterable[int]) -> set[int]:
    """Return the ids of all entities to which the facts of records refer."""
    entity_ids: set[int] = set()
    for batch in _batches(record_ids):
        for column in (*MENTIONS, *_OWN):
            statement = select(column).where(column.table.c.record_id.in_(batch)).distinct()
            entity_ids |= {
                entity_id for entity_id in connection.scalars(statement) if entity_id is not None
            }
    return entity_ids


def records_mentioning(connection: Connection, entity_ids: Iterable[int]) -> set[int]:
    """Return the ids of records whose facts refer to these entities other than as their own."""
    record_ids: set[int] = set()
    for batch in _batches(entity_ids):
        for column in MENTIONS:
            statement = select(column.table.c.record_id).where(column.in_(batch)).distinct()
            record_ids |= set(connection.scalars(statement))
    return record_ids


def delete_orphans(
    connection: Connection, entity_ids: Iterable[int], load_id: int | None = None
) -> set[int]:
    """Delete those entities to which no record or fact refers; return their ids.

    With a `load_id`, the deleted rows are logged so that the load can be undone.
    """
    gone: set[int] = set()
    for batch in _batches(entity_ids):
        in_use = set(
            connection.scalars(select(record.c.entity_id).where(record.c.entity_id.in_(batch)))
        )
        for column in (*MENTIONS, _HOME):
            in_use |= set(connection.scalars(select(column).where(column.in_(batch)).distinct()))
        orphans = sorted(set(batch) - in_use)
        _delete(connection, orphans, load_id)
        gone |= set(orphans)
    return gone


def _delete(connection: Connection, orphans: Sequence[int], load_id: int | None) -> None:
    for batch in _batches(orphans):
        if load_id is not None:
            kinds = [metadata.tables[kind] for kind in EntityKind if kind in metadata.tables]
            for table in (entity, *kinds):
                # The checksum is computed anew when the row is restored.
                columns = [column for column in table.columns if column.name != "checksum"]
                rows = connection.execute(select(*columns).where(table.c.id.in_(batch)))
                log_rows(connection, load_id, table, [(None, row) for row in rows], columns)
        for table in FACTS:
            connection.execute(delete(table).where(table.c.entity_id.in_(batch)))
        for kind in EntityKind:
            if kind in metadata.tables:
                table = metadata.tables[kind]
                connection.execute(delete(table).where(table.c.id.in_(batch)))
        connection.execute(delete(entity).where(entity.c.id.in_(batch)))


def _batches(values: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
