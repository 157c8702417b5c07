"""Query plan of the noun `sources`; sources without records are left out."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, case, exists, func, select

from bricoop.db.schema import record, source
from bricoop.domain.vocabularies import TIER_LABELS, SourceKind
from bricoop.errors import UsageError
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Tables

_TIERS: Mapping[int, str] = {tier.value: name for tier, name in TIER_LABELS.items()}
_RECORDS = (
    select(func.count())
    .select_from(record)
    .where(record.c.source_id == source.c.id)
    .correlate_except(record)
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
        "records": _RECORDS,
    },
    filters={
        "kind": filters.coded(source.c.kind, SourceKind),
        "tier": _by_tier,
        "year": filters.by_year(source.c.published),
        "name": filters.holding(source.c.title),
    },
    always=exists().where(record.c.source_id == source.c.id),
    dates=("published",),
)
