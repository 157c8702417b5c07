"""Query plan of the noun `statistics`."""

from bricoop.db.schema import entity, observation, record, source
from bricoop.db.types import by_value
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(
        observation,
        (
            Join(entity, entity.c.id == observation.c.entity_id),
            Join(record, record.c.id == observation.c.record_id),
            Join(source, source.c.id == record.c.source_id),
        ),
    ),
    identity=observation.c.record_id,
    scalars={
        "indicator": observation.c.indicator,
        "subject": entity.c.name,
        "subject_key": entity.c.key,
        "value": observation.c.value,
        "unit": observation.c.unit,
        "price_base": observation.c.price_base,
        "qualifier": observation.c.qualifier,
        "period": observation.c.period,
        "stated": record.c.stated_name,
        "note": observation.c.note,
        "source": source.c.key,
        "locator": record.c.locator,
    },
    about=observation.c.entity_id,
    is_record=True,
    filters={
        "country": filters.about(observation.c.entity_id, EntityKind.COUNTRY),
        "subject": filters.about(observation.c.entity_id),
        "indicator": filters.holding(observation.c.indicator),
        "year": filters.by_period(observation.c.period_start, observation.c.period_end),
        "source": filters.of_source(record.c.source_id),
    },
    # SQLite stores exact decimals as text; cast to numbers, they sort as on PostgreSQL.
    order={"value": by_value(observation.c.value)},
    undated=observation.c.period_start.is_(None) & observation.c.period_end.is_(None),
    ties=(observation.c.period_start.asc().nulls_last(),),
)
