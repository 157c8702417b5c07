"""Query plan of the noun `disagreements`: a row for each claim against the displayed value."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, select

from bricoop.db.schema import entity, record, source
from bricoop.domain.nouns import CONTESTED
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import BricoopError
from bricoop.lookup.sources import find_source
from bricoop.query.conditions import filters
from bricoop.query.conditions.compiler import NOT
from bricoop.query.plan import Condition, Plan
from bricoop.query.plans import members
from bricoop.query.plans.contradictions import AMOUNTS, Scope, contested
from bricoop.query.question import Question
from bricoop.query.tables import Expression, Join, Tables

#: The filters on the entity that a row is about, each for the column with the entity's id.
_ON_ENTITIES: Mapping[str, Callable[[Expression], Condition]] = {
    "about": filters.about,
    "link": filters.by_link,
    "country": filters.by_country,
    "region": filters.by_region,
    "name": filters.by_name,
}


def _plan(scope: Scope) -> Plan:
    rows, displayed = contested(scope), source.alias("shown_source")
    return Plan(
        tables=Tables(
            rows,
            (
                Join(entity, entity.c.id == rows.c.entity_id),
                Join(source, source.c.id == rows.c.source_id),
                Join(displayed, displayed.c.id == rows.c.shown_source_id),
            ),
        ),
        identity=rows.c.number,
        scalars={
            "about": entity.c.name,
            "kind": entity.c.kind,
            "field": rows.c.field,
            "shown": rows.c.shown,
            "says": rows.c.says,
            "shown_amount": rows.c.shown_amount,
            "amount": rows.c.amount,
            "unit": rows.c.unit,
            "shown_source": displayed.c.key,
            "shown_locator": rows.c.shown_locator,
            "source": source.c.key,
            "locator": rows.c.locator,
            "rule": rows.c.rule,
            "about_key": entity.c.key,
        },
        about=rows.c.entity_id,
        filters={
            "kind": filters.coded(entity.c.kind, EntityKind),
            "source": _of_either(rows),
            **{name: make(rows.c.entity_id) for name, make in _ON_ENTITIES.items()},
        },
        order={"about": entity.c.normalised},
        groups={"country": members.countries(), "link": members.links(), **members.regions()},
        never_empty=frozenset({"field", "rule"}),
        narrowing=_narrowed,
    )


def _of_either(rows: Subquery) -> Condition:
    """Return the filter for disagreements in which a source has either value."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        source_ids = [find_source(connection, value) for value in values]
        return rows.c.source_id.in_(source_ids) | rows.c.shown_source_id.in_(source_ids)

    return condition


def _narrowed(connection: Connection, question: Question) -> Plan:
    """Return the plan that computes the disagreements on the entities and fields of a question."""
    required = {
        name: values
        for name, values in question.filters.items()
        if values and not any(value.startswith(NOT) for value in values)
    }
    fields = required.get("field", ())
    is_known = bool(fields) and {*fields} <= {*CONTESTED, *AMOUNTS}

    def about(column: Expression) -> ColumnElement[bool]:
        conditions: list[ColumnElement[bool]] = [column.is_not(None)]
        for name, values in required.items():
            # A value that is refused here is refused, with its place, when the filter is compiled.
            with suppress(BricoopError):
                if name in _ON_ENTITIES:
                    conditions.append(_ON_ENTITIES[name](column)(connection, values))
                elif name == "source":
                    conditions.append(column.in_(_described_by(connection, values)))
        return and_(*conditions)

    return _plan(Scope(about, fields if is_known else None, question.grouping is None))


def _described_by(connection: Connection, values: tuple[str, ...]) -> Select[int | None]:
    """Select the ids of the entities that records of some sources are about."""
    source_ids = [find_source(connection, value) for value in values]
    return select(record.c.entity_id).where(record.c.source_id.in_(source_ids))


PLAN = _plan(Scope())
