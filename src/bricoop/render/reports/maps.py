"""Maps as specifications of Vega-Lite: countries coloured by a figure, and places as marks."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from bricoop.domain.boundaries import world
from bricoop.render.reports.charts import INK, PAGE, SOFT, config, drawable, short
from bricoop.render.reports.clusters import Cluster, clusters, labels
from bricoop.render.reports.frames import Frame, frame_of, shown_countries
from bricoop.render.reports.shading import MOST_CLASSES, classes
from bricoop.report.blocks import Map, Shade

#: From the lightest to the darkest; a country without a figure has the colour of the land.
SHADES = ("var(--m1)", "var(--m2)", "var(--m3)", "var(--m4)", "var(--m5)")
#: The lightest of them looks too much like the land beside it.
_CLASSED = SHADES[-MOST_CLASSES:]
_LAND, _POINT = "var(--land)", "var(--point)"
BOUNDARIES = (
    "Boundaries: Natural Earth, in the public domain, simplified. They are no judgement on the "
    "status of any territory."
)
CLUSTERED = "A circle with a number stands for that many places close together."
#: Countries that lie within so many degrees of longitude are drawn larger than on a map of all.
_PART_OF_WORLD = 150.0
#: So many marks have names beside them; more names would cover the map.
_NAMED = 14


def spec_of(part: Map, width: int) -> dict[str, Any]:
    """Return the specification of a map.

    Args:
        part: what is drawn.
        width: of the drawing, in pixels.
    """
    if is_of_world(part):
        frame = _of_shades(part, width)
        if frame is not None:
            size = (frame.width, frame.height)
            return _spec(frame.projection, size, [_countries(part, frame)])
        scale = width / 5.5
        projection = {"type": "equalEarth", "scale": scale, "center": [0, 12]}
        return _spec(projection, (width, round(width * 0.42)), [_countries(part, None)])
    frame = frame_of_map(part, width)
    marks = clusters(part.points, frame)
    layers = [_countries(part, frame), *_marks(marks, frame)]
    return _spec(frame.projection, (frame.width, frame.height), layers)


def is_of_world(part: Map) -> bool:
    """Return whether a map shows the world, and not the surroundings of some places."""
    return len(part.shades) > 1 or not (part.points or part.shades or part.frame)


def _of_shades(part: Map, width: int) -> Frame | None:
    """Return the frame around the countries that have a figure; None where they span the world."""
    if not part.shades:
        return None
    frame = frame_of([one.alpha3 for one in part.shades], [], width)
    return frame if frame.box.east - frame.box.west <= _PART_OF_WORLD else None


def frame_of_map(part: Map, width: int) -> Frame:
    """Return what a map of places shows: its countries whole, and every place."""
    countries = [*part.frame, *(one.alpha3 for one in part.shades)]
    return frame_of(countries, [(one.longitude, one.latitude) for one in part.points], width)


def is_clustered(part: Map, width: int) -> bool:
    """Return whether some marks of a map stand for several places."""
    if is_of_world(part) or not part.points:
        return False
    marks = clusters(part.points, frame_of_map(part, width))
    return len(marks) < len(part.points)


def steps(shades: Sequence[Shade]) -> list[tuple[str, int | float, int | float]]:
    """Return the colours that are used, each with the least and the largest figure it stands for.

    The classes are those of `shading`. A single country needs no legend: its figure is in the text.
    """
    if len(shades) == 1:
        return []
    spans: dict[str, list[float]] = {}
    for one, colour in _colours(shades).items():
        spans.setdefault(colour, []).append(float(one.value))
    return [(name, min(spans[name]), max(spans[name])) for name in SHADES if name in spans]


def _spec(
    projection: dict[str, Any], size: tuple[int, int], layers: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "width": size[0],
        "height": size[1],
        "padding": 0,
        "projection": projection,
        "layer": layers,
        "config": config(),
    }


def _colours(shades: Sequence[Shade]) -> dict[Shade, str]:
    """Return the colour of each country."""
    if len(shades) == 1:
        # Alone, it is the country that a report is on, and places stand on it.
        return {shades[0]: SHADES[0]}
    ranks = classes([one.value for one in shades])
    return {one: _CLASSED[rank] for one, rank in zip(shades, ranks, strict=True)}


def _countries(part: Map, frame: Frame | None) -> dict[str, Any]:
    """Return the layer of the land, of which only what the frame shows is drawn."""
    values = [{"a": one.alpha3, "colour": colour} for one, colour in _colours(part.shades).items()]
    values += [{"a": code, "colour": SHADES[0]} for code in part.frame]
    lookup = {
        "lookup": "properties.a",
        "from": {"data": {"values": values}, "key": "a", "fields": ["colour"]},
        "default": _LAND,
    }
    transform: list[dict[str, Any]] = []
    if frame is not None:
        # What has no code, such as a disputed glacier, is drawn as well: it would be a hole.
        shown = ", ".join(f"'{code}'" for code in shown_countries(frame))
        transform.append(
            {"filter": f"!datum.properties.a || indexof([{shown}], datum.properties.a) >= 0"}
        )
    transform.append(lookup if values else {"calculate": f"'{_LAND}'", "as": "colour"})
    return {
        "data": {"values": world(), "format": {"type": "topojson", "feature": "countries"}},
        "transform": transform,
        "mark": {"type": "geoshape", "stroke": PAGE, "strokeWidth": 0.5, "clip": True},
        "encoding": {"fill": {"field": "colour", "type": "nominal", "scale": None}},
    }


def legend(shades: Sequence[Shade]) -> dict[str, Any]:
    """Return how the countries of a map that stands alone are filled, with a legend of the classes.

    Pages write a legend of their own beside a map.
    """
    names = {
        colour: " – ".join(dict.fromkeys((short(least), short(most))))
        for colour, least, most in steps(shades)
    }
    every = [*dict.fromkeys((*SHADES, _LAND))]
    made = {
        "values": [*names], "labelExpr": f"({json.dumps(names)})[datum.value]", "title": None,
        "orient": "bottom", "direction": "horizontal", "symbolType": "square", "symbolSize": 220,
        "labelColor": SOFT, "labelLimit": 0, "columnPadding": 18,
    }  # fmt: skip
    scale = {"domain": every, "range": every}
    return {"field": "colour", "type": "nominal", "scale": scale, "legend": made}


def _marks(marks: Sequence[Cluster], frame: Frame) -> Iterator[dict[str, Any]]:
    """Yield the layers of the places: circles, their numbers, and the names of a few."""
    if not marks:
        return
    circle = {
        "type": "circle",
        "fill": _POINT,
        "stroke": PAGE,
        "strokeWidth": 1,
        "opacity": 0.95,
        "clip": True,
    }
    values = [{**_position(one), "size": math.pi * one.radius**2} for one in marks]
    size = {"field": "size", "type": "quantitative", "scale": None}
    yield {"data": {"values": values}, "mark": circle, "encoding": {**_AT, "size": size}}
    numbers = [
        {**_position(one), "label": f"{len(one.points):,}"} for one in marks if len(one.points) > 1
    ]
    if numbers:
        text = {"type": "text", "fill": PAGE, "fontSize": 11, "fontWeight": "bold", "clip": True}
        yield {"data": {"values": numbers}, "mark": text, "encoding": {**_AT, "text": _LABEL}}
    if len(marks) <= _NAMED:
        for one in labels(marks, frame):
            text = {
                "type": "text", "align": one.align, "baseline": "middle",
                "dx": one.dx, "dy": one.dy, "fill": INK, "clip": True,
            }  # fmt: skip
            value = {**_position(one.cluster), "label": drawable(one.cluster.label)}
            yield {"data": {"values": [value]}, "mark": text, "encoding": {**_AT, "text": _LABEL}}


def _position(cluster: Cluster) -> dict[str, float]:
    first = cluster.points[0]
    return {"lat": first.latitude, "lon": first.longitude}


_AT = {
    "latitude": {"field": "lat", "type": "quantitative"},
    "longitude": {"field": "lon", "type": "quantitative"},
}
_LABEL = {"field": "label"}
