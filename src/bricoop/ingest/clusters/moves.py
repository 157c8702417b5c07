"""Moves the records of entities to the entity that they are one with, and back."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, literal, select, update

from bricoop.db.checksums import entity_checksum
from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    FACTS,
    agreement_party,
    alias,
    cluster_member,
    cluster_pointer,
    cluster_record,
    entity,
    finance,
    metadata,
    parted_entity,
    participation,
    record,
)
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind

#: Columns by which facts of other entities name an organization.
_NAMING: tuple[Column[Any], ...] = (
    participation.c.organization_id,
    agreement_party.c.party_id,
    finance.c.financier_id,
)


def join_entities(connection: Connection, targets: Mapping[int, int]) -> None:
    """Give all records and facts of entities to others, and delete the entities.

    Args:
        connection: an open transaction that holds the writers' lock.
        targets: the new entity by home; homes must have their own records only.
    """
    if not targets:
        return
    own = in_values(connection, cluster_member.c.entity_id, targets)
    kinds = _insert_members(connection, targets)
    moved = select(record.c.id, record.c.entity_id).join(
        cluster_member, cluster_member.c.entity_id == record.c.entity_id
    )
    connection.execute(
        insert(cluster_record).from_select(("record_id", "own_entity_id"), moved.where(own))
    )
    # Facts of other entities name organizations only.
    naming = _NAMING if EntityKind.ORGANIZATION in kinds else ()
    if naming:
        _note_pointers(connection, own)
    canonical = cluster_member.c.canonical_id
    for column in (*naming, *(table.c.entity_id for table in FACTS)):
        connection.execute(
            update(column.table)
            .where(column == cluster_member.c.entity_id, own)
            .values({column.name: canonical})
        )
    connection.execute(
        update(record)
        .where(record.c.entity_id == cluster_member.c.entity_id, own)
        .values(entity_id=canonical, standing=canonical)
    )
    _delete_entities(connection, targets)


def _insert_members(connection: Connection, targets: Mapping[int, int]) -> set[str]:
    """Insert the members that entities become; return their kinds."""
    columns = (entity.c.id, entity.c.kind, entity.c.key, entity.c.name)
    chosen = select(*columns).where(in_values(connection, entity.c.id, targets))
    members = [
        {"entity_id": row.id, "canonical_id": targets[row.id], "kind": row.kind, "key": row.key,
         "name": row.name}
        for row in connection.execute(chosen)
    ]  # fmt: skip
    if members:
        connection.execute(cluster_member.insert(), members)
    return {str(member["kind"]) for member in members}


def _note_pointers(connection: Connection, own: Any) -> None:
    """Note the facts of other entities that name one that is moved."""
    for column in (*_NAMING, alias.c.entity_id):
        table: Table = column.table
        naming = (
            select(literal(table.name), table.c.record_id, table.c.position, column)
            .join(cluster_member, cluster_member.c.entity_id == column)
            .where(own)
        )
        if column is alias.c.entity_id:
            # The names in an entity's own records move with these.
            is_own = select(record.c.id).where(
                record.c.id == alias.c.record_id, record.c.entity_id == alias.c.entity_id
            )
            naming = naming.where(~is_own.exists())
        names = ("fact", "record_id", "position", "own_entity_id")
        connection.execute(insert(cluster_pointer).from_select(names, naming))


def move_records(connection: Connection, targets: Mapping[int, int]) -> None:
    """Give single records, with their facts, to other entities.

    Args:
        connection: an open transaction that holds the writers' lock.
        targets: the new entity by record; the records must be at home.
    """
    if not targets:
        return
    chosen = select(record.c.id, record.c.entity_id).where(
        in_values(connection, record.c.id, targets)
    )
    homes = {row.id: row.entity_id for row in connection.execute(chosen)}
    rows = [{"record_id": number, "own_entity_id": home} for number, home in homes.items()]
    connection.execute(cluster_record.insert(), rows)
    for number, home in homes.items():
        for table in FACTS:
            own = (table.c.record_id == number) & (table.c.entity_id == home)
            connection.execute(update(table).where(own).values(entity_id=targets[number]))
        standing = {"entity_id": targets[number], "standing": targets[number]}
        connection.execute(update(record).where(record.c.id == number).values(standing))


def restore_homes(connection: Connection, homes: Collection[int]) -> None:
    """Give the records and facts of homes back to them, and make their entities again."""
    _make_entities(connection, homes)
    own = in_values(connection, cluster_record.c.own_entity_id, homes)
    for table in FACTS:
        connection.execute(
            update(table)
            .where(table.c.record_id == cluster_record.c.record_id, own)
            .where(record.c.id == table.c.record_id, table.c.entity_id == record.c.entity_id)
            .values(entity_id=cluster_record.c.own_entity_id)
        )
    pointed = in_values(connection, cluster_pointer.c.own_entity_id, homes)
    for column in (*_NAMING, alias.c.entity_id):
        table = column.table
        connection.execute(
            update(table)
            .where(cluster_pointer.c.fact == table.name, pointed)
            .where(table.c.record_id == cluster_pointer.c.record_id)
            .where(table.c.position == cluster_pointer.c.position)
            .values({column.name: cluster_pointer.c.own_entity_id})
        )
    connection.execute(
        update(record)
        .where(record.c.id == cluster_record.c.record_id, own)
        .values(entity_id=cluster_record.c.own_entity_id, standing=cluster_record.c.own_entity_id)
    )
    connection.execute(delete(cluster_record).where(own))
    connection.execute(delete(cluster_pointer).where(pointed))


def _make_entities(connection: Connection, homes: Collection[int]) -> None:
    chosen = in_values(connection, cluster_member.c.entity_id, homes)
    rows = connection.execute(select(cluster_member).where(chosen)).all()
    make_entities(connection, ((row.entity_id, row.kind, row.key, row.name) for row in rows))
    connection.execute(delete(cluster_member).where(chosen))


def make_entities(connection: Connection, identities: Iterable[tuple[int, str, str, str]]) -> None:
    """Insert entities without values, given the id, kind, key and name of each."""
    by_kind: dict[str, list[dict[str, int]]] = {}
    rows = []
    for number, kind, key, name in identities:
        checksum = entity_checksum(number, kind, key)
        rows.append(
            {"id": number, "kind": kind, "key": key, "name": name, "checksum": checksum,
             "normalised": normalise(name)}
        )  # fmt: skip
        by_kind.setdefault(kind, []).append({"id": number})
    if rows:
        connection.execute(entity.insert(), rows)
    for kind, ids in by_kind.items():
        connection.execute(metadata.tables[kind].insert(), ids)


def drop_empty_parts(connection: Connection) -> set[int]:
    """Delete the entities that were made for parted records and have none; return their ids."""
    about = select(record.c.id).where(record.c.entity_id == parted_entity.c.entity_id)
    empty = set(connection.scalars(select(parted_entity.c.entity_id).where(~about.exists())))
    if empty:
        own = in_values(connection, parted_entity.c.entity_id, empty)
        connection.execute(delete(parted_entity).where(own))
        _delete_entities(connection, empty)
    return empty


def _delete_entities(connection: Connection, ids: Collection[int]) -> None:
    kinds = select(entity.c.kind).where(in_values(connection, entity.c.id, ids)).distinct()
    for kind in connection.scalars(kinds).all():
        table = metadata.tables[kind]
        connection.execute(delete(table).where(in_values(connection, table.c.id, ids)))
    connection.execute(delete(entity).where(in_values(connection, entity.c.id, ids)))
