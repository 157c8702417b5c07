"""Checks whether a coordinate can lie in its country, by bounding boxes and boundaries."""

import csv
import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bricoop.domain.boundaries import contains, distance_to

_EARTH_KM = 6371.0
#: Tolerance in kilometres around boundaries, which are simplified.
_NEAR_KM = 25


class Box(NamedTuple):
    """A bounding box of a part of a country, in degrees."""

    south: float
    west: float
    north: float
    east: float


class Doubt(NamedTuple):
    """Why a coordinate is doubtful, and what the cause may be."""

    rule: str
    hint: str


def doubt(latitude: float, longitude: float, countries: Mapping[str, str]) -> Doubt | None:
    """Return why a point cannot lie in any of the countries, or None if it may.

    Args:
        latitude: in degrees, north positive.
        longitude: in degrees, east positive.
        countries: names of countries by alpha-3 code; without any, only 0, 0 is doubted.

    >>> doubt(36.82, -1.29, {"KEN": "Kenya"}).hint
    'Latitude and longitude seem to be exchanged: -1.29, 36.82 lies in or near Kenya.'
    """
    if not latitude and not longitude:
        return Doubt(
            "is a point in the sea, as is written where no place is known", "Leave it out."
        )
    if not countries or any(code not in _boxes() for code in countries):
        return None
    distance = _distance(latitude, longitude, countries)
    if not distance:
        return _exchanged(latitude, longitude, countries)
    names = " and ".join(countries.values())
    rule = f"lies {_rounded(distance):,} km outside {names}"
    variants = (
        ("Latitude and longitude seem to be exchanged", longitude, latitude),
        ("A minus seems to be missing or too many", -latitude, longitude),
        ("A minus seems to be missing or too many", latitude, -longitude),
        ("A minus seems to be missing or too many", -latitude, -longitude),
    )
    for cause, north, east in variants:
        if abs(north) <= 90 and not _distance(north, east, countries):  # noqa: PLR2004 (the poles)
            return Doubt(rule, f"{cause}: {north:g}, {east:g} lies in or near {names}.")
    return Doubt(rule, "Is it another place, or is the country of the project wrong?")


def _exchanged(latitude: float, longitude: float, countries: Mapping[str, str]) -> Doubt | None:
    """Detect exchanged coordinates of a point inside the box of a country, by its boundary.

    >>> _exchanged(13.4, 9.3, {"CMR": "Cameroon"}).hint
    'Latitude and longitude seem to be exchanged: 9.3, 13.4 lies in Cameroon.'
    """
    if abs(longitude) > 90 or _distance(longitude, latitude, countries):  # noqa: PLR2004 (the poles)
        return None
    if not any(contains(code, longitude, latitude) for code in countries):
        return None
    if any(contains(code, latitude, longitude) for code in countries):
        return None
    distance = min(distance_to(code, latitude, longitude) for code in countries)
    if distance < _NEAR_KM:
        return None
    names = " and ".join(countries.values())
    point = f"{longitude:g}, {latitude:g}"
    return Doubt(
        f"lies {_rounded(distance):,} km outside {names}",
        f"Latitude and longitude seem to be exchanged: {point} lies in {names}.",
    )


def _distance(latitude: float, longitude: float, countries: Collection[str]) -> float:
    """Return the distance of a point from the nearest box in kilometres; 0 inside a box."""
    return min(_outside(latitude, longitude, box) for code in countries for box in _boxes()[code])


def _outside(latitude: float, longitude: float, box: Box) -> float:
    if box.south <= latitude <= box.north and box.west <= longitude <= box.east:
        return 0
    nearest = min(max(latitude, box.south), box.north)
    edges = (box.west, box.east) if not box.west <= longitude <= box.east else (longitude,)
    return min(_kilometres(latitude, longitude, nearest, edge) for edge in edges)


def _kilometres(latitude: float, longitude: float, other: float, east: float) -> float:
    """Return the length of the great circle between two points (the haversine formula)."""
    start, end = math.radians(latitude), math.radians(other)
    across = math.radians(east - longitude) / 2
    chord = (
        math.sin((end - start) / 2) ** 2 + math.cos(start) * math.cos(end) * math.sin(across) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def _rounded(distance: float) -> int:
    """Round a distance to hundreds of kilometres, or to tens below a hundred: boxes are coarse."""
    step = 100 if distance >= 100 else 10  # noqa: PLR2004 (as said)
    return max(step, round(distance / step) * step)


@cache
def _boxes() -> Mapping[str, tuple[Box, ...]]:
    boxes_by_country: dict[str, list[Box]] = defaultdict(list)
    for alpha3, box in _read():
        boxes_by_country[alpha3].append(box)
    return MappingProxyType({alpha3: tuple(boxes) for alpha3, boxes in boxes_by_country.items()})


def _read() -> Iterator[tuple[str, Box]]:
    path = Path(__file__).with_name("country_boxes.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row["alpha3"], Box(*(float(row[edge]) for edge in Box._fields))
