"""Find records whose entity was altered in the database, by its checksum column or by facts."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Text, cast, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import FACTS, alias, entity, record
from bricoop.domain.names import normalise
from bricoop.ingest.layouts.registry import LAYOUTS

_SUBJECTS = {layout.noun: layout.subject for layout in LAYOUTS}


def altered_aims(connection: Connection) -> dict[int, str]:
    """Return the records that are about another entity than when loaded: a description for each id.

    The column `standing` is a copy of the entity id. If both were altered, the facts still refer to
    the right entity; deriving them again would move them to the wrong one.
    """
    standing = func.coalesce(record.c.entity_id, -record.c.gone_in)
    columns = (record.c.id, record.c.noun, record.c.external_id, record.c.load_id)
    differs = record.c.standing.is_distinct_from(standing)
    statement: Any = select(*columns).where(differs).order_by(record.c.id)
    moved = {row.id: _description(row) for row in connection.execute(statement)}
    return moved | _unlike_their_facts(connection)


def _description(row: Row[Any]) -> str:
    return f"{row.noun} {row.external_id!r} of load {row.load_id}"


def _unlike_their_facts(connection: Connection) -> dict[int, str]:
    """Return the records whose facts are all about one other entity that has the record's name.

    If the record's own entity has that name, the facts were altered instead.
    """
    columns = (record.c.id, record.c.noun, record.c.external_id, record.c.load_id,
               record.c.entity_id, cast(record.c.fields, Text).label("fields"))  # fmt: skip
    others: dict[int, set[int]] = defaultdict(set)
    rows: dict[int, Row[Any]] = {}
    for table in FACTS:
        # Names by mention have negative positions, and belong to the mentioned entity.
        own = (table.c.record_id == record.c.id) & (table.c.position >= 0)
        unlike: Any = select(*columns, table.c.entity_id.label("other")).join(table, own)
        for row in connection.execute(unlike.where(table.c.entity_id != record.c.entity_id)):
            others[row.id].add(row.other)
            rows[row.id] = row
    moved = {}
    for number, row in sorted(rows.items()):
        if len(others[number]) == 1:
            name = str(_fields(row).get(_SUBJECTS.get(row.noun, "name"), ""))
            named = _named(connection, name, {row.entity_id, *others[number]})
            if named == others[number]:
                moved[number] = _description(row)
    return moved


def _fields(row: Row[Any]) -> Mapping[str, Any]:
    try:
        fields = orjson.loads(row.fields)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _named(connection: Connection, name: str, entity_ids: set[int]) -> set[int]:
    """Return those of the entities that have a text as a name or as their key."""
    text = normalise(name)
    by_key = select(entity.c.id).where(in_values(connection, entity.c.id, entity_ids))
    by_name = select(alias.c.entity_id).where(in_values(connection, alias.c.entity_id, entity_ids))
    own = (entity.c.key == name) | (entity.c.normalised == text)
    statements = (by_key.where(own), by_name.where(alias.c.normalised == text))
    return {number for statement in statements for number in connection.scalars(statement)}
