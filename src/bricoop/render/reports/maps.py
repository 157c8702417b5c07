"""Maps as specifications of Vega-Lite: countries coloured by a figure, and places as points."""

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bricoop.render.reports.charts import INK, PAGE, config, drawable
from bricoop.report.parts import Map, Point, Shade

#: From the lightest to the darkest; a country without a figure has the colour of the land.
SHADES = ("var(--m1)", "var(--m2)", "var(--m3)", "var(--m4)", "var(--m5)")
_LAND, _POINT = "var(--land)", "var(--point)"
BOUNDARIES = (
    "Boundaries: Natural Earth, in the public domain, simplified. They are no judgement on the "
    "status of any territory."
)
#: Degrees that are shown at the least, so that a place is seen within its country.
_LEAST = 14.0
#: A country alone is looked at from so far: about as wide as these degrees.
_WORLD = 120.0
_LATITUDES = 80.0
#: So few places have their names beside them, and names are no longer.
_NAMED, _LONGEST = 12, 34


@cache
def world() -> dict[str, Any]:
    """Return the boundaries of the world's countries, as TopoJSON; `a` is their alpha-3 code."""
    text = Path(__file__).with_name("world.json").read_text(encoding="utf-8")
    made: dict[str, Any] = json.loads(text)
    return made


def spec_of(part: Map, width: int) -> dict[str, Any]:
    """Return the specification of a map.

    Args:
        part: what is drawn.
        width: of the drawing, in pixels.
    """
    projection, height = _projection(part, width)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "width": width,
        "height": height,
        "projection": projection,
        "layer": [_countries(part), *_places(part)],
        "config": config(),
    }


def steps(shades: Sequence[Shade]) -> list[tuple[str, int | float, int | float]]:
    """Return the colours that are used, each with the least and the largest figure it stands for.

    Figures grow by leaps, so that each colour stands for a span several times that before it.
    """
    spans: dict[str, list[float]] = {}
    for one in shades:
        spans.setdefault(_shade(one, shades), []).append(float(one.value))
    return [(name, min(spans[name]), max(spans[name])) for name in SHADES if name in spans]


def _shade(one: Shade, shades: Sequence[Shade]) -> str:
    if len(shades) == 1:
        # Alone, it is the country that a report is on, and places stand on it.
        return SHADES[0]
    most = math.log1p(max(float(each.value) for each in shades))
    place = math.log1p(float(one.value)) / most * len(SHADES) if most else len(SHADES)
    return SHADES[min(len(SHADES), max(1, math.ceil(place))) - 1]


def _countries(part: Map) -> dict[str, Any]:
    values = [{"a": one.alpha3, "colour": _shade(one, part.shades)} for one in part.shades]
    lookup = {
        "lookup": "properties.a",
        "from": {"data": {"values": values}, "key": "a", "fields": ["colour"]},
        "default": _LAND,
    }
    return {
        "data": {"values": world(), "format": {"type": "topojson", "feature": "countries"}},
        "transform": [lookup] if values else [{"calculate": f"'{_LAND}'", "as": "colour"}],
        "mark": {"type": "geoshape", "stroke": PAGE, "strokeWidth": 0.5, "clip": True},
        "encoding": {"fill": {"field": "colour", "type": "nominal", "scale": None}},
    }


def _places(part: Map) -> Iterator[dict[str, Any]]:
    """Yield the layers of the places: their points, and the names of a few."""
    values = [
        {"lat": one.latitude, "lon": one.longitude, "label": _shortened(one.name or one.label)}
        for one in part.points
    ]
    names = {value["label"]: value for value in values}
    if not values:
        return
    encoding = {
        "latitude": {"field": "lat", "type": "quantitative"},
        "longitude": {"field": "lon", "type": "quantitative"},
    }
    few = len(names) <= _NAMED and len(part.shades) <= 1
    mark = {
        "type": "circle", "fill": _POINT, "stroke": PAGE, "strokeWidth": 0.7, "opacity": 0.9,
        "size": 90 if few else 30, "clip": True,
    }  # fmt: skip
    yield {"data": {"values": values}, "mark": mark, "encoding": encoding}
    if few:
        text = {"type": "text", "align": "left", "dx": 8, "fill": INK, "clip": True}
        named = {**encoding, "text": {"field": "label"}}
        yield {"data": {"values": list(names.values())}, "mark": text, "encoding": named}


def _shortened(label: str) -> str:
    label = drawable(label)
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _projection(part: Map, width: int) -> tuple[dict[str, Any], int]:
    """Return how the globe is laid flat, and how high the drawing is."""
    if not part.points or len(part.shades) > 1:
        scale = width / 5.5
        return {"type": "equalEarth", "scale": scale, "center": [0, 12]}, round(width * 0.42)
    west, south, east, north = _bounds(part.points)
    span = max(east - west, (north - south) * 1.4, _LEAST) * 1.4
    height = round(width * 0.6)
    scale = width / math.radians(min(span, _WORLD))
    middle = max(-_LATITUDES, min(_LATITUDES, (south + north) / 2))
    centre = [(west + east) / 2, middle]
    return {"type": "mercator", "scale": scale, "center": centre}, height


def _bounds(points: Sequence[Point]) -> tuple[float, float, float, float]:
    latitudes = [one.latitude for one in points]
    longitudes = [one.longitude for one in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
