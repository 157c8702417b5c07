"""How policies are read."""

from bricoop.db.schema import entity, policy
from bricoop.domain.vocabularies import ParticipationRole, PolicyKind
from bricoop.query import conditions, members
from bricoop.query.plan import Plan

PLAN = Plan(
    rows=policy.join(entity, entity.c.id == policy.c.id),
    identity=entity.c.id,
    scalars={
        "key": entity.c.key,
        "name": entity.c.name,
        "kind": policy.c.kind,
        "adopted": policy.c.adopted,
        "description": entity.c.description,
    },
    about=entity.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "issuers": members.participants(ParticipationRole.ISSUING),
        "links": members.links(),
        "sources": members.sources(),
    },
    filters={
        "link": conditions.by_link(entity.c.id),
        "country": conditions.by_country(entity.c.id),
        "kind": conditions.coded(policy.c.kind, PolicyKind),
        "source": conditions.by_source(entity.c.id),
        "year": conditions.by_year(policy.c.adopted),
        "name": conditions.by_name(entity.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("adopted",),
)
