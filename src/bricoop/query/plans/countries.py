"""Query plan of the noun `countries`; by default only countries with records are listed."""

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from bricoop.db.schema import (
    country,
    entity,
    entity_country,
    entity_link,
    finding,
    observation,
    organization,
    record,
    source,
)
from bricoop.domain import nouns
from bricoop.domain.vocabularies import EntityKind, SourceKind
from bricoop.query.conditions import filters
from bricoop.query.conditions.regions import in_region
from bricoop.query.plan import Plan
from bricoop.query.plans import counts, members
from bricoop.query.tables import of_entities, values_of

_ID = country.c.id


def is_recorded(country_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that some source has information about a country.

    A standard that merely lists the codes of all countries does not count.
    """
    described = (
        select(record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.entity_id == country_id, source.c.kind != SourceKind.STANDARD.value)
    )
    return or_(
        described.exists(),
        exists().where(entity_country.c.country_id == country_id),
        exists().where(organization.c.country_id == country_id),
        exists().where(observation.c.entity_id == country_id),
        exists().where(finding.c.entity_id == country_id),
    )


def _by_link(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
    link_ids = filters.entity_ids(connection, values, EntityKind.LINK)
    return _ID.in_(
        select(entity_country.c.country_id)
        .join(entity_link, entity_link.c.entity_id == entity_country.c.entity_id)
        .where(entity_link.c.link_id.in_(link_ids))
    )


PLAN = Plan(
    tables=of_entities(nouns.COUNTRIES),
    identity=_ID,
    scalars={
        **values_of(nouns.COUNTRIES),
        "projects": counts.in_country(_ID, EntityKind.PROJECT),
        "agreements": counts.in_country(_ID, EntityKind.AGREEMENT),
        "policies": counts.in_country(_ID, EntityKind.POLICY),
        "statistics": counts.about(_ID),
    },
    about=_ID,
    lists={"sources": members.sources()},
    filters={
        "region": in_region,
        "link": _by_link,
        "source": filters.by_source(_ID),
        "name": filters.by_name(_ID),
    },
    always=is_recorded(_ID),
    order={"name": entity.c.normalised},
)
