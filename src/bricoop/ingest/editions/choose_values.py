"""Choose the values of an entity: by source tier, then date of publication, then first record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.bulk import update_rows
from bricoop.db.claims import claims_name, rank, rank_in_sql
from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import entity, metadata, project_kind, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.names import normalise
from bricoop.domain.nouns import DESCRIBING, ValueType
from bricoop.domain.project_kinds.short_names import short_name
from bricoop.domain.vocabularies import Basis, EntityKind
from bricoop.ingest.layouts.layout import Fields, Layout
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.resolve.known_places import KnownPlaces

_BATCH = 1000


def subtype_values(layout: Layout, fields: Mapping[str, Any], known_places: KnownPlaces) -> Fields:
    """Return the values for the subtype table of a kind, such as `project`, from fields."""
    names, quantities = _names_of_values(layout.noun)
    values: Fields = dict(zip(names, map(fields.get, names), strict=True))
    for name in quantities:
        if values[name] is not None:
            values[name] = Decimal(values[name])
    if "country" in values:
        code = values.pop("country")
        # Only a country can be a home country; a region stays in the record.
        values["country_id"] = (
            known_places.id_of(code) if code and known_places.is_country(code) else None
        )
    return values


@cache
def _names_of_values(noun: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the names of a noun's values in its subtype table, and those of quantities."""
    values = layout_of(noun).values
    quantities = [value.name for value in values if value.type is ValueType.QUANTITY]
    return [value.name for value in values], quantities


def choose_values(
    connection: Connection, entity_ids: Iterable[int], known_places: KnownPlaces
) -> None:
    """Set name, description and subtype values of entities from their records."""
    for layout_noun, claims_of_entities in claims_by_entity(
        connection, sorted(set(entity_ids))
    ).items():
        layout = layout_of(layout_noun)
        shown = {
            entity_id: chosen_values(claims) for entity_id, claims in claims_of_entities.items()
        }
        _set_names(connection, shown)
        table = metadata.tables.get(str(layout.kind))
        if table is None:
            continue
        rows = [
            {"the_id": entity_id, **subtype_values(layout, fields, known_places)}
            for entity_id, fields in shown.items()
        ]
        if layout.kind is EntityKind.PROJECT:
            kinds = main_kinds(connection, shown)
            for row in rows:
                row["kind"] = kinds.get(row["the_id"])
                row["short_name"] = short_name(shown[row["the_id"]]["name"])
        update_rows(connection, table, rows)


def main_kinds(connection: Connection, entity_ids: Iterable[int]) -> dict[int, str]:
    """Return the main kind of projects, as far as any is stated or follows by a rule.

    A stated kind precedes kinds by rule; among equals the ranking of their records decides.
    """
    kinds: dict[int, str] = {}
    columns = (project_kind.c.entity_id, project_kind.c.kind, project_kind.c.basis)
    order = rank_in_sql(source.c.tier, source.c.published, record.c.id)
    for batch in in_batches(entity_ids, _BATCH):
        statement = (
            select(*columns)
            .join(record, record.c.id == project_kind.c.record_id)
            .join(source, source.c.id == record.c.source_id)
            .where(in_values(connection, project_kind.c.entity_id, batch))
            .order_by(*order, project_kind.c.position)
        )
        rows = connection.execute(statement).all()
        for row in sorted(rows, key=lambda row: row.basis == Basis.BY_RULE.value):
            kinds.setdefault(row.entity_id, row.kind)
    return kinds


def chosen_values(claims: Iterable[Fields]) -> Fields:
    """Return the first value of each field; claims must be sorted by rank, the best first."""
    shown: Fields = {}
    for fields in claims:
        for name, value in fields.items():
            shown.setdefault(name, value)
    return shown


def claims_by_entity(
    connection: Connection, entity_ids: Sequence[int]
) -> dict[str, dict[int, list[Fields]]]:
    """Return the fields of the records about each entity, by noun, the best source first."""
    claims: dict[str, dict[int, list[Fields]]] = defaultdict(lambda: defaultdict(list))
    for batch in in_batches(entity_ids, _BATCH):
        rows = connection.execute(
            select(
                record.c.id,
                record.c.entity_id,
                record.c.noun,
                full_fields(record).label("fields"),
                source.c.tier,
                source.c.published,
            )
            .join(source, source.c.id == record.c.source_id)
            .where(in_values(connection, record.c.entity_id, batch), record.c.noun.in_(DESCRIBING))
        ).all()
        for row in sorted(rows, key=lambda row: rank(row.tier, row.published, row.id)):
            claims[row.noun][row.entity_id].append(claims_of(row.noun, row.fields))
    return claims


def claims_of(noun: str, fields: Fields) -> Fields:
    """Return the fields of a record that are claims about its entity's own values."""
    if not claims_name(noun, fields):
        return {name: value for name, value in fields.items() if name != "name"}
    return fields


def _set_names(connection: Connection, shown: Mapping[int, Fields]) -> None:
    rows = [
        {
            "the_id": entity_id,
            "name": fields["name"],
            "normalised": normalise(fields["name"]),
            "description": fields.get("description"),
        }
        for entity_id, fields in shown.items()
        if "name" in fields
    ]
    update_rows(connection, entity, rows)
