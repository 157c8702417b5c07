"""Names that records only mention: whether each is what its record says, or what is shown."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, Text, cast, select

from bricoop.db.schema import alias, entity, record
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import AliasKind
from bricoop.ingest.editions.delete_facts import records_mentioning
from bricoop.ingest.facts.buffer import mention_position
from bricoop.ingest.facts.derive import organizations_named
from bricoop.ingest.layouts.registry import layout_of


class Mistaken(NamedTuple):
    """A name that no record mentions as it stands there.

    Attributes:
        record_id: the record that is said to mention it.
        position: its place among the facts of the record.
        entity_id: the entity that is said to have it.
        name: the name.
    """

    record_id: int
    position: int
    entity_id: int
    name: str

    def __str__(self) -> str:
        """Return the name, quoted."""
        return f"the name {self.name!r}"


def mistaken_mentions(connection: Connection) -> Iterator[Mistaken]:
    """Yield the names that are not what their records mention, nor what their entities show.

    An entity whose own name went with a record keeps it under a record that mentions another of its
    names.
    """
    for row in _mentions(connection):
        is_mentioned = row.name in _named(row) or (
            row.name == row.shown and _mentions_entity(connection, row)
        )
        is_as_written = (row.position, row.normalised, row.kind, row.language) == (
            mention_position(row.entity_id), normalise(row.name), AliasKind.NAME.value, None,
        )  # fmt: skip
        if not is_as_written or not is_mentioned:
            yield Mistaken(row.record_id, row.position, row.entity_id, row.name)


def _mentions(connection: Connection) -> Sequence[Row[Any]]:
    statement = (
        select(*alias.columns, record.c.noun, cast(record.c.fields, Text).label("fields"),
               record.c.entity_id.label("about"), entity.c.name.label("shown"))
        .join(record, record.c.id == alias.c.record_id)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(alias.c.position < 0)
        .order_by(alias.c.record_id, alias.c.position)
    )  # fmt: skip
    # Whole, as questions are asked between.
    mentions: Sequence[Any] = connection.execute(statement).all()
    return mentions


def _mentions_entity(connection: Connection, row: Row[Any]) -> bool:
    """Return whether a record is about the entity to which it lends a name, or mentions it."""
    return row.about == row.entity_id or row.record_id in records_mentioning(
        connection, [row.entity_id]
    )


def _named(row: Row[Any]) -> Sequence[str]:
    """Return the names of organizations and of its subject that a record mentions."""
    try:
        fields = orjson.loads(row.fields)
        layout = layout_of(row.noun)
        names = [name for _, name in organizations_named(layout, fields)]
        return [*names, fields.get(layout.subject)]
    except (ValueError, LookupError, TypeError, AttributeError):
        # Fields that were altered may mean nothing; their record is known to be altered.
        return [row.name]
