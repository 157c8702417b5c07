"""Query plan of the noun `organizations`."""

from sqlalchemy import ColumnElement, Connection, or_, select

from bricoop.db.schema import country, entity, entity_link, organization, participation
from bricoop.domain import nouns
from bricoop.domain.vocabularies import EntityKind, OrganizationKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import counts, members, mentions
from bricoop.query.tables import Join, of_entities, values_of

_ID = organization.c.id


def _by_link(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
    link_ids = filters.entity_ids(connection, values, EntityKind.LINK)
    own = select(entity_link.c.entity_id).where(entity_link.c.link_id.in_(link_ids))
    through_projects = (
        select(participation.c.organization_id)
        .join(entity_link, entity_link.c.entity_id == participation.c.entity_id)
        .where(entity_link.c.link_id.in_(link_ids))
    )
    return or_(_ID.in_(own), _ID.in_(through_projects))


PLAN = Plan(
    tables=of_entities(
        nouns.ORGANIZATIONS,
        Join(country, country.c.id == organization.c.country_id, outer=True),
    ),
    identity=_ID,
    scalars={
        **values_of(nouns.ORGANIZATIONS),
        "description": entity.c.description,
        "country": country.c.alpha3,
        "projects": counts.of_organization(_ID),
    },
    about=_ID,
    lists={"roles": members.roles(), "sources": members.mentioning_sources()},
    filters={
        "country": filters.about(organization.c.country_id, EntityKind.COUNTRY),
        "kind": filters.coded(organization.c.kind, OrganizationKind),
        "link": _by_link,
        "source": mentions.by_source(_ID),
        "name": filters.by_name(_ID),
    },
    order={"name": entity.c.normalised},
)
