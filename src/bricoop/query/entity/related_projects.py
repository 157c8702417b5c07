"""Projects that a source groups: a project and its parts, or parts of the same project."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from bricoop.db.schema import entity, record, source
from bricoop.lookup.entities import keys_now, keys_of


@dataclass(frozen=True)
class Relative:
    """A project that a source groups with another one.

    Attributes:
        relation: `whole`, `part`, or `same group`.
        key: key of the project.
        name: its name.
        source: key of the source.
        locator: place in the source.
    """

    relation: str
    key: str
    name: str
    source: str
    locator: str | None


def relatives_of(connection: Connection, entity_id: int) -> tuple[Relative, ...]:
    """Return the parent, the parts, and the projects with the same parent as a project.

    AidData uses the parent id for loans for one project, tranches, phases, and projects of one
    fund, and does not distinguish these cases.
    """
    return tuple(dict.fromkeys(_relatives(connection, entity_id)))


def _relatives(connection: Connection, entity_id: int) -> Iterator[Relative]:
    parent = record.c.fields["parent"].as_string()
    own_records = connection.execute(
        select(record.c.source_id, record.c.external_id, parent.label("parent"))
        .where(record.c.entity_id == entity_id, record.c.noun == "projects")
        .order_by(record.c.id)
    ).all()
    own_keys = keys_of(connection, entity_id)
    for row in own_records:
        means_own = {row.external_id, *own_keys}
        whole_key = keys_now(connection, [row.parent])[0] if row.parent is not None else None
        alike = [parent.in_(means_own)]
        if row.parent is not None:
            is_whole = or_(record.c.external_id == row.parent, entity.c.key == whole_key)
            alike += [parent == row.parent, is_whole]
        rows = connection.execute(
            select(
                record.c.external_id, parent, entity.c.key, entity.c.name, source.c.key,
                record.c.locator,
            )
            .join(entity, entity.c.id == record.c.entity_id)
            .join(source, source.c.id == record.c.source_id)
            .where(record.c.source_id == row.source_id, record.c.noun == "projects")
            .where(or_(*alike), record.c.entity_id != entity_id)
            .order_by(entity.c.normalised, record.c.id)
        )  # fmt: skip
        for number, whole, key, name, said_by, locator in rows:
            relation = "same group"
            if whole in means_own:
                relation = "part"
            elif row.parent == number or whole_key == key:
                relation = "whole"
            yield Relative(relation, key, name, said_by, locator)
