"""Bounding boxes of countries, and the section of the globe that a map shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bricoop.domain.boundaries import Position, arc_of, world

#: Parts of a country further than this many degrees from the rest are not framed: French Guiana
#: does not widen the map of France, but Alaska is part of that of the United States.
_NEAR = 8.0
#: The least extent of a map in degrees, with a country and with points only.
_LEAST, _LEAST_ALONE = 3.0, 14.0
#: The maximum latitude: the Mercator projection is infinite at the poles.
_HIGHEST = 84.0
#: Factor by which the map is larger than its content.
_MARGIN = 1.12
#: Bounds of the ratio of height and width.
_LOWEST_RATIO, _HIGHEST_RATIO = 0.4, 0.55


@dataclass(frozen=True)
class Box:
    """A bounding box in degrees; `east` exceeds 180 if it crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    def joined(self, other: "Box") -> "Box":
        """Return the bounding box of both."""
        return Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def distance(self, other: "Box") -> float:
        """Return the larger of the gaps in longitude and latitude, in degrees."""
        across = max(self.west - other.east, other.west - self.east, 0.0)
        along = max(self.south - other.north, other.south - self.north, 0.0)
        return max(across, along)

    def shifted_near(self, longitude: float) -> "Box":
        """Return the box shifted by full turns so that it is nearest to a longitude."""
        turn = round((longitude - (self.west + self.east) / 2) / 360) * 360
        return Box(self.west + turn, self.south, self.east + turn, self.north)


@dataclass(frozen=True)
class Frame:
    """The Mercator projection of a part of the globe onto a drawing.

    Attributes:
        box: the section that is shown.
        width: the width of the drawing in pixels.
        height: the height of the drawing in pixels.
        scale: pixels per radian at the equator.
    """

    box: Box
    width: int
    height: int
    scale: float

    @property
    def centre(self) -> Position:
        """Longitude and latitude of the centre of the drawing."""
        middle = (_mercator_height(self.box.south) + _mercator_height(self.box.north)) / 2
        return (self.box.west + self.box.east) / 2, math.degrees(math.atan(math.sinh(middle)))

    @property
    def projection(self) -> dict[str, Any]:
        """The projection as specified in Vega-Lite."""
        longitude, latitude = self.centre
        return {
            "type": "mercator",
            "scale": self.scale,
            "rotate": [-longitude, 0],
            "center": [0, latitude],
        }

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return the pixel of a position, from the upper left corner of the drawing."""
        middle, level = self.centre
        across = (longitude - middle + 180) % 360 - 180
        x = self.width / 2 + self.scale * math.radians(across)
        return x, self.height / 2 - self.scale * (
            _mercator_height(latitude) - _mercator_height(level)
        )


def frame_of(countries: Iterable[str], positions: Sequence[Position], width: int) -> Frame:
    """Return the frame that shows whole countries and all positions.

    Args:
        countries: alpha-3 codes; those without a boundary are ignored.
        positions: longitudes and latitudes.
        width: the width of the drawing in pixels.
    """
    boxes = [box for code in countries if (box := country_box(code)) is not None]
    least = _LEAST if boxes else _LEAST_ALONE
    boxes += [Box(x, y, x, y) for x, y in positions] if boxes or positions else [_WORLD]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.joined(box.shifted_near((whole.west + whole.east) / 2))
    whole = _within_mercator(_enlarged(whole, least))
    across = math.radians(whole.east - whole.west)
    along = _mercator_height(whole.north) - _mercator_height(whole.south)
    ratio = min(_HIGHEST_RATIO, max(_LOWEST_RATIO, along / across))
    if width < _PHONE:
        ratio = min(1.0, max(ratio, along / across))
    height = round(width * ratio)
    scale = min(width / across, height / along) / _MARGIN
    return Frame(whole, width, height, scale)


def shown_countries(frame: Frame) -> list[str]:
    """Return the codes of the countries that a frame may show in part."""
    longitude, latitude = frame.centre
    half = math.degrees(frame.width / 2 / frame.scale)
    rise = frame.height / 2 / frame.scale
    south, north = (
        math.degrees(math.atan(math.sinh(_mercator_height(latitude) + side * rise)))
        for side in (-1, 1)
    )
    view = Box(longitude - half, south, longitude + half, north)
    return [
        code
        for code, boxes in _boxes().items()
        if any(box.shifted_near(longitude).distance(view) == 0 for box in boxes)
    ]


@cache
def country_box(code: str) -> Box | None:
    """Return the box of a country without remote parts; None if it has no boundary."""
    boxes = _boxes().get(code)
    if not boxes:
        return None
    whole = max(boxes, key=lambda box: (box.east - box.west) * (box.north - box.south))
    rest = [box for box in boxes if box is not whole]
    while True:
        middle = (whole.west + whole.east) / 2
        near = [box for box in rest if box.shifted_near(middle).distance(whole) <= _NEAR]
        if not near:
            return whole
        for box in near:
            whole = whole.joined(box.shifted_near(middle))
        rest = [box for box in rest if box not in near]


@cache
def _boxes() -> dict[str, list[Box]]:
    """Return the boxes of all polygons of each country by its code."""
    topology = world()
    boxes: dict[str, list[Box]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = shape.get("properties", {}).get("a")
        pieces = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        if code:
            boxes[code] = [_box_of_ring(topology, rings[0]) for rings in pieces]
    return boxes


def _box_of_ring(topology: dict[str, Any], ring: Sequence[int]) -> Box:
    points = [point for arc in ring for point in arc_of(topology, arc)]
    longitudes = [points[0][0]]
    for longitude, _ in points[1:]:
        # Unwrap longitudes at the date line, where they jump from 180 to -180.
        turn = round((longitudes[-1] - longitude) / 360) * 360
        longitudes.append(longitude + turn)
    latitudes = [latitude for _, latitude in points]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _enlarged(box: Box, least: float) -> Box:
    across = max(0.0, least - (box.east - box.west)) / 2
    along = max(0.0, least / 2 - (box.north - box.south)) / 2
    return Box(box.west - across, box.south - along, box.east + across, box.north + along)


def _within_mercator(box: Box) -> Box:
    south, north = (min(_HIGHEST, max(-_HIGHEST, latitude)) for latitude in (box.south, box.north))
    return Box(
        box.west, min(south, _HIGHEST - 1), min(box.east, box.west + 360), max(north, 1 - _HIGHEST)
    )


def _mercator_height(latitude: float) -> float:
    """Return the Mercator ordinate of a latitude, for a unit sphere."""
    bounded = min(_HIGHEST + 3, max(-_HIGHEST - 3, latitude))
    return math.asinh(math.tan(math.radians(bounded)))


#: Drawings narrower than this, in pixels, may be as high as they are wide.
_PHONE = 500
_WORLD = Box(-180.0, -58.0, 180.0, 78.0)
