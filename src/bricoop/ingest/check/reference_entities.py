"""Restore countries, regions and links, on which the derivation of other facts depends."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from bricoop.db.check import kindless
from bricoop.db.schema import country, entity, metadata
from bricoop.domain.nouns import REFERENCE_KINDS
from bricoop.ingest.check.shown_values import wrong_entities
from bricoop.ingest.editions.choose_values import (
    choose_values,
    chosen_values,
    claims_by_entity,
    subtype_values,
)
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND
from bricoop.ingest.resolve.known_places import KnownPlaces

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def restore_reference_entities(connection: Connection, in_doubt: set[int]) -> int:
    """Restore the values of countries, regions and links; return how many were wrong.

    Args:
        connection: an open transaction.
        in_doubt: ids of entities whose values cannot be derived.
    """
    lacking = {
        table.name: set(connection.scalars(statement)) - in_doubt for table, statement in kindless()
    }
    for kind in REFERENCE_KINDS:
        _add(connection, LAYOUT_OF_KIND[kind], sorted(lacking.get(kind.value, ())))
    of_kinds = select(entity.c.id).where(
        entity.c.kind.in_([kind.value for kind in REFERENCE_KINDS])
    )
    wrong = {wrong_entity.id for wrong_entity in wrong_entities(connection)} - in_doubt
    wrong &= set(connection.scalars(of_kinds))
    _set_temporary_codes(connection, sorted(wrong))
    choose_values(connection, wrong, KnownPlaces(connection))
    return len(wrong)


def _add(connection: Connection, layout: Layout, lacking: Sequence[int]) -> None:
    """Insert missing subtype rows of a kind with required columns."""
    if not lacking:
        return
    table = metadata.tables[str(layout.kind)]
    known_places = KnownPlaces(connection)
    for number, claims in claims_by_entity(connection, lacking).get(layout.noun, {}).items():
        values = {"id": number, **subtype_values(layout, chosen_values(claims), known_places)}
        if all(column.nullable or values.get(column.name) is not None for column in table.columns):
            connection.execute(insert(table).values(values))


def _set_temporary_codes(connection: Connection, wrong: Sequence[int]) -> None:
    """Set temporary codes, so that exchanged codes do not violate the unique constraint."""
    for index, number in enumerate(wrong):
        code = _LETTERS[index // len(_LETTERS)] + _LETTERS[index % len(_LETTERS)]
        values = {"alpha2": code, "alpha3": f"-{code}", "numeric": None}
        connection.execute(update(country).where(country.c.id == number).values(values))
