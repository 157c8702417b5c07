"""Checksums of what follows from nothing else: sources, loads with what they said, identities.

What follows from records is derived again and compared; what was loaded can only be compared with
a checksum. A value that is absent is left out, so that a new column changes no checksum.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Column, Connection, RowMapping, Table, Text, cast, select, update

from bricoop.db.schema import entity, knowledge_base, load, load_effect, load_header, source

#: What identifies an entity; all else that it shows follows from records.
IDENTITY = ("id", "kind", "key", "merged_into")
_BYTES = 16


def checksum_of(values: Any) -> str:
    """Return the checksum of texts and numbers, in mappings and lists."""
    whole = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(whole, digest_size=_BYTES).hexdigest()


class ContentSum:
    """A sum over rows that does not depend on their order, of which each may be added at once.

    Attributes:
        value: the sum.
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
    """Return what `record.standing` holds: the entity, or the negated load that found it gone."""
    return entity_id if entity_id is not None else -(gone_in or 0)


def entity_checksum(entity_id: int, kind: str, key: str) -> str:
    """Return the checksum of the identity of an entity."""
    return checksum_of({"id": entity_id, "kind": kind, "key": key})


def row_checksum(values: Mapping[str, Any]) -> str:
    """Return the checksum of a row as `texts_of` reads it."""
    return checksum_of({name: value for name, value in values.items() if value is not None})


def texts_of(table: Table) -> list[Any]:
    """Return the columns of a table that its checksum covers, as both databases write them."""
    return [_text(column) for column in table.columns if column.name != "checksum"]


def _without_checksum(row: RowMapping) -> dict[str, Any]:
    """Return what a row is checksummed of, by column."""
    return {str(name): value for name, value in row.items() if name != "checksum"}


def _text(column: Column[Any]) -> Any:
    return cast(column, Text).label(column.name)


def load_checksum(connection: Connection, values: Mapping[str, Any], records: ContentSum) -> str:
    """Return the checksum of a load.

    Args:
        connection: an open transaction.
        values: its row, as `texts_of` reads it.
        records: the sum of what its records say, or said before later loads changed them.
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
    """Return a JSON text as every serializer would write it; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(document), sort_keys=True)
    except ValueError:
        return document


def set_load_checksum(
    connection: Connection, load_id: int, records: ContentSum | None = None
) -> None:
    """Write down the checksum of a load that is complete, or undone: then it has no records."""
    own = select(*texts_of(load)).where(load.c.id == load_id)
    values = connection.execute(own).mappings().one()
    checksum = load_checksum(connection, _without_checksum(values), records or ContentSum())
    connection.execute(update(load).where(load.c.id == load_id).values(checksum=checksum))


def set_source_checksum(connection: Connection, source_id: int) -> None:
    """Write down the checksum of a source that was just described."""
    own = select(*texts_of(source)).where(source.c.id == source_id)
    checksum = row_checksum(_without_checksum(connection.execute(own).mappings().one()))
    connection.execute(update(source).where(source.c.id == source_id).values(checksum=checksum))


def base_checksum(version: int, created_at: str) -> str:
    """Return the checksum of the knowledge base's own row."""
    return checksum_of({"version": version, "created_at": created_at})


def count_version_up(connection: Connection) -> None:
    """Count the version of the knowledge base up; its row is held until the transaction ends.

    A version that somebody else changed keeps its wrong checksum.
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


def altered_identities(connection: Connection) -> dict[int, str]:
    """Return the entities whose kind, key or merge is not what it was, by number, in words."""
    columns = [entity.c[name] for name in (*IDENTITY, "checksum")]
    altered = {}
    for row in connection.execute(select(*columns).execution_options(yield_per=5000)):
        whole = row.merged_into is None and row.checksum == entity_checksum(*row[:3])
        if not whole:
            altered[row.id] = f"{row.kind} {row.key}"
    return altered


def altered_sources(connection: Connection) -> dict[int, str]:
    """Return the sources that are not described as they were, by number, in words."""
    columns = [*texts_of(source), source.c.checksum]
    return {
        int(row["id"]): f"source {row['key']}"
        for row in connection.execute(select(*columns)).mappings()
        if row["checksum"] != row_checksum(_without_checksum(row))
    }


def altered_loads(connection: Connection, records: Mapping[int, ContentSum]) -> dict[int, str]:
    """Return the loads that are not what was written down, by number, in words.

    Args:
        connection: an open transaction.
        records: by load, the sum of what its records say or said.
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
    """Return whether the version or the beginning of the knowledge base is not what it was."""
    base = knowledge_base.c
    columns = (base.version, _text(base.created_at), base.checksum)
    return any(
        row.checksum != base_checksum(row.version, row.created_at)
        for row in connection.execute(select(*columns))
    )
