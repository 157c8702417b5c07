"""Checksums of data that cannot be derived again: sources, loads and identities of entities.

Data derived from records are checked by deriving them again; what was loaded can only be compared
with a checksum. NULLs are left out, so that a new column changes no checksum.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Column, Connection, RowMapping, Table, Text, cast, select, update

from bricoop.db.schema import knowledge_base, load, load_effect, load_header, source

_BYTES = 16


def checksum_of(values: Any) -> str:
    """Return the checksum of JSON-like data."""
    whole = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(whole, digest_size=_BYTES).hexdigest()


class ContentSum:
    """A checksum of rows that does not depend on their order: a sum of digests.

    Attributes:
        value: the sum of the digests of all rows, as an integer.
    """

    def __init__(self) -> None:
        """Begin with no row."""
        self.value = 0

    def add(self, *values: str | int | None) -> None:
        """Add a row."""
        digest = hashlib.blake2b(orjson.dumps(values), digest_size=_BYTES).digest()
        self.value += int.from_bytes(digest)

    def __str__(self) -> str:
        """Return the sum as a text of fixed length."""
        return f"{self.value % (1 << 8 * _BYTES):0{2 * _BYTES}x}"


def standing_of(entity_id: int | None, gone_in: int | None) -> int:
    """Return the value of `record.standing`: the entity, or the negated load that found it gone."""
    return entity_id if entity_id is not None else -(gone_in or 0)


def entity_checksum(entity_id: int, kind: str, key: str) -> str:
    """Return the checksum of the identity of an entity."""
    return checksum_of({"id": entity_id, "kind": kind, "key": key})


def decision_digest(values: Mapping[str, Any]) -> str:
    """Return the digest of what a decision says, whatever its id and place.

    Args:
        values: its values by the names of the columns of load files; empty ones may be absent.
    """
    names = values.keys() - {"id", "locator"}
    return checksum_of({name: values[name] for name in names if values[name] is not None})


def row_checksum(values: Mapping[str, Any]) -> str:
    """Return the checksum of a row that was selected by `texts_of`."""
    return checksum_of({name: value for name, value in values.items() if value is not None})


def texts_of(table: Table) -> list[Any]:
    """Return the columns that the checksum of a table covers, cast to text."""
    return [_text(column) for column in table.columns if column.name != "checksum"]


def _without_checksum(row: RowMapping) -> dict[str, Any]:
    """Return the values of a row by column, without the checksum itself."""
    return {str(name): value for name, value in row.items() if name != "checksum"}


def _text(column: Column[Any]) -> Any:
    return cast(column, Text).label(column.name)


def load_checksum(connection: Connection, values: Mapping[str, Any], records: ContentSum) -> str:
    """Return the checksum of a load.

    Args:
        connection: an open transaction.
        values: its row, as selected by `texts_of`.
        records: the sum of the records that it wrote, in the version that it wrote.
    """
    load_id = int(values["id"])
    headers, effects = ContentSum(), ContentSum()
    header = load_header.c
    documents = [_text(column) for column in (header.columns, header.letters, header.origins)]
    own = select(header.noun, *documents).where(header.load_id == load_id)
    for noun, *texts in connection.execute(own):
        headers.add(noun, *map(_canonical, texts))
    effect_columns = (load_effect.c.said_in, load_effect.c.table_name, _text(load_effect.c.row))
    taken = select(*effect_columns).where(load_effect.c.load_id == load_id)
    for said_in, table_name, row in connection.execute(taken):
        effects.add(said_in, table_name, _canonical(row))
    sums = {"headers": str(headers), "effects": str(effects), "records": str(records)}
    return checksum_of([row_checksum(values), sums])


def _canonical(document: str) -> str:
    """Return JSON in a canonical form, and other texts unchanged."""
    try:
        return json.dumps(json.loads(document), sort_keys=True)
    except ValueError:
        return document


def set_load_checksum(
    connection: Connection, load_id: int, records: ContentSum | None = None
) -> None:
    """Store the checksum of a complete load; of an undone one, which has no records."""
    own = select(*texts_of(load)).where(load.c.id == load_id)
    values = connection.execute(own).mappings().one()
    checksum = load_checksum(connection, _without_checksum(values), records or ContentSum())
    connection.execute(update(load).where(load.c.id == load_id).values(checksum=checksum))


def set_source_checksum(connection: Connection, source_id: int) -> None:
    """Store the checksum of a source that was inserted or updated."""
    own = select(*texts_of(source)).where(source.c.id == source_id)
    checksum = row_checksum(_without_checksum(connection.execute(own).mappings().one()))
    connection.execute(update(source).where(source.c.id == source_id).values(checksum=checksum))


def base_checksum(version: int, created_at: str) -> str:
    """Return the checksum of the row of `knowledge_base`."""
    return checksum_of({"version": version, "created_at": created_at})


def count_version_up(connection: Connection) -> None:
    """Increment the version of the knowledge base, and lock its row until the transaction ends.

    If another program altered the row, its wrong checksum is kept, so that the alteration stays
    detectable.
    """
    connection.execute(update(knowledge_base).values(version=knowledge_base.c.version + 1))
    base = knowledge_base.c
    columns = (base.version, _text(base.created_at), base.checksum)
    row = connection.execute(select(*columns)).first()
    if row is None:
        return
    version, created_at, checksum = row
    is_first = checksum is None and version == 1
    if is_first or checksum == base_checksum(version - 1, created_at):
        new_checksum = base_checksum(version, created_at)
        connection.execute(update(knowledge_base).values(checksum=new_checksum))


def altered_sources(connection: Connection) -> dict[int, str]:
    """Return the sources with an altered row: descriptions by id."""
    columns = [*texts_of(source), source.c.checksum]
    return {
        int(row["id"]): f"source {row['key']}"
        for row in connection.execute(select(*columns)).mappings()
        if row["checksum"] != row_checksum(_without_checksum(row))
    }


def altered_loads(connection: Connection, records: Mapping[int, ContentSum]) -> dict[int, str]:
    """Return the loads that differ from their checksums: descriptions by id.

    Args:
        connection: an open transaction.
        records: by load, the sum of the records that it wrote.
    """
    altered = {}
    columns = [*texts_of(load), load.c.checksum]
    for row in connection.execute(select(*columns).order_by(load.c.id)).mappings().all():
        number = int(row["id"])
        current = load_checksum(
            connection, _without_checksum(row), records.get(number, ContentSum())
        )
        if current != row["checksum"]:
            altered[number] = f"load {number} ({row['file_name']})"
    return altered


def is_base_altered(connection: Connection) -> bool:
    """Return whether the row of `knowledge_base` was altered."""
    base = knowledge_base.c
    columns = (base.version, _text(base.created_at), base.checksum)
    return any(
        row.checksum != base_checksum(row.version, row.created_at)
        for row in connection.execute(select(*columns))
    )
