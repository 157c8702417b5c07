"""Charts and maps of grouped queries as text, for terminals and pipes."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self, TextIO

from rich.cells import cell_len

from bricoop.domain.amounts import grouped, to_the_cent
from bricoop.domain.names import printable
from bricoop.render.drawing.lines import plotted
from bricoop.render.drawing.world import mapped
from bricoop.render.screen import Screen
from bricoop.report.blocks import Chart, ChartKind, Map, Number
from bricoop.report.group_charts import largest

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
#: A label longer than a line divided by this gets its own line.
_LABEL = 3
#: The width of charts in a pipe.
_PIPE = 80
#: The least room for the longest bar, even if lines become too long.
_SHORTEST = 8


def write_charts(drawings: Sequence[Chart | Map], out: TextIO) -> None:
    """Write charts below each other, each with its title and unit."""
    screen = Screen(out)
    width = screen.console.width if screen.console.is_terminal else _piped_width()
    for number, drawing in enumerate(drawings):
        if number:
            screen.say("")
        screen.say(f"{drawing.title} ({drawing.unit})" if drawing.unit else drawing.title, "bold")
        for line in _drawn(drawing, _of_same_unit(drawing, drawings), width):
            screen.draw(line)


def _piped_width() -> int:
    """Return the width of charts in a pipe: COLUMNS, or else a default."""
    return shutil.get_terminal_size((_PIPE, 24)).columns if "COLUMNS" in os.environ else _PIPE


def _of_same_unit(drawing: Chart | Map, drawings: Sequence[Chart | Map]) -> list[Chart]:
    """Return the charts with the unit of a chart, including itself; they share a scale."""
    return [chart for chart in drawings if isinstance(chart, Chart) and chart.unit == drawing.unit]


def _drawn(drawing: Chart | Map, alike: Sequence[Chart], width: int) -> Iterator[str]:
    if isinstance(drawing, Map):
        yield from mapped(drawing, width)
        yield ""
        shades = sorted(drawing.shades, key=lambda shade: (-shade.value, shade.name))
        names, values = [shade.name for shade in shades], [shade.value for shade in shades]
        yield from bars(names, values, _Scale.of(names, values, width))
    elif drawing.kind is ChartKind.LINES:
        yield from plotted(drawing, width)
    else:
        every = [
            (name, value)
            for x in alike
            for name, value in zip(x.categories, x.series[0].values, strict=True)
        ]
        scale = _Scale.of([name for name, _ in every], [value for _, value in every], width)
        yield from bars(drawing.categories, drawing.series[0].values, scale)


@dataclass(frozen=True)
class _Scale:
    """Layout of bars that share a scale.

    Attributes:
        room: the maximum width of labels beside bars; longer ones get their own line.
        column: the width of the column of labels.
        longest: the maximum length of a bar.
        most: the value of the longest bar.
    """

    room: int
    column: int
    longest: int
    most: Number

    @classmethod
    def of(cls, labels: Sequence[str], values: Sequence[Number | None], width: int) -> Self:
        """Return the layout for a total width, which very long figures may exceed."""
        room = width // _LABEL
        lengths = [cell_len(printable(label)) for label in labels]
        column = max((length for length in lengths if length <= room), default=0)
        texts = max(cell_len(figure(value)) for value in values)
        longest = max(_SHORTEST, width - column - texts - 2)
        return cls(room, column, longest, largest(values))


def bars(labels: Sequence[str], values: Sequence[Number | None], scale: _Scale) -> Iterator[str]:
    """Yield the lines of a bar chart.

    A label that is too long is on the line above its bar. Negative values have no bar, only their
    figure.
    """
    for label, value in zip(labels, values, strict=True):
        name = printable(label)
        if cell_len(name) > scale.room:
            yield name
            name = ""  # its bar stands on the next line
        padding = " " * (scale.column - cell_len(name))
        bar = _bar(value or 0, scale.most, scale.longest)
        yield f"{name}{padding} {bar} {figure(value)}".rstrip()


def figure(value: Number | None) -> str:
    """Return a figure as text; decimals from 1,000 on are rounded to the cent."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return to_the_cent(value) if abs(value) >= 1000 else grouped(value)  # noqa: PLR2004
    return f"{value:,}"


def _bar(value: Number, most: Number, longest: int) -> str:
    if value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(Decimal(value) * longest * 8 / Decimal(most)))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
