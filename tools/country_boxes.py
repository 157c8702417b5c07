"""Generates `src/bricoop/domain/country_boxes.csv` from the outlines used in maps.

Run it from the root of the repository when `world.json` has changed: python tools/country_boxes.py
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1] / "src" / "bricoop"
#: Margin of boxes in degrees, as outlines are simplified and places may lie off the coast.
MARGIN = 1.0
#: Parts of a country within this distance in degrees share a box.
NEAR = 4.0

#: Width in degrees from which a ring is assumed to cross the date line; no country is as wide.
ACROSS = 300.0

#: South, west, north and east in degrees.
Box = tuple[float, float, float, float]


def rings(world: dict[str, Any], geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Yield the outer rings of a geometry, as longitudes and latitudes."""
    scale, move = world["transform"]["scale"], world["transform"]["translate"]
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        ring: list[tuple[float, float]] = []
        for number in polygon[0]:
            x = y = 0
            points = []
            for dx, dy in world["arcs"][number if number >= 0 else ~number]:
                x, y = x + dx, y + dy
                points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
            ring += points if number >= 0 else reversed(points)
        yield ring


def sides(ring: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Return a ring, or its two halves if it crosses the date line."""
    longitudes = [longitude for longitude, _ in ring]
    if max(longitudes) - min(longitudes) < ACROSS:
        return [ring]
    return [[point for point in ring if point[0] > 0], [point for point in ring if point[0] <= 0]]


def are_near(first: Box, second: Box) -> bool:
    """Return whether two boxes overlap or nearly do."""
    return (
        first[0] - NEAR < second[2]
        and second[0] - NEAR < first[2]
        and first[1] - NEAR < second[3]
        and second[1] - NEAR < first[3]
    )


def joined(boxes: list[Box]) -> list[Box]:
    """Return boxes after merging those that are near each other."""
    apart: list[Box] = []
    for box in boxes:
        whole = box
        while close := [box for box in apart if are_near(box, whole)]:
            apart = [box for box in apart if box not in close]
            souths, wests, norths, easts = zip(whole, *close, strict=True)
            whole = (min(souths), min(wests), max(norths), max(easts))
        apart.append(whole)
    return apart


def main() -> None:
    """Write the table."""
    world = json.loads((ROOT / "domain" / "world.json").read_text(encoding="utf-8"))
    rows = []
    for geometry in world["objects"]["countries"]["geometries"]:
        if not geometry.get("arcs"):
            continue
        boxes: list[Box] = []
        for ring in rings(world, geometry):
            for side in sides(ring):
                longitudes, latitudes = zip(*side, strict=True)
                boxes.append((min(latitudes), min(longitudes), max(latitudes), max(longitudes)))
        for south, west, north, east in joined(boxes):
            edges = (
                max(-90.0, south - MARGIN),
                max(-180.0, west - MARGIN),
                min(90.0, north + MARGIN),
                min(180.0, east + MARGIN),
            )
            rows.append([geometry["properties"]["a"], *(f"{edge:.1f}" for edge in edges)])
    target = ROOT / "domain" / "country_boxes.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["alpha3", "south", "west", "north", "east"])
        writer.writerows(sorted(rows))
    print(f"{len(rows)} boxes of {len({row[0] for row in rows})} countries in {target}")  # noqa: T201 (a script)


if __name__ == "__main__":
    main()
