"""Project fields by which finance and locations can be filtered and grouped."""

from collections.abc import Mapping

from bricoop.db.schema import project
from bricoop.query.nouns.facts import OF_PROJECTS
from bricoop.query.tables import Expression, Join

RELATED = {field.name: field for field in OF_PROJECTS}
SCALARS: Mapping[str, Expression] = {
    "sector": project.c.sector,
    "status": project.c.status,
    "project_kind": project.c.kind,
}


def join(owner: Expression) -> Join:
    """Return the outer join of the project that a row is about."""
    return Join(project, project.c.id == owner, outer=True)
