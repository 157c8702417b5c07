"""Relations of an entity to other entities, with their sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, literal, select

from bricoop.db.schema import (
    agreement_party,
    entity,
    entity_country,
    entity_link,
    entity_region,
    link,
    organization_role,
    participation,
    record,
    source,
)
from bricoop.domain.vocabularies import Basis, EntityKind, label


@dataclass(frozen=True)
class Relation:
    """A relation of an entity to another one.

    Attributes:
        relation: the role: location, party, owner, funding, acquirer, link, ...
        kind: kind of the other entity.
        key: its key.
        name: its name.
        basis: whether the source states it, a rule derived it, or a person added it.
        source: key of the source.
        locator: place in the source.
    """

    relation: str
    kind: str
    key: str
    name: str
    basis: str
    source: str
    locator: str | None


def relations_of(connection: Connection, entity_id: int, kind: EntityKind) -> tuple[Relation, ...]:
    """Return the relations of an entity; for an organization, also the roles in which it acts."""
    relations = [
        relation
        for table, other, role in _pairs()
        for relation in _read(connection, table, other, role, entity_id)
    ]
    if kind is EntityKind.LINK:
        relations.extend(
            _read(connection, entity_link, entity_link.c.link_id, literal("link"), entity_id)
        )
    if kind is EntityKind.ORGANIZATION:
        relations.extend(_capacities(connection, entity_id))
    return tuple(dict.fromkeys(relations))


def _pairs() -> Iterator[tuple[Table[Any], Column[int], ColumnElement[str]]]:
    yield entity_country, entity_country.c.country_id, entity_country.c.role
    yield entity_region, entity_region.c.region_id, entity_region.c.role
    yield participation, participation.c.organization_id, participation.c.role
    yield agreement_party, agreement_party.c.party_id, literal("party")


def _read(
    connection: Connection,
    table: Table[Any],
    other: Column[int],
    role: ColumnElement[str],
    entity_id: int,
) -> Iterator[Relation]:
    basis = table.c["basis"] if "basis" in table.c else literal(Basis.STATED.value)
    own: Column[int] = table.c["entity_id"]
    for mine, theirs in ((own, other), (other, own)):
        rows = connection.execute(
            select(
                role,
                entity.c.kind,
                entity.c.key,
                entity.c.name,
                basis,
                source.c.key,
                record.c.locator,
            )
            .select_from(table)
            .join(entity, entity.c.id == theirs)
            .join(record, record.c.id == table.c["record_id"])
            .join(source, source.c.id == record.c.source_id)
            .where(mine == entity_id)
            .order_by(entity.c.kind, entity.c.normalised, record.c.id)
        )
        for row in rows:
            yield Relation(*row)


def _capacities(connection: Connection, entity_id: int) -> Iterator[Relation]:
    rows = connection.execute(
        select(organization_role.c.role, source.c.key, record.c.locator)
        .join(record, record.c.id == organization_role.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(organization_role.c.entity_id == entity_id)
        .order_by(organization_role.c.role, record.c.id)
    )
    for role, key, locator in rows:
        yield Relation("acts as", "capacity", role, label(role), Basis.STATED.value, key, locator)


def link_names(connection: Connection) -> dict[str, str]:
    """Return the names of the five links by code, in their usual order."""
    rows = connection.execute(
        select(link.c.code, entity.c.name)
        .join(entity, entity.c.id == link.c.id)
        .order_by(link.c.position)
    )
    return dict(rows.all())
