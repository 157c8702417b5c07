"""Scalar subqueries that count the entities or figures related to a row."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bricoop.db.schema import (
    entity_country,
    entity_link,
    finance,
    metadata,
    observation,
    participation,
)
from bricoop.domain.vocabularies import EntityKind, ParticipationRole
from bricoop.query.tables import Expression


def in_country(country_id: Expression, kind: EntityKind) -> ColumnElement[int]:
    """Count the entities of a kind that are related to a country."""
    theirs = select(entity_country.c.entity_id).where(entity_country.c.country_id == country_id)
    return _entities(theirs.correlate_except(entity_country), kind)


def under_link(link_id: Expression, kind: EntityKind) -> ColumnElement[int]:
    """Count the entities of a kind that belong to a link."""
    theirs = select(entity_link.c.entity_id).where(entity_link.c.link_id == link_id)
    return _entities(theirs.correlate_except(entity_link), kind)


def about(entity_id: Expression) -> ColumnElement[int]:
    """Count the statistical figures about an entity."""
    return (
        select(func.count())
        .select_from(observation)
        .where(observation.c.entity_id == entity_id)
        .correlate_except(observation)
        .scalar_subquery()
    )


def funded_by(organization_id: Expression) -> ColumnElement[int]:
    """Count the projects that an organization funds, by its role or by finance rows."""
    return _entities(
        _takes(organization_id, ParticipationRole.FUNDING).union(_gives(organization_id)),
        EntityKind.PROJECT,
    )


def of_organization(organization_id: Expression) -> ColumnElement[int]:
    """Count the projects in which an organization has a role, or that it finances."""
    return _entities(_takes(organization_id).union(_gives(organization_id)), EntityKind.PROJECT)


def _takes(organization_id: Expression, *roles: ParticipationRole) -> Select[int]:
    takes = select(participation.c.entity_id).where(
        participation.c.organization_id == organization_id
    )
    if roles:
        takes = takes.where(participation.c.role.in_([role.value for role in roles]))
    return takes.correlate_except(participation)


def _gives(organization_id: Expression) -> Select[int]:
    gives = select(finance.c.entity_id).where(finance.c.financier_id == organization_id)
    return gives.correlate_except(finance)


def _entities(ids: Any, kind: EntityKind) -> ColumnElement[int]:
    # Counted in the table of the kind, not by `entity.kind`, by which SQLite would scan all
    # entities of the kind for each row.
    counted = metadata.tables[kind.value].alias()
    return (
        select(func.count())
        .select_from(counted)
        .where(counted.c["id"].in_(ids))
        .correlate_except(counted)
        .scalar_subquery()
    )
