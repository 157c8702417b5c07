"""Compare old and new content of records, and keep the old content as versions."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.headers import headers_of
from bricoop.db.schema import record, record_version
from bricoop.domain.header import Header
from bricoop.domain.record_content import Content, differing
from bricoop.ingest.editions.undo_log import log_rows
from bricoop.ingest.load.missing_records import STANDING
from bricoop.ingest.transform.validate import PreparedRow

#: The columns of a record's content, which the table of its earlier versions shares.
CONTENT = ("load_id", "locator", "stated_name", "fields", "raw", "digest")


class Known(Protocol):
    """An existing record that is about to change."""

    id: int
    entity_id: int | None
    gone_in: int | None


def keep_contents(connection: Connection, before: Sequence[Known], load_id: int) -> None:
    """Store the content of records as versions before a load changes it; log which are gone."""
    statement = select(record.c.id, *(record.c[name] for name in CONTENT))
    chosen = in_values(connection, record.c.id, [known.id for known in before])
    connection.execute(
        record_version.insert().from_select(["record_id", *CONTENT], statement.where(chosen))
    )
    gone = [
        (None, (known.id, known.entity_id, known.gone_in))
        for known in before
        if known.gone_in is not None
    ]
    log_rows(connection, load_id, record, gone, STANDING)


def changed_fields(
    connection: Connection, noun: str, header: Header, rows: Mapping[int, PreparedRow]
) -> dict[int, list[str]]:
    """Return for each record id the fields in which it differs from its new row.

    Columns that no field is read from are compared under their header. The list is empty if only
    the order of the columns changed.
    """
    columns = (record.c.id, record.c.load_id, full_fields(record).label("fields"), record.c.raw)
    records = connection.execute(
        select(*columns).where(in_values(connection, record.c.id, list(rows)))
    ).all()
    headers = headers_of(connection, [(row.load_id, noun) for row in records])
    return {
        row.id: [
            field.name
            for field in differing(
                Content(row.fields, row.raw, headers[row.load_id, noun]),
                Content(rows[row.id].fields, rows[row.id].raw, header),
            )
        ]
        for row in records
    }
