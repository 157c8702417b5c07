"""Query plan of the noun `policies`."""

from bricoop.db.schema import entity, policy
from bricoop.domain.vocabularies import EntityKind, ParticipationRole, PolicyKind
from bricoop.query import conditions, members
from bricoop.query.plan import Plan
from bricoop.query.tables import of_entities

PLAN = Plan(
    tables=of_entities(policy, EntityKind.POLICY),
    identity=policy.c.id,
    scalars={
        "key": entity.c.key,
        "name": entity.c.name,
        "kind": policy.c.kind,
        "adopted": policy.c.adopted,
        "description": entity.c.description,
    },
    about=policy.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "issuers": members.participants(ParticipationRole.ISSUING),
        "links": members.links(),
        "sources": members.sources(),
    },
    filters={
        "link": conditions.by_link(policy.c.id),
        "country": conditions.by_country(policy.c.id),
        "region": conditions.by_region(policy.c.id),
        "kind": conditions.coded(policy.c.kind, PolicyKind),
        "source": conditions.by_source(policy.c.id),
        "year": conditions.by_year(policy.c.adopted),
        "name": conditions.by_name(policy.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("adopted",),
    groups=members.regions(),
)
