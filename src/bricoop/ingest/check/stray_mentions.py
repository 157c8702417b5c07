"""Check the names by mention: each must be in its record, or be the name that is shown."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, Text, cast, func, select

from bricoop.db.schema import alias, cluster_pointer, cluster_record, entity, record
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import AliasKind
from bricoop.ingest.editions.delete_facts import records_mentioning
from bricoop.ingest.facts.buffer import mention_position
from bricoop.ingest.facts.derive import organizations_named
from bricoop.ingest.layouts.registry import layout_of


class Mistaken(NamedTuple):
    """A name by mention that its record does not contain.

    Attributes:
        record_id: the record to which it is attributed.
        position: its position among the facts of the record.
        entity_id: the entity that it names.
        name: the name.
    """

    record_id: int
    position: int
    entity_id: int
    name: str

    def __str__(self) -> str:
        """Return a description for messages."""
        return f"the name {self.name!r}"


def mistaken_mentions(connection: Connection) -> Iterator[Mistaken]:
    """Yield the names by mention that are neither in their records nor shown by their entities.

    An entity whose own name was deleted with a record keeps it, attributed to a record that
    mentions another of its names.
    """
    for row in _mentions(connection):
        is_mentioned = row.name in _named(row) or (
            row.name == row.shown and _mentions_entity(connection, row)
        )
        is_as_written = (row.position, row.normalised, row.kind, row.language) == (
            mention_position(row.home), normalise(row.name), AliasKind.NAME.value, None,
        )  # fmt: skip
        if not is_as_written or not is_mentioned:
            yield Mistaken(row.record_id, row.position, row.entity_id, row.name)


def _mentions(connection: Connection) -> Sequence[Row[Any]]:
    # The position is that of the entity which has the name without decisions.
    home = func.coalesce(
        cluster_pointer.c.own_entity_id, cluster_record.c.own_entity_id, alias.c.entity_id
    )
    moved = (cluster_record.c.record_id == record.c.id) & (record.c.entity_id == alias.c.entity_id)
    pointed = (
        (cluster_pointer.c.fact == alias.name)
        & (cluster_pointer.c.record_id == alias.c.record_id)
        & (cluster_pointer.c.position == alias.c.position)
    )
    statement = (
        select(*alias.columns, record.c.noun, cast(record.c.fields, Text).label("fields"),
               record.c.entity_id.label("about"), entity.c.name.label("shown"),
               home.label("home"))
        .join(record, record.c.id == alias.c.record_id)
        .join(entity, entity.c.id == alias.c.entity_id)
        .outerjoin(cluster_record, moved)
        .outerjoin(cluster_pointer, pointed)
        .where(alias.c.position < 0)
        .order_by(alias.c.record_id, alias.c.position)
    )  # fmt: skip
    # Read completely, as other queries run while the caller iterates.
    mentions: Sequence[Any] = connection.execute(statement).all()
    return mentions


def _mentions_entity(connection: Connection, row: Row[Any]) -> bool:
    """Return whether the record of a name is about the named entity, or refers to it."""
    return row.about == row.entity_id or row.record_id in records_mentioning(
        connection, [row.entity_id]
    )


def _named(row: Row[Any]) -> Sequence[str]:
    """Return the names of organizations in a record, and of its subject."""
    try:
        fields = orjson.loads(row.fields)
        layout = layout_of(row.noun)
        names = [name for _, name in organizations_named(layout, fields)]
        return [*names, fields.get(layout.subject)]
    except (ValueError, LookupError, TypeError, AttributeError):
        # Altered fields may have any form; another check reports the record as altered.
        return [row.name]
