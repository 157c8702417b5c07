"""Query plan of the noun `projects`."""

from sqlalchemy import ColumnElement, func, select

from bricoop.db.schema import entity, project, project_kind, record
from bricoop.domain import nouns
from bricoop.domain.vocabularies import ProjectStatus
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members
from bricoop.query.plans.scores import SCORES
from bricoop.query.tables import of_entities, values_of


def _url() -> ColumnElement[str | None]:
    """Return the first URL in a project's own records, or else in its finance records."""
    address = record.c.fields["url"].as_string()
    statement = (
        select(address)
        .where(record.c.entity_id == project.c.id, record.c.gone_in.is_(None))
        .where(record.c.noun.in_(("projects", "finance")), address.is_not(None))
        .order_by(record.c.noun.desc(), record.c.id)
        .limit(1)
    )
    return statement.correlate(project).scalar_subquery()


def _kind_basis() -> ColumnElement[str | None]:
    """Return on what the main kind is based; that a source states it counts more than a rule."""
    own = (project_kind.c.entity_id == project.c.id) & (project_kind.c.kind == project.c.kind)
    # "stated" sorts after "by-rule".
    statement = select(func.max(project_kind.c.basis)).where(own)
    return statement.correlate(project).scalar_subquery()


PLAN = Plan(
    tables=of_entities(nouns.PROJECTS),
    identity=project.c.id,
    scalars={
        **values_of(nouns.PROJECTS),
        "short_name": project.c.short_name,
        "kind_basis": _kind_basis(),
        "description": entity.c.description,
        "url": _url(),
        **SCORES,
    },
    about=project.c.id,
    lists={
        "kinds": members.kinds(),
        "countries": members.countries(),
        "country_names": members.country_names(),
        "links": members.links(),
        "financiers": members.financiers(),
        "sources": members.sources(),
    },
    filters={
        "link": filters.by_link(project.c.id),
        "country": filters.by_country(project.c.id),
        "region": filters.by_region(project.c.id),
        "kind": filters.by_project_kind(project.c.id),
        "status": filters.coded(project.c.status, ProjectStatus),
        "financier": filters.by_financier(project.c.id),
        "source": filters.by_source(project.c.id),
        "year": filters.by_year(project.c.announced, project.c.started, project.c.completed),
        "name": filters.by_name(project.c.id),
    },
    order={"name": entity.c.normalised},
    dates=("announced", "started", "completed"),
    groups=members.regions(),
)
