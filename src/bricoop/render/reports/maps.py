"""Vega-Lite specifications of maps, with countries shaded by a figure and points as marks."""

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

#: CSS variables from the lightest to the darkest; other countries have the colour of land.
SHADES = ("var(--m1)", "var(--m2)", "var(--m3)", "var(--m4)", "var(--m5)")
#: Classes do not use the lightest, which is hard to distinguish from land.
_CLASSED = SHADES[-MOST_CLASSES:]
_LAND, _POINT = "var(--land)", "var(--point)"
BOUNDARIES = (
    "Boundaries: Natural Earth, in the public domain, simplified. They are no judgement on the "
    "status of any territory."
)
CLUSTERED = "A circle with a number stands for that many places close together."
#: Countries within this many degrees of longitude get a regional map instead of a world map.
_PART_OF_WORLD = 150.0
#: The maximum number of marks with labels; more labels would hide the map.
_NAMED = 14


def spec_of(map_: Map, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a map.

    Args:
        map_: the map.
        width: the width of the drawing in pixels.
    """
    if is_of_world(map_):
        frame = _frame_of_shades(map_, width)
        if frame is not None:
            size = (frame.width, frame.height)
            return _spec(frame.projection, size, [_countries(map_, frame)])
        scale = width / 5.5
        projection = {"type": "equalEarth", "scale": scale, "center": [0, 12]}
        return _spec(projection, (width, round(width * 0.42)), [_countries(map_, None)])
    frame = frame_of_map(map_, width)
    marks = clusters(map_.points, frame)
    layers = [_countries(map_, frame), *_marks(marks, frame)]
    return _spec(frame.projection, (frame.width, frame.height), layers)


def is_of_world(map_: Map) -> bool:
    """Return whether a map compares countries, instead of showing points."""
    return len(map_.shades) > 1 or not (map_.points or map_.shades or map_.frame)


def _frame_of_shades(map_: Map, width: int) -> Frame | None:
    """Return the frame of the shaded countries; None if they span the world."""
    if not map_.shades:
        return None
    frame = frame_of([shade.alpha3 for shade in map_.shades], [], width)
    return frame if frame.box.east - frame.box.west <= _PART_OF_WORLD else None


def frame_of_map(map_: Map, width: int) -> Frame:
    """Return the frame of a map of points: its countries and all points."""
    countries = [*map_.frame, *(shade.alpha3 for shade in map_.shades)]
    return frame_of(countries, [(point.longitude, point.latitude) for point in map_.points], width)


def is_clustered(map_: Map, width: int) -> bool:
    """Return whether some marks of a map stand for several points."""
    if is_of_world(map_) or not map_.points:
        return False
    marks = clusters(map_.points, frame_of_map(map_, width))
    return len(marks) < len(map_.points)


def steps(shades: Sequence[Shade]) -> list[tuple[str, int | float, int | float]]:
    """Return the colours of the legend, each with the least and the largest figure of its class.

    The classes are those of `shading`. A single country needs no legend.
    """
    if len(shades) == 1:
        return []
    spans: dict[str, list[float]] = {}
    for shade, colour in _colours(shades).items():
        spans.setdefault(colour, []).append(float(shade.value))
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
        # A single country is the subject of the report; keep it light below the points.
        return {shades[0]: SHADES[0]}
    ranks = classes([shade.value for shade in shades])
    return {shade: _CLASSED[rank] for shade, rank in zip(shades, ranks, strict=True)}


def _countries(map_: Map, frame: Frame | None) -> dict[str, Any]:
    """Return the layer of countries, limited to those that the frame shows."""
    values = [
        {"a": shade.alpha3, "colour": colour} for shade, colour in _colours(map_.shades).items()
    ]
    values += [{"a": code, "colour": SHADES[0]} for code in map_.frame]
    lookup = {
        "lookup": "properties.a",
        "from": {"data": {"values": values}, "key": "a", "fields": ["colour"]},
        "default": _LAND,
    }
    transform: list[dict[str, Any]] = []
    if frame is not None:
        # Areas without a code, such as disputed ones, are drawn too, to leave no holes.
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
    """Return the fill encoding with a legend, for a map in a file of its own.

    HTML pages have their own legend.
    """
    names = {
        colour: " – ".join(dict.fromkeys((short(least), short(most))))
        for colour, least, most in steps(shades)
    }
    every = [*dict.fromkeys((*SHADES, _LAND))]
    key = {
        "values": [*names], "labelExpr": f"({json.dumps(names)})[datum.value]", "title": None,
        "orient": "bottom", "direction": "horizontal", "symbolType": "square", "symbolSize": 220,
        "labelColor": SOFT, "labelLimit": 0, "columnPadding": 18,
    }  # fmt: skip
    scale = {"domain": every, "range": every}
    return {"field": "colour", "type": "nominal", "scale": scale, "legend": key}


def _marks(marks: Sequence[Cluster], frame: Frame) -> Iterator[dict[str, Any]]:
    """Yield the layers of marks: circles, numbers and labels."""
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
    values = [{**_position(mark), "size": math.pi * mark.radius**2} for mark in marks]
    size = {"field": "size", "type": "quantitative", "scale": None}
    yield {"data": {"values": values}, "mark": circle, "encoding": {**_AT, "size": size}}
    numbers = [
        {**_position(mark), "label": f"{len(mark.points):,}"}
        for mark in marks
        if len(mark.points) > 1
    ]
    if numbers:
        text = {"type": "text", "fill": PAGE, "fontSize": 11, "fontWeight": "bold", "clip": True}
        yield {"data": {"values": numbers}, "mark": text, "encoding": {**_AT, "text": _LABEL}}
    if len(marks) <= _NAMED:
        for label in labels(marks, frame):
            text = {
                "type": "text", "align": label.align, "baseline": "middle",
                "dx": label.dx, "dy": label.dy, "fill": INK, "clip": True,
            }  # fmt: skip
            value = {**_position(label.cluster), "label": drawable(label.cluster.label)}
            yield {"data": {"values": [value]}, "mark": text, "encoding": {**_AT, "text": _LABEL}}


def _position(cluster: Cluster) -> dict[str, float]:
    first = cluster.points[0]
    return {"lat": first.latitude, "lon": first.longitude}


_AT = {
    "latitude": {"field": "lat", "type": "quantitative"},
    "longitude": {"field": "lon", "type": "quantitative"},
}
_LABEL = {"field": "label"}
