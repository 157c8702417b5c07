"""Query plan of the noun `links`."""

from sqlalchemy import func, select

from bricoop.db.schema import entity, finding, link
from bricoop.domain import nouns
from bricoop.domain.vocabularies import EntityKind, FindingKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import counts, members
from bricoop.query.tables import of_entities, values_of

_FINDINGS = (
    select(func.count())
    .select_from(finding)
    .where(finding.c.link_id == link.c.id, finding.c.kind != FindingKind.NOTE.value)
    .correlate_except(finding)
    .scalar_subquery()
)

PLAN = Plan(
    tables=of_entities(nouns.LINKS),
    identity=link.c.id,
    scalars={
        **values_of(nouns.LINKS),
        "kind": entity.c.kind,
        "projects": counts.under_link(link.c.id, EntityKind.PROJECT),
        "agreements": counts.under_link(link.c.id, EntityKind.AGREEMENT),
        "policies": counts.under_link(link.c.id, EntityKind.POLICY),
        "findings": _FINDINGS,
    },
    about=link.c.id,
    lists={"names": members.other_names(), "sources": members.sources()},
    filters={"name": filters.by_name(link.c.id)},
    order={"name": entity.c.normalised},
)
