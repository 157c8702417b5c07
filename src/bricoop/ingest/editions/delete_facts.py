"""Delete the facts of records, and entities to which no record or fact refers any more."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Select, delete, select, union

from bricoop.db.dialect import in_values
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
    project_kind,
    record,
)
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.editions.undo_log import log_rows

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
#: All columns of facts that refer to an entity.
POINTERS: tuple[Column[Any], ...] = (*MENTIONS, *(table.c.entity_id for table in FACTS))
#: The tables of entities, those that others refer to first.
_ENTITIES = (entity, *(metadata.tables[kind] for kind in EntityKind if kind in metadata.tables))


def delete_facts(connection: Connection, record_ids: Collection[int]) -> None:
    """Delete the facts of records without logging them for an undo."""
    for table in FACTS:
        own = in_values(connection, table.c.record_id, record_ids)
        connection.execute(delete(table).where(own))


def replace_facts(connection: Connection, said_in: Mapping[int, int], load_id: int) -> None:
    """Delete the facts of records that a load changes, and log them so that it can be undone.

    Args:
        connection: an open transaction.
        said_in: for each record id, the id of the load that wrote it.
        load_id: the load that changes the records.
    """
    for table in FACTS:
        own = in_values(connection, table.c.record_id, said_in)
        if table is project_kind:
            # Undoing derives kinds again, as the table of rules may be another one by then.
            connection.execute(delete(table).where(own))
            continue
        rows = connection.execute(select(table).where(own)).all()
        if rows:
            index = table.columns.keys().index("record_id")
            log_rows(connection, load_id, table, [(said_in[row[index]], row) for row in rows])
            connection.execute(delete(table).where(own))


def entities_of_facts(connection: Connection, record_ids: Iterable[int]) -> set[int]:
    """Return the ids of all entities to which the facts of records refer."""
    ids = set(record_ids)
    return _union(
        connection,
        (
            select(column).where(in_values(connection, column.table.c.record_id, ids))
            for column in POINTERS
        ),
    )


def records_mentioning(connection: Connection, entity_ids: Iterable[int]) -> set[int]:
    """Return the ids of records whose facts refer to these entities other than as their own."""
    ids = set(entity_ids)
    return _union(
        connection,
        (
            select(column.table.c.record_id).where(in_values(connection, column, ids))
            for column in MENTIONS
        ),
    )


def delete_orphans(
    connection: Connection, entity_ids: Iterable[int], load_id: int | None = None
) -> set[int]:
    """Delete those entities to which no record or fact refers; return their ids.

    With a `load_id`, the deleted rows are logged so that the load can be undone.
    """
    ids = set(entity_ids)
    referring = (record.c.entity_id, *MENTIONS, organization.c.country_id)
    orphans = ids - _union(
        connection,
        (select(column).where(in_values(connection, column, ids)) for column in referring),
    )
    if orphans and load_id is not None:
        for table in _ENTITIES:
            # The checksum is computed anew when the row is restored.
            columns = [column for column in table.columns if column.name != "checksum"]
            own = in_values(connection, table.c.id, orphans)
            rows = connection.execute(select(*columns).where(own).order_by(table.c.id))
            log_rows(connection, load_id, table, [(None, row) for row in rows], columns)
    if orphans:
        keys = (*(table.c.entity_id for table in FACTS), *(table.c.id for table in _ENTITIES[::-1]))
        for key in keys:
            connection.execute(delete(key.table).where(in_values(connection, key, orphans)))
    return orphans


def _union(connection: Connection, statements: Iterable[Select[Any]]) -> set[int]:
    """Return the values of several statements with one column, without NULL."""
    return set(connection.scalars(union(*statements))) - {None}
