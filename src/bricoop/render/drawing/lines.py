"""Line charts in the terminal, drawn with Braille dots and interrupted at missing values."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.cells import cell_len

from bricoop.domain.names import printable
from bricoop.render.reports.charts import short
from bricoop.report.blocks import Chart, Number, Series
from bricoop.report.group_charts import largest, runs

#: The bit of each dot of a Braille character: four rows of two dots.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
#: Height in lines of a chart with one series, and of each series of several.
_ALONE, _EACH = 10, 6


def plotted(chart: Chart, width: int) -> Iterator[str]:
    """Yield the lines of a chart; series are drawn below each other in the same scale."""
    every = [value for series in chart.series for value in series.values]
    most, least = (
        largest(every),
        min((value for value in every if value is not None), default=Decimal(0)),
    )
    low: Number = min(least, 0)
    height = _ALONE if len(chart.series) == 1 else _EACH
    ends = [short(most), short(low)]
    margin = max(map(cell_len, ends))
    for number, series in enumerate(chart.series):
        if len(chart.series) > 1:
            yield from ([""] if number else [])
            yield printable(series.name)
        rows = list(_canvas(series, width - margin - 2, height, low, most))
        for index, row in enumerate(rows):
            text = ends[0] if index == 0 else ends[1] if index == len(rows) - 1 else ""
            yield f"{text:>{margin}} │{row}".rstrip()
        yield f"{' ' * margin} └{'─' * (width - margin - 2)}"
        yield " " * (margin + 2) + _time_labels(chart.categories, width - margin - 2)


def _canvas(series: Series, width: int, height: int, low: Number, most: Number) -> Iterator[str]:
    cells = [[0] * width for _ in range(height)]

    def mark(x: int, y: int) -> None:
        cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]

    points = {
        index: (
            _dot_column(index, len(series.values), width * 2),
            _dot_row(value, low, most, height * 4),
        )
        for index, value in enumerate(series.values)
        if value is not None
    }
    for x, y in points.values():
        mark(x, y)
    for left, right in runs(series.values):
        (from_x, from_y), (to_x, to_y) = points[left], points[right]
        steps = max(abs(to_x - from_x), abs(to_y - from_y), 1)
        for step in range(steps + 1):
            mark(
                from_x + round((to_x - from_x) * step / steps),
                from_y + round((to_y - from_y) * step / steps),
            )
    for row in cells:
        yield "".join(chr(_BLANK + dots) if dots else " " for dots in row)


def _dot_column(index: int, number: int, dots: int) -> int:
    return round(index * (dots - 1) / (number - 1)) if number > 1 else dots // 2


def _dot_row(value: Number, low: Number, most: Number, dots: int) -> int:
    span = Decimal(most) - Decimal(low)
    share = (Decimal(value) - Decimal(low)) / span if span else Decimal(1)
    return dots - 1 - round(share * (dots - 1))


def _time_labels(categories: Sequence[str], width: int) -> str:
    """Return the axis labels: as many times as fit, each below its point."""
    line = [" "] * width
    free = 0
    last = len(categories) - 1
    for index, text in enumerate(categories):
        at = _dot_column(index, len(categories), width)
        start = max(0, min(at - len(text) // 2, width - len(text)))
        end = width - len(categories[last]) - 1
        if start >= free and (index == last or start + len(text) <= end):
            line[start : start + len(text)] = text
            free = start + len(text) + 1
    return "".join(line).rstrip()
