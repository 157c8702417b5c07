"""What a record said and what it says now: the fields that differ, and what is kept of before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, select

from bricoop.db.headers import headers_of
from bricoop.db.schema import record, record_version
from bricoop.db.seam import among
from bricoop.domain.header import Header
from bricoop.ingest.effects import note
from bricoop.ingest.finish import Prepared
from bricoop.ingest.gone import STANDING
from bricoop.ingest.layout import Fields

#: What a record says, and where: the columns that it shares with its earlier versions.
CONTENT = ("load_id", "locator", "stated_name", "fields", "raw", "digest")


class Known(Protocol):
    """What is known of a record that is to change."""

    id: int
    entity_id: int | None
    gone_in: int | None


def keep_contents(connection: Connection, before: Sequence[Known], load_id: int) -> None:
    """Keep what records said before a load changes it, and that some of them were gone."""
    kept = select(record.c.id, *(record.c[name] for name in CONTENT))
    chosen = among(connection, record.c.id, [one.id for one in before])
    connection.execute(
        record_version.insert().from_select(["record_id", *CONTENT], kept.where(chosen))
    )
    gone = [
        (None, (one.id, one.entity_id, one.gone_in)) for one in before if one.gone_in is not None
    ]
    note(connection, load_id, record, gone, STANDING)


def changed_fields(
    connection: Connection, noun: str, header: Header, rows: Mapping[int, Prepared]
) -> dict[int, list[str]]:
    """Return in which fields each of some records differs from the row that it is to say.

    A column that no field is read from stands under its header. A record without any difference
    says the same, though its file may have its columns in another order.
    """
    columns = (record.c.id, record.c.load_id, record.c.fields, record.c.raw)
    found = connection.execute(
        select(*columns).where(among(connection, record.c.id, list(rows)))
    ).all()
    headers = headers_of(connection, [(row.load_id, noun) for row in found])
    return {
        row.id: differing(
            (row.fields, headers[row.load_id, noun].said(row.raw)),
            (rows[row.id].fields, header.said(rows[row.id].raw)),
            {column for names in header.origins.values() for column in names},
        )
        for row in found
    }


def differing(
    before: tuple[Fields, dict[str, str]], after: tuple[Fields, dict[str, str]], read: set[str]
) -> list[str]:
    """Return the fields, and the columns that no field is read from, in which two contents differ.

    Args:
        before: the fields and the cells under their headers.
        after: the same, later.
        read: the columns from which fields are read.
    """
    fields = list(_keys(before[0], after[0]))
    if fields:
        return fields + [name for name in _keys(before[1], after[1]) if name not in read]
    return list(_keys(before[1], after[1]))


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield name
