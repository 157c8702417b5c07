"""Query plan of the noun `sources`; those without records and decisions are left out."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Table, case, exists, func, or_, select

from bricoop.db.schema import decision, record, source
from bricoop.domain.vocabularies import TIER_LABELS, SourceKind
from bricoop.errors import UsageError
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Tables

_TIERS: Mapping[int, str] = {tier.value: name for tier, name in TIER_LABELS.items()}


def _number(table: Table) -> ColumnElement[int]:
    """Return the expression for the number of rows of a table that a source states."""
    return (
        select(func.count())
        .select_from(table)
        .where(table.c.source_id == source.c.id)
        .correlate_except(table)
        .scalar_subquery()
    )


def _by_tier(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
    for value in values:
        if value not in {str(tier) for tier in _TIERS}:
            message = f"There is no tier {value!r}."
            raise UsageError(message, "Tiers are 1 (government) to 8 (social media).")
    return source.c.tier.in_([int(value) for value in values])


PLAN = Plan(
    tables=Tables(source),
    identity=source.c.id,
    scalars={
        "key": source.c.key,
        "name": source.c.title,
        "kind": source.c.kind,
        "tier": source.c.tier,
        "tier_name": case(_TIERS, value=source.c.tier),
        "authors": source.c.authors,
        "publisher": source.c.publisher,
        "published": source.c.published,
        "edition": source.c.edition,
        "url": source.c.url,
        "archived_url": source.c.archived_url,
        "licence": source.c.licence,
        "language": source.c.language,
        "note": source.c.note,
        "records": _number(record),
        "decisions": func.nullif(_number(decision), 0),
    },
    filters={
        "kind": filters.coded(source.c.kind, SourceKind),
        "tier": _by_tier,
        "year": filters.by_year(source.c.published),
        "name": filters.holding(source.c.title),
    },
    always=or_(*(exists().where(table.c.source_id == source.c.id) for table in (record, decision))),
    dates=("published",),
)
