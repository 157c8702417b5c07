"""List fields of rows: how they are read, filtered by and grouped by."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Executable, Select, Table, select, union

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    agreement_party,
    alias,
    country,
    entity,
    entity_country,
    entity_link,
    finance,
    link,
    organization_role,
    participation,
    project_kind,
    record,
    source,
)
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import (
    EntityKind,
    OrganizationRole,
    ParticipationRole,
    ProjectKind,
    label,
)
from bricoop.lookup.sources import find_source
from bricoop.query.conditions.comparisons import code_of
from bricoop.query.conditions.filters import entity_ids
from bricoop.query.plan import Gather, Members
from bricoop.query.plans import list_readers, mentions

Words = tuple[str, ...]


def countries() -> Members:
    """Return the list of an entity's countries, shown by code."""
    return _of_countries(list_readers.countries())


def country_names() -> Members:
    """Return the list of an entity's countries and regions, shown by name."""
    return _of_countries(list_readers.country_names())


def regions() -> dict[str, Members]:
    """Return the lists of UN M49 regions and subregions of an entity's countries, by field name."""
    return {column.name: _of_regions(column) for column in (country.c.region, country.c.subregion)}


def kinds() -> Members:
    """Return the list of a project's kinds."""
    return Members(
        list_readers.kinds(),
        _pairs(project_kind, "kind"),
        lambda _, words: [code_of("kinds", ProjectKind, word) for word in words],
    )


def links() -> Members:
    """Return the list of links that an entity belongs to."""
    return Members(
        list_readers.links(),
        _pairs(entity_link, "link_id"),
        lambda connection, words: entity_ids(connection, words, EntityKind.LINK),
        lambda connection, ids: _read(
            connection, select(link.c.id, link.c.code).where(link.c.id.in_(ids))
        ),
    )


def financiers() -> Members:
    """Return the list of an entity's funders, by their role or by finance rows."""
    gives = select(finance.c.entity_id.label("owner"), finance.c.financier_id.label("value"))
    pairs = union(
        _pairs(participation, "organization_id").where(
            participation.c.role == ParticipationRole.FUNDING.value
        ),
        gives.where(finance.c.financier_id.is_not(None)),
    ).subquery()
    return _of_organizations(list_readers.financiers(), select(pairs))


def joint_financiers() -> Members:
    """Return the list of joint financiers of a finance row."""
    owner: ColumnElement[Any] = participation.c.record_id
    value: ColumnElement[Any] = participation.c.organization_id
    pairs = select(owner.label("owner"), value.label("value"))
    return replace(_of_organizations(list_readers.joint_financiers(), pairs), of_row=True)


def participants(role: ParticipationRole) -> Members:
    """Return the list of an entity's participants in a role."""
    pairs = _pairs(participation, "organization_id").where(participation.c.role == role.value)
    return _of_organizations(list_readers.participants(role), pairs)


def parties() -> Members:
    """Return the list of organizations that are parties to an agreement."""
    return _of_organizations(list_readers.parties(), _pairs(agreement_party, "party_id"))


def roles() -> Members:
    """Return the list of an organization's roles."""
    known = {
        normalise(name): code.value for code in OrganizationRole for name in (code, label(code))
    }
    return Members(
        list_readers.roles(),
        _pairs(organization_role, "role"),
        lambda _, words: [known.get(normalise(word), word) for word in words],
    )


def other_names() -> Members:
    """Return the list of an entity's other names, without the displayed one."""
    return Members(list_readers.other_names(), _pairs(alias, "name"), lambda _, words: words)


def sources() -> Members:
    """Return the list of sources with records about an entity."""
    return Members(
        list_readers.sources(),
        _pairs(record, "source_id").where(record.c.entity_id.is_not(None)),
        lambda connection, words: [find_source(connection, word) for word in words],
        lambda connection, ids: _read(
            connection, select(source.c.id, source.c.key).where(source.c.id.in_(ids))
        ),
    )


def mentioning_sources() -> Members:
    """Return the list of sources that mention an organization; see `query.mentions`."""
    return replace(sources(), gather=mentions.sources(), pairs=mentions.pairs())


def _pairs(table: Table[Any], value: str) -> Select[Any]:
    owner: ColumnElement[Any] = table.c["entity_id"]
    return select(owner.label("owner"), table.c[value].label("value"))


def _of_countries(read: Gather) -> Members:
    return Members(
        read,
        _pairs(entity_country, "country_id"),
        lambda connection, words: entity_ids(connection, words, EntityKind.COUNTRY),
        _country,
        ("", "_name"),
        "_name",
    )


def _of_regions(column: Column[str | None]) -> Members:
    value: ColumnElement[Any] = column
    pairs = (
        select(entity_country.c.entity_id.label("owner"), value.label("value"))
        .join(country, country.c.id == entity_country.c.country_id)
        .where(column.is_not(None))
    )
    return Members(list_readers.regions(column), pairs, lambda _, words: words)


def _of_organizations(read: Gather, pairs: Select[Any]) -> Members:
    return Members(
        read,
        pairs,
        lambda connection, words: entity_ids(connection, words, EntityKind.ORGANIZATION),
        _named,
        ("", "_key"),
    )


def _country(connection: Connection, ids: Sequence[Any]) -> Mapping[Any, tuple[str | None, ...]]:
    named = select(country.c.id, country.c.alpha3, entity.c.name).join(
        entity, entity.c.id == country.c.id
    )
    return _read(connection, named.where(country.c.id.in_(ids)))


def _named(connection: Connection, ids: Sequence[Any]) -> Mapping[Any, tuple[str | None, ...]]:
    """Return the name and key of each entity, by id."""
    columns = (entity.c.id, entity.c.name, entity.c.key)
    return _read(connection, select(*columns).where(in_values(connection, entity.c.id, ids)))


def _read(connection: Connection, statement: Executable) -> Mapping[Any, tuple[str | None, ...]]:
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement)}
