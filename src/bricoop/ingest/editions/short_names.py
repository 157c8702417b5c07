"""Set the short names of projects, which follow by rule from the names that are shown."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bricoop.db.bulk import update_rows
from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, project
from bricoop.domain.project_kinds.short_names import short_name


def set_short_names(connection: Connection, entity_ids: Iterable[int]) -> None:
    """Set the short names of those entities that are projects from their shown names."""
    statement = select(project.c.id, entity.c.name).join(entity, entity.c.id == project.c.id)
    chosen = in_values(connection, project.c.id, set(entity_ids))
    rows = [
        {"the_id": project_id, "short_name": short_name(name)}
        for project_id, name in connection.execute(statement.where(chosen))
    ]
    update_rows(connection, project, rows)
