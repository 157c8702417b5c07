"""How projects are read."""

from bricoop.db.schema import entity, project
from bricoop.domain.vocabularies import ProjectKind, ProjectStatus
from bricoop.query import conditions, members
from bricoop.query.plan import Plan

PLAN = Plan(
    rows=project.join(entity, entity.c.id == project.c.id),
    identity=entity.c.id,
    scalars={
        "key": entity.c.key,
        "name": entity.c.name,
        "kind": project.c.kind,
        "status": project.c.status,
        "sector": project.c.sector,
        "announced": project.c.announced,
        "started": project.c.started,
        "completed": project.c.completed,
        "description": entity.c.description,
    },
    about=entity.c.id,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "links": members.links(),
        "financiers": members.financiers(),
        "sources": members.sources(),
    },
    filters={
        "link": conditions.by_link(entity.c.id),
        "country": conditions.by_country(entity.c.id),
        "kind": conditions.coded(project.c.kind, ProjectKind),
        "status": conditions.coded(project.c.status, ProjectStatus),
        "financier": conditions.by_financier(entity.c.id),
        "source": conditions.by_source(entity.c.id),
        "year": conditions.by_year(project.c.announced, project.c.started, project.c.completed),
        "name": conditions.by_name(entity.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("announced", "started", "completed"),
)
