"""Query plan of the noun `locations`: a row for each location that a source gives."""

from bricoop.db.schema import entity, location, record, source
from bricoop.domain.vocabularies import EntityKind, LocationPrecision
from bricoop.query import conditions, members, of_projects
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(
        location,
        (
            Join(entity, entity.c.id == location.c.entity_id),
            of_projects.join(location.c.entity_id),
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
        **of_projects.SCALARS,
        "source": source.c.key,
        "locator": record.c.locator,
    },
    about=location.c.entity_id,
    is_record=True,
    related=of_projects.RELATED,
    filters={
        "link": conditions.by_link(location.c.entity_id),
        "country": conditions.by_country(location.c.entity_id),
        "region": conditions.by_region(location.c.entity_id),
        "precision": conditions.coded(location.c.precision, LocationPrecision),
        "source": conditions.of_source(record.c.source_id),
        "project": conditions.about(location.c.entity_id, EntityKind.PROJECT),
        "name": conditions.by_name(location.c.entity_id),
    },
    order={"project": entity.c.normalised},
    groups={"country": members.countries(), "link": members.links(), **members.regions()},
)
