"""Simplified boundaries of countries: their rings, point-in-country tests and distances."""

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

#: Longitude and latitude in degrees.
Position = tuple[float, float]
#: The length of a degree of latitude in kilometres.
_DEGREE_KM = 111.2


@cache
def world() -> dict[str, Any]:
    """Return the countries of the world as TopoJSON; the property `a` is the alpha-3 code."""
    text = Path(__file__).with_name("world.json").read_text(encoding="utf-8")
    topology: dict[str, Any] = json.loads(text)
    return topology


@cache
def rings_of() -> dict[str, list[list[Position]]]:
    """Return the rings of each country by alpha-3 code: outer boundaries, and holes."""
    topology = world()
    rings_by_country: dict[str, list[list[Position]]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = shape.get("properties", {}).get("a")
        pieces = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        if code:
            rings_by_country[code] = [
                [point for arc in ring for point in arc_of(topology, arc)]
                for rings in pieces
                for ring in rings
            ]
    return rings_by_country


def arc_of(topology: dict[str, Any], number: int) -> Iterator[Position]:
    """Yield the positions of a TopoJSON arc; a negative number (`~n`) reverses arc `n`."""
    (scale_x, scale_y), (from_x, from_y) = (
        topology["transform"][name] for name in ("scale", "translate")
    )
    x = y = 0
    positions = []
    for step_x, step_y in topology["arcs"][number if number >= 0 else ~number]:
        x, y = x + step_x, y + step_y
        positions.append((x * scale_x + from_x, y * scale_y + from_y))
    yield from positions if number >= 0 else reversed(positions)


def contains(code: str, latitude: float, longitude: float) -> bool:
    """Return whether a point in degrees lies within the boundary of a country (alpha-3 code)."""
    # Ray casting: a line from an inner point to the east crosses the rings an odd number of times.
    crossed = False
    for ring in rings_of().get(code, ()):
        (before, below) = ring[-1]
        for across, up in ring:
            if (up > latitude) != (below > latitude):
                share = (latitude - below) / (up - below)
                crossed ^= longitude < before + share * (across - before)
            before, below = across, up
    return crossed


def distance_to(code: str, latitude: float, longitude: float) -> float:
    """Return the approximate distance of a point from the boundary of a country, in kilometres."""
    scale = math.cos(math.radians(latitude))
    least = math.inf
    for ring in rings_of().get(code, ()):
        offsets = [((x - longitude) * scale, y - latitude) for x, y in ring]
        for (ax, ay), (bx, by) in zip(offsets, offsets[1:] + offsets[:1], strict=True):
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            along = min(1.0, max(0.0, -(ax * dx + ay * dy) / length)) if length else 0.0
            least = min(least, math.hypot(ax + along * dx, ay + along * dy))
    return least * _DEGREE_KM
