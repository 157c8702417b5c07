"""Compare the shown values of entities with those that their records and facts give."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, metadata
from bricoop.domain.names import normalise
from bricoop.domain.nouns import NAMED_KINDS
from bricoop.domain.project_kinds.short_names import short_name
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.check.altered_records import paged
from bricoop.ingest.editions.choose_values import (
    chosen_values,
    claims_by_entity,
    main_kinds,
    subtype_values,
)
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND
from bricoop.ingest.resolve.known_places import KnownPlaces

#: Columns of subtypes that have a value even if no record describes the entity.
_NEVER_BLANK = {"id", "short_name"}


class WrongEntity(NamedTuple):
    """An entity whose values differ from those that its records give.

    Attributes:
        id: the id of the entity.
        key: its key.
    """

    id: int
    key: str


def wrong_entities(connection: Connection) -> Iterator[WrongEntity]:
    """Yield the entities whose values are not those chosen from their records."""
    known_places = KnownPlaces(connection)
    kinds = {kind: (layout, metadata.tables.get(kind)) for kind, layout in LAYOUT_OF_KIND.items()}
    for rows in paged(connection, select(entity), entity.c.id):
        ids = [row.id for row in rows]
        claims_by_noun = claims_by_entity(connection, ids)
        named = _names_of(connection, ids)
        kinds_by_project = main_kinds(connection, ids)
        stored = {
            kind: _by_id(connection, table, ids)
            for kind, (_, table) in kinds.items()
            if table is not None
        }
        for row in rows:
            layout = kinds.get(EntityKind(row.kind), (None, None))[0]
            claims = claims_by_noun.get(layout.noun, {}).get(row.id) if layout else None
            own = stored.get(EntityKind(row.kind), {}).get(row.id)
            kind = kinds_by_project.get(row.id)
            names = named.get(row.id, set())
            if not _shows_its_values(row, layout, claims, own, known_places, names, kind):
                yield WrongEntity(row.id, row.key)


def _shows_its_values(
    row: Row[Any],
    layout: Layout | None,
    claims: Sequence[dict[str, Any]] | None,
    own: Mapping[str, Any] | None,
    known_places: KnownPlaces,
    names: set[str],
    kind: str | None,
) -> bool:
    if row.normalised != normalise(row.name):
        return False
    if own is not None and "short_name" in own and own["short_name"] != short_name(row.name):
        return False
    if layout is None or not claims:
        is_blank = row.kind not in NAMED_KINDS or all(
            value is None for name, value in (own or {}).items() if name not in _NEVER_BLANK
        )
        return is_blank and (row.name in names or not names)
    expected_values = chosen_values(claims)
    if "name" in expected_values and (row.name, row.description) != (
        expected_values["name"],
        expected_values.get("description"),
    ):
        return False
    expected = subtype_values(layout, expected_values, known_places)
    if kind is not None:
        expected["kind"] = kind
    return own is None or all(own[name] == value for name, value in expected.items())


def _names_of(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    names: dict[int, set[str]] = defaultdict(set)
    own = select(alias.c.entity_id, alias.c.name).where(
        in_values(connection, alias.c.entity_id, ids)
    )
    for number, name in connection.execute(own):
        names[number].add(name)
    return names


def _by_id(connection: Connection, table: Any, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    chosen_rows = select(table).where(in_values(connection, table.c.id, ids))
    return {row["id"]: dict(row) for row in connection.execute(chosen_rows).mappings()}
