"""Bar charts and sparklines as plain text."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.cells import cell_len

from bricoop.domain.names import printable
from bricoop.render.reports.rows import figure_text
from bricoop.report.blocks import Chart, ChartKind, Number, Series

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_SHADES = "█▓▒░"
_HEIGHTS = "▁▂▃▄▅▆▇█"
#: The maximum length of a bar in characters.
_LONGEST = 40


def drawn(chart: Chart, width: int) -> Iterator[str]:
    """Yield the lines of a chart; very long labels may exceed the width.

    Args:
        chart: the chart.
        width: the width in characters.
    """
    if chart.kind in {ChartKind.COLUMNS, ChartKind.LINES}:
        for series in chart.series:
            yield from _sparkline(chart, series, width)
    elif len(chart.series) == 1:
        yield from _bars(chart, chart.series[0], width)
    else:
        yield from _grouped(chart, width)


def _bars(chart: Chart, series: Series, width: int) -> Iterator[str]:
    labels = [printable(category) for category in chart.categories]
    texts = ["" if value is None else figure_text(value, chart.unit) for value in series.values]
    wide, longest = max(map(cell_len, labels)), _bar_room(labels, texts, width)
    most = max((value for value in series.values if value is not None), default=0)
    for label, text, value in zip(labels, texts, series.values, strict=True):
        bar = _bar(value or 0, most, longest)
        yield f"  {label}{' ' * (wide - cell_len(label))}  {bar} {text}".rstrip()


def _grouped(chart: Chart, width: int) -> Iterator[str]:
    """Yield a legend, and a bar for each series of each category, in one scale."""
    shades = [_SHADES[index % len(_SHADES)] for index in range(len(chart.series))]
    names = (printable(series.name) for series in chart.series)
    yield "  " + " ".join(f"{shade} {name}" for shade, name in zip(shades, names, strict=True))
    labels = [printable(category) for category in chart.categories]
    texts = [
        ["" if value is None else figure_text(value, chart.unit) for value in series.values]
        for series in chart.series
    ]
    every = [text for some in texts for text in some]
    wide, longest = max(map(cell_len, labels)), _bar_room(labels, every, width)
    most = max((x for series in chart.series for x in series.values if x is not None), default=0)
    for index, label in enumerate(labels):
        for number, member in enumerate(chart.series):
            if number and member.values[index] is None:
                continue
            shown = "" if number else label
            bar = shades[number] * _length(member.values[index] or 0, most, longest)
            padding = " " * (wide - cell_len(shown))
            yield f"  {shown}{padding}  {bar} {texts[number][index]}".rstrip()


def _sparkline(chart: Chart, series: Series, width: int) -> Iterator[str]:
    """Yield a sparkline in the scale of all series of the chart.

    The name of the series gets its own line if it does not fit beside the sparkline.
    """
    known = [value for value in series.values if value is not None]
    name = printable(series.name)
    if not known:
        yield f"  {name}: nothing is recorded"
        return
    most = max(known)
    highest = max(x for other in chart.series for x in other.values if x is not None)
    line = "".join(" " if value is None else _height(value, highest) for value in series.values)
    at = chart.categories[series.values.index(most)]
    ends = f"{printable(chart.categories[0])} {line} {printable(chart.categories[-1])}"
    course = f"{ends}  most in {printable(at)}: {figure_text(most, chart.unit)}"
    if len(chart.series) == 1:
        yield f"  {course}"
    elif cell_len(name) + cell_len(course) + 4 <= width:
        yield f"  {name}  {course}"
    else:
        yield f"  {name}"
        yield f"    {course}"


def _bar_room(labels: Sequence[str], texts: Sequence[str], width: int) -> int:
    taken = max(map(cell_len, labels)) + max(map(cell_len, texts)) + 5
    return max(5, min(_LONGEST, width - taken))


def _bar(value: Number, most: Number, longest: int) -> str:
    if value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(Decimal(value) * longest * 8 / Decimal(most)))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def _length(value: Number, most: Number, longest: int) -> int:
    if value <= 0 or most <= 0:
        return 0
    return max(1, round(Decimal(value) * longest / Decimal(most)))


def _height(value: Number, most: Number) -> str:
    if value <= 0 or most <= 0:
        return _HEIGHTS[0]
    step = round(Decimal(value) * (len(_HEIGHTS) - 1) / Decimal(most))
    return _HEIGHTS[max(0, step)]
