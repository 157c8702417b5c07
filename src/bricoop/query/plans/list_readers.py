"""Readers of list fields such as countries and sources: one statement for a page of ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    agreement_party,
    alias,
    country,
    entity,
    entity_country,
    entity_link,
    entity_region,
    finance,
    link,
    organization_role,
    participation,
    project_kind,
    record,
    source,
)
from bricoop.domain.vocabularies import AliasKind, ParticipationRole
from bricoop.query.plan import Gather

Lists = dict[int, list[str]]


def _gather(statement: Select[Any, Any], owner: Column[int] | Column[int | None]) -> Gather:
    """Return a reader that collects the distinct texts of a statement by owner id.

    Args:
        statement: selects the owner's id and a text, in order.
        owner: the column of owner ids.
    """

    def gather(connection: Connection, ids: Sequence[int]) -> Lists:
        lists: Lists = {}
        rows = connection.execute(statement.where(in_values(connection, owner, ids))).all()
        for entity_id, value in rows:
            values = lists.get(entity_id)
            if values is None:
                lists[entity_id] = [value]
            elif value not in values:
                values.append(value)
        return lists

    return gather


def countries() -> Gather:
    """Return the reader of the alpha-3 codes of an entity's countries."""
    owner = entity_country.c.entity_id
    return _gather(
        select(owner, country.c.alpha3)
        .join(country, country.c.id == entity_country.c.country_id)
        .order_by(entity_country.c.record_id, entity_country.c.position),
        owner,
    )


def country_names() -> Gather:
    """Return the reader of the names of an entity's countries, and of its regions."""
    gatherers = [
        _gather(
            select(table.c.entity_id, entity.c.name)
            .join(entity, entity.c.id == place_id)
            .order_by(table.c.record_id, table.c.position),
            table.c.entity_id,
        )
        for table, place_id in (
            (entity_country, entity_country.c.country_id),
            (entity_region, entity_region.c.region_id),
        )
    ]

    def gather(connection: Connection, ids: Sequence[int]) -> Lists:
        of_countries, of_regions = (gatherer(connection, ids) for gatherer in gatherers)
        return {
            entity_id: [*of_countries.get(entity_id, ()), *of_regions.get(entity_id, ())]
            for entity_id in of_countries.keys() | of_regions.keys()
        }

    return gather


def regions(column: Column[str | None]) -> Gather:
    """Return the reader of the UN M49 regions (or subregions) of an entity's countries."""
    owner = entity_country.c.entity_id
    return _gather(
        select(owner, column)
        .join(country, country.c.id == entity_country.c.country_id)
        .where(column.is_not(None))
        .order_by(column),
        owner,
    )


def links() -> Gather:
    """Return the reader of the codes of the links that an entity belongs to."""
    owner = entity_link.c.entity_id
    return _gather(
        select(owner, link.c.code)
        .join(link, link.c.id == entity_link.c.link_id)
        .order_by(link.c.position),
        owner,
    )


def kinds() -> Gather:
    """Return the reader of the codes of a project's kinds, those that sources state first."""
    owner = project_kind.c.entity_id
    return _gather(
        select(owner, project_kind.c.kind).order_by(
            project_kind.c.basis.desc(), project_kind.c.record_id, project_kind.c.position
        ),
        owner,
    )


def participants(*roles: ParticipationRole) -> Gather:
    """Return the reader of the names of an entity's participants in given roles."""
    owner = participation.c.entity_id
    return _gather(
        select(owner, entity.c.name)
        .join(entity, entity.c.id == participation.c.organization_id)
        .where(participation.c.role.in_([role.value for role in roles]))
        .order_by(participation.c.record_id, participation.c.position),
        owner,
    )


def financiers() -> Gather:
    """Return the reader of the names of an entity's funders, by their role or by finance rows."""
    by_role = participants(ParticipationRole.FUNDING)
    owner = finance.c.entity_id
    by_money = _gather(
        select(owner, entity.c.name)
        .join(entity, entity.c.id == finance.c.financier_id)
        .order_by(finance.c.record_id),
        owner,
    )

    def gather(connection: Connection, ids: Sequence[int]) -> Lists:
        funding, giving = by_role(connection, ids), by_money(connection, ids)
        return {
            entity_id: list(
                dict.fromkeys([*funding.get(entity_id, ()), *giving.get(entity_id, ())])
            )
            for entity_id in funding.keys() | giving.keys()
        }

    return gather


def joint_financiers() -> Gather:
    """Return the reader of the names of the joint financiers of a finance row."""
    owner = participation.c.record_id
    return _gather(
        select(owner, entity.c.name)
        .join(entity, entity.c.id == participation.c.organization_id)
        .order_by(owner, participation.c.position),
        owner,
    )


def parties() -> Gather:
    """Return the reader of the names of organizations that are parties to an agreement."""
    owner = agreement_party.c.entity_id
    return _gather(
        select(owner, entity.c.name)
        .join(entity, entity.c.id == agreement_party.c.party_id)
        .order_by(agreement_party.c.record_id, agreement_party.c.position),
        owner,
    )


def roles() -> Gather:
    """Return the reader of the roles of an organization."""
    owner = organization_role.c.entity_id
    return _gather(
        select(owner, organization_role.c.role).order_by(organization_role.c.role), owner
    )


def other_names() -> Gather:
    """Return the reader of an entity's other names, without the displayed one."""
    owner = alias.c.entity_id
    return _gather(
        select(owner, alias.c.name)
        .join(entity, entity.c.id == owner)
        .where((alias.c.kind != AliasKind.NAME) | (alias.c.name != entity.c.name))
        .order_by(alias.c.record_id, alias.c.position),
        owner,
    )


def sources() -> Gather:
    """Return the reader of the keys of the sources with records about an entity."""
    owner = record.c.entity_id
    return _gather(
        select(owner, source.c.key)
        .join(source, source.c.id == record.c.source_id)
        .distinct()
        .order_by(owner, source.c.key),
        owner,
    )
