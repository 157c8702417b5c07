"""Checksums of what identifies entities, and of what decisions gave to each of them.

The checksum of an entity covers its id, kind and key. If decisions gave it records of others, it
also covers the rows that say where these come from, as nothing else says it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from bricoop.db.bulk import update_rows
from bricoop.db.checksums import ContentSum, checksum_of, entity_checksum
from bricoop.db.dialect import in_values
from bricoop.db.schema import cluster_member, cluster_pointer, cluster_record, entity, record

#: Columns that identify an entity; all others are derived from records.
_IDENTITY = (entity.c.id, entity.c.kind, entity.c.key)


def altered_identities(connection: Connection) -> dict[int, str]:
    """Return the entities with an altered kind, key, merge or cluster: descriptions by id."""
    sums = _cluster_sums(connection)
    own: Any = select(*_IDENTITY, entity.c.checksum, entity.c.merged_into)
    altered = {}
    for row in connection.execute(own.execution_options(yield_per=5000)):
        if row.merged_into is not None or not _is_whole(row, sums):
            joined = ", or what decisions joined with it" if row.id in sums else ""
            altered[row.id] = f"{row.kind} {row.key}{joined}"
    return altered


def whole_identities(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of some entities that exist and match their checksums."""
    sums = _cluster_sums(connection, ids)
    return {row.id for row in _identities(connection, ids) if _is_whole(row, sums)}


def set_identity_checksums(connection: Connection, ids: Collection[int]) -> None:
    """Store the checksums of some entities, as far as they exist, after their clusters changed.

    Args:
        connection: an open transaction that holds the writers' lock.
        ids: entities that matched their checksums before, so that alterations stay detectable.
    """
    sums = _cluster_sums(connection, ids)
    changed = [
        {"the_id": row.id, "checksum": checksum}
        for row in _identities(connection, ids)
        if (checksum := _checksum(row, sums)) != row.checksum
    ]
    update_rows(connection, entity, changed)


def _identities(connection: Connection, ids: Collection[int]) -> list[Row[Any]]:
    chosen = in_values(connection, entity.c.id, ids)
    return list(connection.execute(select(*_IDENTITY, entity.c.checksum).where(chosen)))


def _is_whole(row: Row[Any], sums: Mapping[int, ContentSum]) -> bool:
    # The second one is that of clusters which were stored before checksums covered them.
    return row.checksum in {_checksum(row, sums), entity_checksum(row.id, row.kind, row.key)}


def _checksum(row: Row[Any], sums: Mapping[int, ContentSum]) -> str:
    own = entity_checksum(row.id, row.kind, row.key)
    return checksum_of([own, str(sums[row.id])]) if row.id in sums else own


def _cluster_sums(
    connection: Connection, ids: Collection[int] | None = None
) -> dict[int, ContentSum]:
    """Return the checksums of what decisions gave to entities; of all entities without `ids`."""
    sums: dict[int, ContentSum] = defaultdict(ContentSum)
    for owner, statement in _cluster_rows():
        chosen = statement if ids is None else statement.where(in_values(connection, owner, ids))
        for number, *values in connection.execute(chosen.execution_options(yield_per=5000)):
            sums[number].add(*map(str, values))
    return sums


def _cluster_rows() -> Iterator[tuple[Column[Any], Any]]:
    """Yield statements that select the entity that has something by decisions, and its rows."""
    member, pointer = cluster_member.c, cluster_pointer.c
    columns = (member.canonical_id, member.entity_id, member.kind, member.key, member.name)
    yield member.canonical_id, select(*columns)
    home = cluster_record.c.own_entity_id
    yield (
        record.c.entity_id,
        select(record.c.entity_id, cluster_record.c.record_id, home).join(
            record, record.c.id == cluster_record.c.record_id
        ),
    )
    named = (pointer.fact, pointer.record_id, pointer.position, pointer.own_entity_id)
    yield (
        member.canonical_id,
        select(member.canonical_id, *named).join(
            cluster_member, member.entity_id == pointer.own_entity_id
        ),
    )
