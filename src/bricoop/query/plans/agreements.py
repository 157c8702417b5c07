"""Query plan of the noun `agreements`."""

from bricoop.db.schema import agreement, entity
from bricoop.domain import nouns
from bricoop.domain.vocabularies import AgreementKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members
from bricoop.query.tables import of_entities, values_of

PLAN = Plan(
    tables=of_entities(nouns.AGREEMENTS),
    identity=agreement.c.id,
    scalars={**values_of(nouns.AGREEMENTS), "description": entity.c.description},
    about=agreement.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "organizations": members.parties(),
        "links": members.links(),
        "sources": members.sources(),
    },
    filters={
        "link": filters.by_link(agreement.c.id),
        "country": filters.by_country(agreement.c.id),
        "region": filters.by_region(agreement.c.id),
        "kind": filters.coded(agreement.c.kind, AgreementKind),
        "source": filters.by_source(agreement.c.id),
        "year": filters.by_year(agreement.c.signed, agreement.c.in_force, agreement.c.ended),
        "name": filters.by_name(agreement.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("signed", "in_force", "ended"),
    groups=members.regions(),
)
