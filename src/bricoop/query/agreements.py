"""How agreements are read."""

from bricoop.db.schema import agreement, entity
from bricoop.domain.vocabularies import AgreementKind
from bricoop.query import conditions, members
from bricoop.query.plan import Plan

PLAN = Plan(
    rows=agreement.join(entity, entity.c.id == agreement.c.id),
    identity=entity.c.id,
    scalars={
        "key": entity.c.key,
        "name": entity.c.name,
        "kind": agreement.c.kind,
        "signed": agreement.c.signed,
        "in_force": agreement.c.in_force,
        "ended": agreement.c.ended,
        "description": entity.c.description,
    },
    about=entity.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "organizations": members.parties(),
        "links": members.links(),
        "sources": members.sources(),
    },
    filters={
        "link": conditions.by_link(entity.c.id),
        "country": conditions.by_country(entity.c.id),
        "kind": conditions.coded(agreement.c.kind, AgreementKind),
        "source": conditions.by_source(entity.c.id),
        "year": conditions.by_year(agreement.c.signed, agreement.c.in_force, agreement.c.ended),
        "name": conditions.by_name(entity.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("signed", "in_force", "ended"),
)
