"""Charts of groups in characters, as wide as the terminal; a pipe gets the same without colours."""

import os
import shutil
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TextIO

from rich.cells import cell_len

from bricoop.domain.amounts import grouped, to_the_cent
from bricoop.domain.names import printable
from bricoop.render.drawing.lines import plotted
from bricoop.render.drawing.world import mapped
from bricoop.render.screen import Screen
from bricoop.report.group_charts import largest
from bricoop.report.parts import Chart, ChartKind, Map, Number

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
#: Labels are as long as this part of a line, or stand on a line of their own.
_LABEL = 3
#: A pipe has no width: charts are as wide as pages of plain text.
_PIPE = 80
#: A bar is never shorter than this, whatever the labels and figures leave.
_SHORTEST = 8


def write_charts(parts: Sequence[Chart | Map], out: TextIO) -> None:
    """Write charts one below the other, each with its title and unit."""
    screen = Screen(out)
    width = screen.console.width if screen.console.is_terminal else _piped_width()
    for number, part in enumerate(parts):
        if number:
            screen.say("")
        screen.say(f"{part.title} ({part.unit})" if part.unit else part.title, "bold")
        for line in _drawn(part, width):
            screen.draw(line)


def _piped_width() -> int:
    """Return how wide a chart is where nobody watches: what COLUMNS says, else that of a page."""
    return shutil.get_terminal_size((_PIPE, 24)).columns if "COLUMNS" in os.environ else _PIPE


def _drawn(part: Chart | Map, width: int) -> Iterator[str]:
    if isinstance(part, Map):
        yield from mapped(part, width)
        yield ""
        shades = sorted(part.shades, key=lambda one: (-one.value, one.name))
        yield from bars([one.name for one in shades], [one.value for one in shades], width)
    elif part.kind is ChartKind.LINES:
        yield from plotted(part, width)
    else:
        yield from bars(part.categories, part.series[0].values, width)


def bars(labels: Sequence[str], values: Sequence[Number | None], width: int) -> Iterator[str]:
    """Yield a bar for each figure, none wider than asked where that is possible.

    Labels are never cut: one that is too long stands on the line above its bar. What is below
    zero has no bar, and its figure says so.
    """
    names = [printable(one) for one in labels]
    texts = [figure(one) for one in values]
    room = width // _LABEL
    column = max((cell_len(one) for one in names if cell_len(one) <= room), default=0)
    longest = max(_SHORTEST, width - column - max(map(cell_len, texts)) - 2)
    most = largest(values)
    for name, text, value in zip(names, texts, values, strict=True):
        if cell_len(name) > room:
            yield name
            name = ""  # noqa: PLW2901 (its bar stands on the next line)
        padding = " " * (column - cell_len(name))
        yield f"{name}{padding} {_bar(value or 0, most, longest)} {text}".rstrip()


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
