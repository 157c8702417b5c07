"""Charts of groups as files: SVG and PNG that stand alone, and a page with the figures."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any

import vl_convert
from markupsafe import Markup, escape

from bricoop.domain.names import printable
from bricoop.render.drawing.terminal import figure
from bricoop.render.reports import charts, maps
from bricoop.report.parts import Chart, ChartKind, Map
from bricoop.version import __version__

#: What a file's name may end in.
ENDINGS = ("svg", "png", "html")
#: Of a drawing, in pixels; a picture of pixels is made so many times larger, to stay sharp.
_WIDTH, _SCALE = 900, 2
_MARGIN = {"left": 16, "right": 48, "top": 16, "bottom": 16}
#: So many characters of a note fit beside each other.
_LETTERS = 130
_NAMED = re.compile(r"var\((--[\w-]+)\)")
_COLOUR = re.compile(r"(--[\w-]+):\s*([^;]+);")
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>body{{margin:2rem auto;max-width:60rem;padding:0 1rem;font:16px/1.5 sans-serif;"
    "color:#1c1a17}}svg{{max-width:100%;height:auto}}table{{border-collapse:collapse}}"
    "td,th{{padding:.2rem 1rem .2rem 0;text-align:left;border-bottom:1px solid #d9d3c6}}"
    "td.number{{text-align:right;font-variant-numeric:tabular-nums}}</style></head>\n"
    "<body>{drawing}\n{tables}\n<p>bricoop {version}</p></body></html>\n"
)
_TABLE = Markup(
    "<h2>{title}</h2>\n<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
)


def drawn_as(parts: Sequence[Chart | Map], ending: str) -> bytes:
    """Return the file of charts, which stand below each other.

    Args:
        parts: the charts, or a map.
        ending: one of `ENDINGS`.
    """
    spec = _coloured(_spec(parts))
    if ending == "png":
        picture: bytes = vl_convert.vegalite_to_png(spec, scale=_SCALE, allowed_base_urls=[])
        return picture
    drawing: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    if ending == "svg":
        return drawing.encode()
    page = _PAGE.format(
        title=printable(parts[0].title),
        drawing=Markup(drawing),  # noqa: S704 (drawn here, of texts that the library escapes)
        tables=Markup("\n").join(map(_table, parts)),
        version=__version__,
    )
    return str(page).encode()


def _spec(parts: Sequence[Chart | Map]) -> dict[str, Any]:
    # What a reader must know is said once, above the first of them.
    specs = [_titled(part if part is parts[0] else replace(part, note="")) for part in parts]
    if len(specs) == 1:
        return {**specs[0], "padding": _MARGIN}
    shared = ("$schema", "background", "config", "autosize", "padding")
    return {
        **{name: specs[0][name] for name in ("$schema", "background", "config")},
        "padding": _MARGIN,
        "resolve": {"scale": {"color": "independent"}, "legend": {"color": "independent"}},
        "vconcat": [
            {name: value for name, value in spec.items() if name not in shared} for spec in specs
        ],
        "spacing": 40,
    }


def _titled(part: Chart | Map) -> dict[str, Any]:
    spec = maps.spec_of(part, _WIDTH) if isinstance(part, Map) else charts.spec_of(part, _WIDTH)
    if isinstance(part, Chart) and part.kind is ChartKind.LINES and len(part.series) == 1:
        # One line needs no legend: the title names it.
        spec["encoding"]["color"]["legend"] = None
    below = [part.unit, *wrap(charts.drawable(part.note), _LETTERS)]
    if isinstance(part, Map):
        below += wrap(maps.BOUNDARIES, _LETTERS)
        if len(part.shades) > 1:
            spec["layer"][0]["encoding"]["fill"] = maps.legend(part.shades)
    title = {
        "text": charts.drawable(part.title),
        "subtitle": [line for line in below if line],
        "anchor": "start",
        "offset": 14,
        "fontSize": 16,
        "subtitleColor": charts.SOFT,
    }
    return {**spec, "background": "#ffffff", "title": title}


def _coloured(spec: dict[str, Any]) -> str:
    """Return a specification with the colours of a page in daylight by value."""
    colours = _colours()
    return _NAMED.sub(lambda found: colours.get(found[1], found[0]), json.dumps(spec))


@cache
def _colours() -> dict[str, str]:
    style = Path(charts.__file__).with_name("page.css").read_text(encoding="utf-8")
    return dict(_COLOUR.findall(style.split("@media")[0]))


def _table(part: Chart | Map) -> Markup:
    if isinstance(part, Map):
        head = ["Country", part.measure]
        rows = [[one.name, figure(one.value)] for one in part.shades]
    else:
        head = [part.category, *(one.name for one in part.series)]
        rows = [
            [name, *(figure(one.values[place]) for one in part.series)]
            for place, name in enumerate(part.categories)
        ]
    title = f"{part.title} ({part.unit})" if part.unit else part.title
    cells = Markup("").join(Markup("<th>{}</th>").format(printable(one)) for one in head)
    body = Markup("\n").join(
        Markup("<tr><td>{}</td>{}</tr>").format(
            printable(name),
            Markup("").join(Markup('<td class="number">{}</td>').format(x) for x in values),
        )
        for name, *values in rows
    )
    table = _TABLE.format(title=printable(title), head=cells, body=body)
    return table + Markup("<p>{}</p>").format(escape(printable(part.note)))
