"""Reads the names of organizations and what else is known of them, by a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from bricoop.db.schema import (
    agreement_party,
    alias,
    country,
    entity,
    entity_country,
    finance,
    organization,
    organization_role,
    participation,
    record,
    source,
)
from bricoop.domain.vocabularies import CountryRole, ParticipationRole
from bricoop.identity.organizations.activity import Activity
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.listed_names import compared_organization
from bricoop.identity.organizations.word_lists import organization_words

_PAGE = 5000
_SEVERAL = 2


def read_organizations(connection: Connection) -> list[ComparedOrganization]:
    """Return all organizations, sorted by their keys."""
    statement = (
        select(entity.c.id, entity.c.key, entity.c.name, organization.c.kind, country.c.alpha2)
        .join(organization, organization.c.id == entity.c.id)
        .join(country, country.c.id == organization.c.country_id, isouter=True)
        .where(entity.c.merged_into.is_(None))
        .order_by(entity.c.key)
    )
    names = _names(connection)
    sources, roles = _sources_and_roles(connection)
    abroad = _acting_abroad(connection)
    return [
        compared_organization(
            row.key,
            row.name,
            names.get(row.id, ()),
            sources=sources.get(row.id, ()),
            country=row.alpha2 or "",
            kind=row.kind or "",
            activity=Activity(frozenset(roles.get(row.id, ())), row.id in abroad),
        )
        for row in connection.execute(statement)
    ]


def _acting_abroad(connection: Connection) -> set[int]:
    """Return the ids of organizations that act in several countries.

    Only those are asked for whose names bodies of several countries have.
    """
    statement = (
        select(participation.c.organization_id)
        .join(entity, entity.c.id == participation.c.organization_id)
        .join(entity_country, entity_country.c.entity_id == participation.c.entity_id)
        .where(
            entity.c.normalised.in_(sorted(organization_words().shared_names)),
            entity_country.c.role == CountryRole.LOCATION.value,
        )
        .group_by(participation.c.organization_id)
        .having(func.count(entity_country.c.country_id.distinct()) >= _SEVERAL)
    )
    return set(connection.scalars(statement))


def _names(connection: Connection) -> Mapping[int, set[str]]:
    """Return the names that records give to each organization."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    statement = (
        select(alias.c.entity_id, alias.c.name)
        .join(organization, organization.c.id == alias.c.entity_id)
        .join(record, record.c.id == alias.c.record_id)
        .where(record.c.gone_in.is_(None))
        .distinct()
    )
    for organization_id, name in _rows(connection, statement):
        names[organization_id].add(name)
    return names


def _sources_and_roles(
    connection: Connection,
) -> tuple[Mapping[int, set[str]], Mapping[int, set[str]]]:
    """Return the keys of the sources that name each organization, and what it does in them."""
    key_of = {row.id: row.key for row in connection.execute(select(source.c.id, source.c.key))}
    sources: defaultdict[int, set[str]] = defaultdict(set)
    roles: defaultdict[int, set[str]] = defaultdict(set)
    named = (
        (alias, alias.c.entity_id, None),
        (organization_role, organization_role.c.entity_id, organization_role.c.role),
        (participation, participation.c.organization_id, participation.c.role),
        (finance, finance.c.financier_id, None),
        (agreement_party, agreement_party.c.party_id, None),
    )
    for table, organization_id, role in named:
        columns = [organization_id, record.c.source_id, *([] if role is None else [role])]
        statement = (
            select(*columns)
            .select_from(table)
            .join(record, record.c.id == table.c.record_id)
            .where(record.c.gone_in.is_(None), organization_id.is_not(None))
            .distinct()
        )
        for found_id, source_id, *found_roles in _rows(connection, statement):
            sources[found_id].add(key_of[source_id])
            roles[found_id].update(found_roles)
            if table is finance:
                roles[found_id].add(ParticipationRole.FUNDING.value)
    return sources, roles


def _rows(
    connection: Connection, statement: Select[*tuple[Any, ...]]
) -> Iterable[Row[*tuple[Any, ...]]]:
    return connection.execute(statement.execution_options(yield_per=_PAGE))
