"""Charts of groups in characters, as wide as the terminal; a pipe gets the same without colours."""

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
#: Labels are as long as this part of a line, or stand on a line of their own.
_LABEL = 3
#: A pipe has no width: charts are as wide as pages of plain text.
_PIPE = 80
#: A bar is never shorter than this, whatever the labels and figures leave.
_SHORTEST = 8


def write_charts(drawings: Sequence[Chart | Map], out: TextIO) -> None:
    """Write charts one below the other, each with its title and unit."""
    screen = Screen(out)
    width = screen.console.width if screen.console.is_terminal else _piped_width()
    for number, drawing in enumerate(drawings):
        if number:
            screen.say("")
        screen.say(f"{drawing.title} ({drawing.unit})" if drawing.unit else drawing.title, "bold")
        for line in _drawn(drawing, _of_same_unit(drawing, drawings), width):
            screen.draw(line)


def _piped_width() -> int:
    """Return how wide a chart is where nobody watches: what COLUMNS says, else that of a page."""
    return shutil.get_terminal_size((_PIPE, 24)).columns if "COLUMNS" in os.environ else _PIPE


def _of_same_unit(drawing: Chart | Map, drawings: Sequence[Chart | Map]) -> list[Chart]:
    """Return the charts whose bars are compared with those of a chart, the chart among them."""
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
    """How bars are drawn that are compared with each other.

    Attributes:
        room: a longer label stands on a line of its own.
        column: how wide the labels beside bars are.
        longest: how long a bar may be.
        most: the figure of the longest.
    """

    room: int
    column: int
    longest: int
    most: Number

    @classmethod
    def of(cls, labels: Sequence[str], values: Sequence[Number | None], width: int) -> Self:
        """Return the scale in which bars are not wider than asked where that is possible."""
        room = width // _LABEL
        lengths = [cell_len(printable(label)) for label in labels]
        column = max((length for length in lengths if length <= room), default=0)
        texts = max(cell_len(figure(value)) for value in values)
        longest = max(_SHORTEST, width - column - texts - 2)
        return cls(room, column, longest, largest(values))


def bars(labels: Sequence[str], values: Sequence[Number | None], scale: _Scale) -> Iterator[str]:
    """Yield a bar for each figure.

    Labels are never cut: one that is too long stands on the line above its bar. What is below
    zero has no bar, and its figure says so.
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
    """Return a figure: money and other decimals to the cent, from a thousand on."""
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
