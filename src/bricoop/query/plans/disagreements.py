"""Query plan of the noun `disagreements`: a row for each claim against the displayed value."""

from sqlalchemy import ColumnElement, Connection

from bricoop.db.schema import entity, source
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.sources import find_source
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members
from bricoop.query.plans.contradictions import contested
from bricoop.query.tables import Join, Tables

_CONTESTED = contested()
_SHOWN = source.alias("shown_source")


def _of_either(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
    source_ids = [find_source(connection, value) for value in values]
    return _CONTESTED.c.source_id.in_(source_ids) | _CONTESTED.c.shown_source_id.in_(source_ids)


PLAN = Plan(
    tables=Tables(
        _CONTESTED,
        (
            Join(entity, entity.c.id == _CONTESTED.c.entity_id),
            Join(source, source.c.id == _CONTESTED.c.source_id),
            Join(_SHOWN, _SHOWN.c.id == _CONTESTED.c.shown_source_id),
        ),
    ),
    identity=_CONTESTED.c.number,
    scalars={
        "about": entity.c.name,
        "kind": entity.c.kind,
        "field": _CONTESTED.c.field,
        "shown": _CONTESTED.c.shown,
        "says": _CONTESTED.c.says,
        "shown_amount": _CONTESTED.c.shown_amount,
        "amount": _CONTESTED.c.amount,
        "unit": _CONTESTED.c.unit,
        "shown_source": _SHOWN.c.key,
        "shown_locator": _CONTESTED.c.shown_locator,
        "source": source.c.key,
        "locator": _CONTESTED.c.locator,
        "rule": _CONTESTED.c.rule,
        "about_key": entity.c.key,
    },
    about=_CONTESTED.c.entity_id,
    filters={
        "about": filters.about(_CONTESTED.c.entity_id),
        "kind": filters.coded(entity.c.kind, EntityKind),
        "link": filters.by_link(_CONTESTED.c.entity_id),
        "country": filters.by_country(_CONTESTED.c.entity_id),
        "region": filters.by_region(_CONTESTED.c.entity_id),
        "source": _of_either,
        "name": filters.by_name(_CONTESTED.c.entity_id),
    },
    order={"about": entity.c.normalised},
    groups={"country": members.countries(), "link": members.links(), **members.regions()},
)
