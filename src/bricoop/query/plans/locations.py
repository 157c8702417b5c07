"""Query plan of the noun `locations`: a row for each location that a source gives."""

from bricoop.db.schema import entity, location, record, source
from bricoop.domain.vocabularies import EntityKind, LocationPrecision
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members, project_fields
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(
        location,
        (
            Join(entity, entity.c.id == location.c.entity_id),
            project_fields.join(location.c.entity_id),
            Join(record, record.c.id == location.c.record_id),
            Join(source, source.c.id == record.c.source_id),
        ),
    ),
    identity=location.c.record_id,
    scalars={
        "project": entity.c.name,
        "project_key": entity.c.key,
        "name": location.c.name,
        "latitude": location.c.latitude,
        "longitude": location.c.longitude,
        "precision": location.c.precision,
        **project_fields.SCALARS,
        "source": source.c.key,
        "locator": record.c.locator,
    },
    about=location.c.entity_id,
    is_record=True,
    related=project_fields.RELATED,
    filters={
        "link": filters.by_link(location.c.entity_id),
        "country": filters.by_country(location.c.entity_id),
        "region": filters.by_region(location.c.entity_id),
        "precision": filters.coded(location.c.precision, LocationPrecision),
        "source": filters.of_source(record.c.source_id),
        "project": filters.about(location.c.entity_id, EntityKind.PROJECT),
        "name": filters.by_name(location.c.entity_id),
    },
    order={"project": entity.c.normalised},
    groups={"country": members.countries(), "link": members.links(), **members.regions()},
)
