"""Finds the records that decisions refer to, with their projects and deals."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import cluster_record, deal_member, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import FINANCE
from bricoop.ingest.clusters.homes import HOME, parsed

_BATCH = 1000
_RECORDS = record.join(source, source.c.id == record.c.source_id)


class ReferencedRecord(NamedTuple):
    """A record that references mean.

    Attributes:
        entity_id: the project that it is about.
        home: the project that it is about without decisions.
        deal: the first record of its deal, or itself; None for a record that is no deal.
    """

    entity_id: int
    home: int
    deal: int | None


def records_by_reference(
    connection: Connection, refs: Collection[str]
) -> dict[str, ReferencedRecord]:
    """Return the records of references, of those to projects and deals that are here."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for ref in parsed(refs).values():
        if not ref.is_organization:
            groups[ref.source, ref.noun].append(ref.id)
    records: dict[str, ReferencedRecord] = {}
    for (key, noun), ids in groups.items():
        for batch in in_batches(sorted(ids), _BATCH):
            is_one = in_values(connection, record.c.external_id, batch)
            records |= referenced_records(
                connection, source.c.key == key, record.c.noun == noun, is_one
            )
    return records


def referenced_records(
    connection: Connection, *conditions: ColumnElement[bool], tables: FromClause = _RECORDS
) -> Iterator[tuple[str, ReferencedRecord]]:
    """Yield the records that meet some conditions, each with the reference to it.

    Args:
        connection: an open connection.
        conditions: conditions on the tables.
        tables: `record` with its `source`, and what else the conditions are on.
    """
    statement = (
        select(
            source.c.key,
            record.c.noun,
            record.c.external_id,
            record.c.entity_id,
            HOME,
            func.coalesce(deal_member.c.deal_id, record.c.id),
        )
        .select_from(
            tables.outerjoin(cluster_record, cluster_record.c.record_id == record.c.id).outerjoin(
                deal_member, deal_member.c.record_id == record.c.id
            )
        )
        .where(*conditions)
    )
    for key, noun, number, entity_id, home, deal in connection.execute(statement):
        if entity_id is not None:
            of_deal = deal if noun == FINANCE.name else None
            yield f"{key}/{noun}/{number}", ReferencedRecord(entity_id, home, of_deal)
