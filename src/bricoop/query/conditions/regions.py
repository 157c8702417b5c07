"""UN M49 regions, found by any usual spelling."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, or_, select

from bricoop.db.schema import alias, country, entity
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import NotFoundError

#: Points of the compass in the spelling of UN M49.
_POINTS: Mapping[str, str] = MappingProxyType(
    {
        "east": "eastern", "west": "western", "north": "northern", "south": "southern",
        "southeast": "southern eastern", "southeastern": "southern eastern", "central": "middle",
    }
)  # fmt: skip
#: Names that UN M49 gives to groups of subregions.
_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "latin america": ("Caribbean", "Central America", "South America"),
        "latin america and the caribbean": ("Caribbean", "Central America", "South America"),
        "sub saharan africa": (
            "Eastern Africa", "Middle Africa", "Southern Africa", "Western Africa",
        ),
        "subsaharan africa": (
            "Eastern Africa", "Middle Africa", "Southern Africa", "Western Africa",
        ),
    }
)  # fmt: skip


def regions_named(connection: Connection, typed: str) -> list[str]:
    """Return the names of the regions and subregions that match a text; empty if none does.

    A part of a name matches every region with that part: *Southern* those of three continents.
    """
    known = _known(connection)
    group = _GROUPS.get(normalise(typed))
    if group is not None:
        return [name for name in known if name in group]
    word = _form(typed)
    return [name for name in known if word and word in _form(name)]


def is_region(connection: Connection, typed: str) -> bool:
    """Return whether a text is the whole name of a UN M49 region, subregion or group of them."""
    return normalise(typed) in _GROUPS or _form(typed) in map(_form, _known(connection))


def regions_of_sources(connection: Connection, typed: str) -> list[str]:
    """Return the keys of regions named by sources that match a text in another spelling."""
    word = _form(typed)
    rows = connection.execute(
        select(alias.c.name, entity.c.key)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.kind == EntityKind.REGION.value)
    )
    return sorted({key for name, key in rows if _form(name) == word})


def in_region(connection: Connection, values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a country lies in one of some UN M49 regions or subregions.

    Raises:
        NotFoundError: there is no such region.
    """
    names: list[str] = []
    for value in values:
        named = regions_named(connection, value)
        if not named:
            raise NotFoundError("region", value, closest_regions(connection, value))
        names += named
    return or_(country.c.region.in_(names), country.c.subregion.in_(names))


def closest_regions(connection: Connection, typed: str) -> list[str]:
    """Return the names of regions most similar to a text; the largest regions if none is."""
    known = _known(connection)
    largest = connection.scalars(
        select(country.c.region).where(country.c.region.is_not(None)).distinct()
    )
    return nearest(typed, {normalise(name): name for name in known}) or sorted(
        name for name in largest if name
    )


def _known(connection: Connection) -> list[str]:
    rows = connection.execute(select(country.c.region, country.c.subregion).distinct())
    return sorted({name for row in rows for name in row if name})


def _form(name: str) -> str:
    """Return a form of a name without spaces, and with one spelling for points of the compass."""
    return "".join(_POINTS.get(word, word) for word in normalise(name).split()).replace(" ", "")
