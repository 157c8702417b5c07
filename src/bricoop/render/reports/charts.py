"""Vega-Lite specifications of charts."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bricoop.domain.names import printable
from bricoop.report.blocks import Chart, ChartKind, Number

Spec = dict[str, Any]
_NO_XML = re.compile("[\ufffe\uffff]")

#: CSS variables of the page, so that drawings follow its light, dark and print themes.
COLOURS = ("var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)", "var(--s6)")
#: Dash patterns that distinguish lines of one colour: solid, long and short.
_DASHES = ([1, 0], [7, 4], [2, 3])
INK, SOFT, LINE, PAGE = "var(--ink)", "var(--soft)", "var(--line)", "var(--page)"
#: The first font is bundled with vl-convert, which can measure it so that no label is cut.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
#: Distance of bars in pixels in wide and narrow drawings, and the least width of a wide one.
_STEP, _SMALL_STEP, _WIDE = 30, 23, 800
#: Distance in pixels of bars within a category.
_THIN = 13
#: Estimated width in pixels of a year, of a letter in a legend, and of the swatch with margins.
_YEAR, _LETTER, _SWATCH = 62, 7, 40
#: Right padding in pixels, which has room for the figure beside the longest bar.
_BESIDE = {
    ChartKind.BARS: 44, ChartKind.GROUPED: 12, ChartKind.COLUMNS: 2, ChartKind.LINES: 12,
}  # fmt: skip
#: The maximum number of columns with figures above them.
_LABELLED = 16
_LARGE: tuple[tuple[int, str], ...] = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"))
#: Axis labels with `bn` instead of the SI prefix `G`.
_AXIS = (
    "replace(replace(replace(replace(format(datum.value, '~s'), 'T', ' tn'), 'G', ' bn'),"
    " 'M', ' m'), 'k', ' k')"
)


def spec_of(chart: Chart, width: int) -> Spec:
    """Return the Vega-Lite specification of a chart.

    Args:
        chart: the chart.
        width: the width of the drawing in pixels.
    """
    chart = _drawable(chart)
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "data": {"values": _values(chart)},
        "width": width,
        "padding": {"left": 0, "right": _BESIDE[chart.kind], "top": 4, "bottom": 4},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": config(),
    }
    return {**spec, **_KINDS[chart.kind](chart, width)}


def config() -> Spec:
    """Return the configuration that all drawings share."""
    quiet = {"labelColor": SOFT, "labelFont": _FONT, "labelFontSize": 13, "titleColor": SOFT}
    return {
        "aria": False,
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {
            **quiet, "domainColor": LINE, "tickColor": LINE, "gridColor": LINE, "titleFont": _FONT,
            "titleFontSize": 13, "titleFontWeight": "normal", "labelLimit": 220,
        },
        "legend": {
            **quiet, "orient": "top", "title": None, "symbolType": "square",
        },
        "text": {"font": _FONT, "fontSize": 13, "fill": INK},
    }  # fmt: skip


def drawable(text: str) -> str:
    """Return text without characters that are invalid in XML, which make vl-convert abort."""
    return _NO_XML.sub("\ufffd", printable(text))


def _drawable(chart: Chart) -> Chart:
    series = tuple(replace(series, name=drawable(series.name)) for series in chart.series)
    return replace(chart, categories=tuple(map(drawable, chart.categories)), series=series)


def short(value: Number | float) -> str:
    """Return a figure as a short label.

    >>> short(7_270_000_000), short(14)
    ('7.3 bn', '14')
    """
    for size, name in _LARGE:
        if abs(float(value)) >= size:
            return f"{float(value) / size:,.1f} {name}"
    return f"{round(value):,}" if value == round(value) else f"{float(value):,.2f}"


def _height(width: int) -> int:
    """Return the height of a drawing in pixels for its width."""
    return max(170, min(240, width // 4))


def _values(chart: Chart) -> list[Spec]:
    return [
        {
            "category": name,
            "place": index,
            "series": series.name,
            "order": order,
            # A missing value interrupts a line instead of being interpolated.
            "value": None if value is None else float(value),
            "label": "" if value is None else short(value),
        }
        for order, series in enumerate(chart.series)
        for index, name in enumerate(chart.categories)
        for value in (series.values[index],)
    ]


def _names(chart: Chart, width: int) -> Spec:
    """Return the axis of categories; labels may take half of the width."""
    axis = {"domain": False, "ticks": False, "labelPadding": 8, "labelColor": INK}
    return {
        "field": "category", "type": "nominal", "sort": list(chart.categories), "title": None,
        "axis": {**axis, "labelLimit": width // 2},
    }  # fmt: skip


def _bars(chart: Chart, width: int) -> Spec:
    values = {"field": "value", "type": "quantitative", "axis": None}
    step = _STEP if width >= _WIDE else _SMALL_STEP
    return {
        "height": {"step": step},
        "encoding": {"y": _names(chart, width), "x": values},
        "layer": [
            {
                "mark": {
                    "type": "bar",
                    "color": COLOURS[0],
                    "height": step * 0.6,
                    "cornerRadiusEnd": 2,
                }
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"text": {"field": "label"}},
            },
        ],
    }


def _grouped(chart: Chart, width: int) -> Spec:
    """Return grouped bars, which are easier to compare than stacked ones."""
    values = {"field": "value", "type": "quantitative", "title": None, "axis": _axis(chart)}
    names = [series.name for series in chart.series]
    return {
        "height": {"step": _THIN, "for": "offset"},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": _names(chart, width), "x": values | {"stack": None},
            "yOffset": {"field": "series", "type": "nominal", "sort": names},
            "color": _colours(chart, width),
        },
    }  # fmt: skip


def _columns(chart: Chart, width: int) -> Spec:
    bars = {"mark": {"type": "bar", "color": COLOURS[0], "cornerRadiusEnd": 2}}
    text = {"type": "text", "baseline": "bottom", "dy": -3, "fontSize": 12}
    labels = {"mark": text, "encoding": {"text": {"field": "label"}}}
    few = len(chart.categories) <= min(_LABELLED, width // _YEAR)
    # Grid lines would cross the figures above the columns, which replace them.
    axis = _axis(chart) | {"grid": not few}
    values = {"field": "value", "type": "quantitative", "title": None, "axis": axis}
    return {
        "height": _height(width),
        "encoding": {"x": _time(chart, width), "y": values},
        "layer": [bars, labels] if few else [bars],
    }


def _lines(chart: Chart, width: int) -> Spec:
    values = {"field": "value", "type": "quantitative", "title": None, "axis": _axis(chart)}
    point = {"filled": True, "size": 40}
    mark = {
        "type": "line", "strokeWidth": 2.5, "point": point,
        "invalid": "break-paths-show-path-domains",
    }  # fmt: skip
    return {
        "height": _height(width),
        "mark": mark,
        "encoding": {
            "x": _time(chart, width), "y": values, "color": _colours(chart, width), **_dashes(chart)
        },
    }  # fmt: skip


def _dashes(chart: Chart) -> Spec:
    """Return the dash encoding if there are more lines than colours."""
    names = [series.name for series in chart.series]
    if len(names) <= len(COLOURS):
        return {}
    dashes = [_DASHES[index // len(COLOURS) % len(_DASHES)] for index in range(len(names))]
    scale = {"domain": names, "range": dashes}
    return {"strokeDash": {"field": "series", "type": "nominal", "sort": names, "scale": scale}}


def _time(chart: Chart, width: int) -> Spec:
    every = -(-len(chart.categories) // max(1, (width - _YEAR) // _YEAR))
    shown = list(chart.categories[::every])
    return {
        "field": "category", "type": "ordinal", "sort": list(chart.categories), "title": None,
        "scale": {"domain": list(chart.categories)},
        "axis": {"labelAngle": 0, "ticks": False, "labelPadding": 6, "values": shown},
    }  # fmt: skip


def _axis(chart: Chart) -> Spec:
    values = [value for series in chart.series for value in series.values if value is not None]
    few = max(values, default=0) < 10  # noqa: PLR2004 (no half projects between them)
    whole = {"tickMinStep": 1} if not chart.unit else {}
    return {"labelExpr": _AXIS, "tickCount": 5, "domain": False, "ticks": False, **whole} | (
        {"tickCount": int(max(values, default=1))} if few and not chart.unit and values else {}
    )


def _colours(chart: Chart, width: int) -> Spec:
    """Return the colour encoding of the series, with a legend that fits the width."""
    names = [series.name for series in chart.series]
    scale = {"domain": names, "range": [COLOURS[x % len(COLOURS)] for x in range(len(names))]}
    longest = max(map(len, names)) * _LETTER + _SWATCH
    legend: Spec = {
        "columns": max(1, min(len(names), width // longest)),
        "labelLimit": width - 2 * _SWATCH,
    }
    if chart.kind is ChartKind.LINES and len(names) > len(COLOURS):
        # The dash pattern is not visible in a square.
        legend |= {"symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 2.5}
    return {"field": "series", "type": "nominal", "sort": names, "scale": scale, "legend": legend}


_KINDS: dict[ChartKind, Callable[[Chart, int], Spec]] = {
    ChartKind.BARS: _bars,
    ChartKind.GROUPED: _grouped,
    ChartKind.COLUMNS: _columns,
    ChartKind.LINES: _lines,
}
