"""Query plan of the noun `records`: the records of sources as they were loaded."""

from sqlalchemy import Text, cast

from bricoop.db.full_fields import full_fields
from bricoop.db.schema import entity, record, source
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(
        record,
        (
            Join(source, source.c.id == record.c.source_id),
            Join(entity, entity.c.id == record.c.entity_id, outer=True),
        ),
    ),
    identity=record.c.id,
    scalars={
        "id": record.c.id,
        "kind": record.c.noun,
        "external_id": record.c.external_id,
        "about": entity.c.name,
        "about_key": entity.c.key,
        "stated_name": record.c.stated_name,
        "source": source.c.key,
        "locator": record.c.locator,
        "load": record.c.load_id,
        "gone_in": record.c.gone_in,
        "fields": cast(full_fields(record), Text),
        "url": record.c.fields["url"].as_string(),
    },
    about=record.c.entity_id,
    is_record=True,
    filters={
        "kind": filters.holding(record.c.noun),
        "about": filters.about(record.c.entity_id),
        "source": filters.of_source(record.c.source_id),
        "load": filters.of_load(record.c.load_id),
        "name": filters.holding(record.c.stated_name, entity.c.name),
    },
    always=record.c.gone_in.is_(None),
    # Record ids follow the order of the source.
    order={"locator": record.c.id, "about": entity.c.normalised},
)
