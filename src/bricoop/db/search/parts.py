"""Reads the texts that make up the search documents of entities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    agreement_party,
    alias,
    entity,
    entity_country,
    entity_region,
    finance,
    finding,
    location,
    participation,
    record,
)

#: The longest external id that is indexed; longer ones, or those with spaces, were generated.
_LONGEST_ID = 60

#: Columns by which entities refer to organizations, and then to countries or regions.
PARTIES: tuple[tuple[Column[int], Column[Any]], ...] = (
    (participation.c.entity_id, participation.c.organization_id),
    (agreement_party.c.entity_id, agreement_party.c.party_id),
    (finance.c.entity_id, finance.c.financier_id),
)
PLACES: tuple[tuple[Column[int], Column[Any]], ...] = (
    (entity_country.c.entity_id, entity_country.c.country_id),
    (entity_region.c.entity_id, entity_region.c.region_id),
)


class Shown(NamedTuple):
    """The columns of an entity's row that are searched."""

    id: int
    key: str
    name: str
    normalised: str
    description: str | None


@dataclass(slots=True)
class Parts:
    """The texts and references that make up one document.

    Attributes:
        shown: the entity's own row.
        names: all its names.
        about: its description, and the statements of findings on it.
        parties: ids of organizations that take part, fund or receive.
        places: ids of its countries and regions.
        spots: the names of its locations.
        ids: its key, and its ids in sources.
    """

    shown: Shown
    names: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)
    parties: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    spots: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


#: Text columns of facts that are searched, with the attribute of `Parts` that they fill.
_TEXTS: tuple[tuple[str, Column[Any], Column[Any]], ...] = (
    ("names", alias.c.entity_id, alias.c.name),
    ("about", finding.c.entity_id, finding.c.statement),
    ("spots", location.c.entity_id, location.c.name),
)


def parts_of(connection: Connection, ids: Sequence[int]) -> dict[int, Parts]:
    """Return the parts of existing entities by id."""
    columns = (entity.c.id, entity.c.key, entity.c.name, entity.c.normalised, entity.c.description)
    chosen = select(*columns).where(in_values(connection, entity.c.id, ids))
    # Ordered, so that documents get the same numbers on both databases.
    rows = connection.execute(chosen.order_by(entity.c.id)).all()
    parts_by_entity = {row.id: parts_of_row(Shown(*row)) for row in rows}
    for attribute, owner, text in _TEXTS:
        for number, content in _pairs(connection, owner, text, ids):
            getattr(parts_by_entity[number], attribute).add(content)
    for number, content in _pairs(connection, record.c.entity_id, record.c.external_id, ids):
        if is_identifier(content):
            parts_by_entity[number].ids.add(content)
    for owner, other in PARTIES:
        for number, named in _pairs(connection, owner, other, ids):
            parts_by_entity[number].parties.add(named)
    for owner, other in PLACES:
        for number, named in _pairs(connection, owner, other, ids):
            parts_by_entity[number].places.add(named)
    return parts_by_entity


def parts_of_row(shown: Shown) -> Parts:
    """Return the parts of an entity without facts."""
    about = {shown.description} if shown.description else set[str]()
    return Parts(shown, {shown.name}, about, ids={shown.key})


def is_identifier(number: str) -> bool:
    """Return whether an external id is a short identifier rather than text."""
    return len(number) <= _LONGEST_ID and " " not in number


def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    """Return all names of entities by id, the shown name first and the others sorted."""
    entity_ids = list(ids)
    shown = select(entity.c.id, entity.c.name).where(in_values(connection, entity.c.id, entity_ids))
    names_by_entity = {number: {name: None} for number, name in connection.execute(shown)}
    for number, name in sorted(_pairs(connection, alias.c.entity_id, alias.c.name, entity_ids)):
        names_by_entity[number][name] = None
    return {number: list(names) for number, names in names_by_entity.items()}


def names_at_hand(entity_parts: Parts) -> list[str]:
    """Return all names of an entity as `names_of` does, without a query."""
    name = entity_parts.shown.name
    return [name, *sorted(entity_parts.names - {name})]


def mentioning(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Return the entities whose documents contain names of the given ones."""
    entity_ids: set[int] = set()
    for owner, other in (*PARTIES, *PLACES):
        entity_ids |= set(
            connection.scalars(select(owner).where(in_values(connection, other, ids)))
        )
    return entity_ids


def _pairs(
    connection: Connection, owner: Column[Any], other: Column[Any], ids: Sequence[int]
) -> Sequence[Any]:
    statement = select(owner, other).where(in_values(connection, owner, ids), other.is_not(None))
    return connection.execute(statement).all()
