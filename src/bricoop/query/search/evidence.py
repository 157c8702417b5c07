"""The texts about entities that full-text search covers, each with its source and locator."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Result, Row, Select, case, literal, select

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import (
    agreement_party,
    alias,
    entity_country,
    entity_region,
    finance,
    finding,
    location,
    participation,
    record,
    source,
)
from bricoop.db.search.parts import is_identifier, names_of
from bricoop.domain.vocabularies import FindingKind, label


class Text(NamedTuple):
    """A text about an entity.

    Attributes:
        kind: its kind in words: name, description, contractor and so on.
        text: the text as in the source.
        source: key of the source; empty for texts of bricoop itself, such as keys.
        locator: place in the source.
    """

    kind: str
    text: str
    source: str = ""
    locator: str | None = None


class Citation(NamedTuple):
    """A source, by key, and a place in it."""

    source: str
    locator: str | None


Texts = dict[int, list[Text]]


class HitEntity(NamedTuple):
    """The row of an entity that a search finds."""

    id: int
    key: str
    kind: str
    name: str
    description: str | None


def texts_of(
    connection: Connection, entities: Sequence[HitEntity], is_enough: Callable[[Text], bool]
) -> Texts:
    """Return searchable texts of some entities, by entity id: names first, identifiers last.

    Descriptions, and then all other texts, are read of those entities alone that have no text
    before them which is enough.

    Args:
        connection: an open connection.
        entities: the entities.
        is_enough: whether a text alone shows why an entity was found.
    """
    by_entity = _names(connection, entities)

    def not_shown(of: Sequence[HitEntity]) -> list[HitEntity]:
        return [hit for hit in of if not any(map(is_enough, by_entity[hit.id]))]

    if rest := not_shown(entities):
        records = _records(connection, [hit.id for hit in rest])
        _descriptions(records, {hit.id: hit.description for hit in rest}, by_entity)
        _others(connection, not_shown(rest), records, by_entity)
    return by_entity


def _others(
    connection: Connection,
    entities: Sequence[HitEntity],
    records: Sequence[Row[Any]],
    by_entity: Texts,
) -> None:
    """Add the texts about entities other than names and descriptions."""
    ids = [hit.id for hit in entities]
    if not ids:
        return
    of_finding = case((finding.c.kind == FindingKind.NOTE.value, "note"), else_="finding")
    _fact_texts(connection, ids, by_entity, of_finding, finding.c.entity_id, finding.c.statement)
    _mentioned(connection, ids, by_entity)
    of_place = literal("place")
    _fact_texts(connection, ids, by_entity, of_place, location.c.entity_id, location.c.name)
    for hit in entities:
        by_entity[hit.id].append(Text("key", hit.key))
    chosen = set(ids)
    for entry in records:
        if entry.entity_id in chosen and is_identifier(entry.external_id):
            text = Text("identifier", entry.external_id, entry.key, entry.locator)
            by_entity[entry.entity_id].append(text)


def _records(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return the records about some entities, each with its source and locator."""
    columns = (record.c.entity_id, full_fields(record).label("fields"), record.c.external_id)
    statement = select(*columns, source.c.key, record.c.locator)
    statement = statement.join(source, source.c.id == record.c.source_id)
    chosen = statement.where(in_values(connection, record.c.entity_id, ids)).order_by(record.c.id)
    return connection.execute(chosen).all()


def _differs(name: str, text: Text) -> bool:
    return text.text != name


def _names(connection: Connection, entities: Sequence[HitEntity]) -> Texts:
    columns: tuple[Column[Any], ...] = (
        alias.c.entity_id, alias.c.name, alias.c.kind, alias.c.language,
    )  # fmt: skip
    rows: Result[Any] = connection.execute(
        _with_source(select(*columns), alias.c.record_id)
        .where(in_values(connection, alias.c.entity_id, [hit.id for hit in entities]))
        .order_by(alias.c.record_id, alias.c.position)
    )
    by_entity: Texts = defaultdict(list)
    for row in rows:
        kind = "name" if row.kind == "name" else f"name, {label(row.kind)}"
        described = f"{kind} ({row.language})" if row.language else kind
        by_entity[row.entity_id].append(Text(described, row.name, row.key, row.locator))
    for hit in entities:
        # The displayed name comes first, regardless of the order of records.
        by_entity[hit.id].sort(key=partial(_differs, hit.name))
    return by_entity


def _descriptions(
    records: Sequence[Row[Any]], shown: dict[int, str | None], by_entity: Texts
) -> None:
    citations: dict[int, tuple[str, str | None]] = {}
    for row in records:
        if row.fields.get("description") == shown[row.entity_id]:
            citations.setdefault(row.entity_id, (row.key, row.locator))
    for number, text in shown.items():
        if text:
            by_entity[number].append(Text("description", text, *citations.get(number, ("", None))))


def _mentioned(connection: Connection, ids: Sequence[int], by_entity: Texts) -> None:
    named: tuple[tuple[Column[Any], Column[Any], Column[Any] | None, str], ...] = (
        (participation.c.entity_id, participation.c.organization_id, participation.c.role, ""),
        (agreement_party.c.entity_id, agreement_party.c.party_id, None, "party"),
        (finance.c.entity_id, finance.c.financier_id, None, "financier"),
        (entity_country.c.entity_id, entity_country.c.country_id, None, "country"),
        (entity_region.c.entity_id, entity_region.c.region_id, None, "region"),
    )
    mentions: list[tuple[Any, ...]] = []
    for owner, other, role, kind in named:
        table = owner.table
        columns = (owner, other, *((role,) if role is not None else ()))
        rows = connection.execute(
            _with_source(select(*columns), table.c.record_id)
            .where(in_values(connection, owner, ids), other.is_not(None))
            .order_by(table.c.record_id, table.c.position)
        )
        for entity_id, number, *more, key, locator in rows:
            mentions.append((entity_id, number, label(more[0]) if more else kind, key, locator))
    # One statement for all names saves round trips to the server.
    mentioned = {number for _, number, *_ in mentions}
    names, stated = names_of(connection, mentioned), _stated_names(connection, mentioned)
    citations: dict[tuple[int, int, str], list[Citation]] = defaultdict(list)
    for entity_id, number, kind, *citation in mentions:
        citations[entity_id, number, kind].append(Citation(*citation))
    for (entity_id, number, kind), cited in citations.items():
        for name in names[number]:
            # A source that itself uses the name comes before those that mention the same entity.
            by_use = sorted(
                cited, key=lambda citation: (number, name, citation.source) not in stated
            )
            by_entity[entity_id] += [Text(kind, name, *citation) for citation in by_use]


def _stated_names(connection: Connection, ids: Collection[int]) -> set[tuple[int, str, str]]:
    """Return the names of entities with the keys of the sources that state them."""
    rows = connection.execute(
        select(alias.c.entity_id, alias.c.name, source.c.key)
        .join(record, record.c.id == alias.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(in_values(connection, alias.c.entity_id, ids))
    )
    return {(number, name, key) for number, name, key in rows}


def _fact_texts(
    connection: Connection,
    ids: Sequence[int],
    by_entity: Texts,
    kind: ColumnElement[str],
    owner: Column[Any],
    text: Column[Any],
) -> None:
    table = owner.table
    rows = connection.execute(
        _with_source(select(owner, kind, text), table.c.record_id)
        .where(in_values(connection, owner, ids), text.is_not(None))
        .order_by(table.c.record_id, table.c.position)
    )
    for entity_id, described, statement, key, locator in rows:
        by_entity[entity_id].append(Text(described, statement, key, locator))


def _with_source(statement: Select[Any], record_id: Column[Any]) -> Select[Any]:
    return (
        statement.add_columns(source.c.key, record.c.locator)
        .join(record, record.c.id == record_id)
        .join(source, source.c.id == record.c.source_id)
    )
