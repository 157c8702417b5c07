"""World maps as text: countries are shaded by their figures."""

import math
from collections.abc import Iterator, Sequence

from bricoop.domain.boundaries import rings_of
from bricoop.render.reports.charts import short
from bricoop.render.reports.frames import Frame, country_box, frame_of
from bricoop.render.reports.shading import classes
from bricoop.report.blocks import Map

_LAND, _SHADES = "·", "░▒▓█"
#: The ratio of height and width of a character.
_ASPECT = 2
#: A country of fewer cells in width or height may contain no centre of a cell.
_SMALL = 2


def mapped(map_: Map, width: int) -> Iterator[str]:
    """Yield the lines of a map, with a legend."""
    frame = frame_of([shade.alpha3 for shade in map_.shades], [], width)
    ranks = classes([shade.value for shade in map_.shades])
    shades = {shade.alpha3: _SHADES[rank] for shade, rank in zip(map_.shades, ranks, strict=True)}
    rows = [[" "] * width for _ in range(math.ceil(frame.height / _ASPECT))]
    for code, rings in rings_of().items():
        if code not in shades:
            _fill(rows, frame, rings, _LAND)
    for code, shade in shades.items():
        _fill(rows, frame, rings_of().get(code, ()), shade)
        _dot(rows, frame, code, shade)
    lines = ["".join(row).rstrip() for row in rows]
    while lines and not lines[-1]:
        lines.pop()
    yield from lines
    yield "  ".join(_legend(map_, shades))


def _legend(map_: Map, shades: dict[str, str]) -> Iterator[str]:
    for shade in _SHADES:
        values = [country.value for country in map_.shades if shades[country.alpha3] == shade]
        if values:
            ends = dict.fromkeys((short(min(values)), short(max(values))))
            yield f"{shade} {' – '.join(ends)}"


def _fill(
    rows: list[list[str]],
    frame: Frame,
    rings: Sequence[Sequence[tuple[float, float]]],
    shade: str,
) -> None:
    """Fill the cells whose centre is in a polygon with holes (even-odd rule)."""
    crossings: dict[int, list[float]] = {}
    for ring in rings:
        points = [frame.pixel(*position) for position in ring]
        for (x, y), (to_x, to_y) in zip(points, [*points[1:], *points[:1]], strict=True):
            # Skip edges that wrap around the date line.
            if abs(to_x - x) > frame.width / 2 or y == to_y:
                continue
            low, high = sorted((y, to_y))
            first = max(0, math.ceil(low / _ASPECT - 0.5))
            for row in range(first, min(len(rows), math.ceil(high / _ASPECT - 0.5))):
                level = (row + 0.5) * _ASPECT
                crossings.setdefault(row, []).append(x + (to_x - x) * (level - y) / (to_y - y))
    for row, crossed in crossings.items():
        ordered = sorted(crossed)
        for start, end in zip(ordered[::2], ordered[1::2], strict=False):
            for column in range(
                max(0, math.ceil(start - 0.5)), min(frame.width, math.ceil(end - 0.5))
            ):
                rows[row][column] = shade


def _dot(rows: list[list[str]], frame: Frame, code: str, shade: str) -> None:
    """Fill the cell at the centre of a country that is too small for `_fill`."""
    box = country_box(code)
    if box is None:
        return
    corners = frame.pixel(box.west, box.north), frame.pixel(box.east, box.south)
    (left, top), (right, bottom) = corners
    if right - left < _SMALL or bottom - top < _SMALL * _ASPECT:
        column, row = int((left + right) / 2), int((top + bottom) / 2 / _ASPECT)
        if 0 <= row < len(rows) and 0 <= column < frame.width:
            rows[row][column] = shade
