"""Query plan of the noun `policies`."""

from bricoop.db.schema import entity, policy
from bricoop.domain import nouns
from bricoop.domain.vocabularies import ParticipationRole, PolicyKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members
from bricoop.query.tables import of_entities, values_of

PLAN = Plan(
    tables=of_entities(nouns.POLICIES),
    identity=policy.c.id,
    scalars={**values_of(nouns.POLICIES), "description": entity.c.description},
    about=policy.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "issuers": members.participants(ParticipationRole.ISSUING),
        "links": members.links(),
        "sources": members.sources(),
    },
    filters={
        "link": filters.by_link(policy.c.id),
        "country": filters.by_country(policy.c.id),
        "region": filters.by_region(policy.c.id),
        "kind": filters.coded(policy.c.kind, PolicyKind),
        "source": filters.by_source(policy.c.id),
        "year": filters.by_year(policy.c.adopted),
        "name": filters.by_name(policy.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("adopted",),
    groups=members.regions(),
)
