"""Charts and maps of grouped queries as SVG, PNG or HTML files."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any

from markupsafe import Markup

from bricoop.domain.names import printable
from bricoop.query.provenance import Provenance, SourceBehind
from bricoop.render import vega
from bricoop.render.drawing.terminal import figure
from bricoop.render.reports import charts, maps
from bricoop.report.blocks import Chart, ChartKind, Map

#: The file extensions, without dots.
ENDINGS = ("svg", "png", "html")
#: The width of a drawing in pixels, and the scale factor of PNG files.
_WIDTH, _SCALE = 900, 2
_MARGIN = {"left": 16, "right": 48, "top": 16, "bottom": 16}
#: Characters in a line of a note, and the maximum number of sources in a caption.
_LETTERS, _SOURCES = 130, 8
#: Estimated width of a letter of a label, in pixels.
_LETTER = 7
#: The end of a note that recommends a command-line option.
_ADVICE = re.compile(r"[.:;] --[^.]*\.$")
_NAMED = re.compile(r"var\((--[\w-]+)\)")
_COLOUR = re.compile(r"(--[\w-]+):\s*([^;]+);")
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>body{{margin:2rem auto;max-width:60rem;padding:0 1rem;font:16px/1.5 sans-serif;"
    "color:#1c1a17}}svg{{max-width:100%;height:auto}}table{{border-collapse:collapse}}"
    "td,th{{padding:.2rem 1rem .2rem 0;text-align:left;border-bottom:1px solid #d9d3c6}}"
    ".number{{text-align:right;font-variant-numeric:tabular-nums}}</style></head>\n"
    "<body>{drawing}\n{tables}\n{notes}<h2>Sources</h2>\n<ol>{sources}</ol>\n<p>{made}</p>"
    "</body></html>\n"
)
_TABLE = Markup(
    "<h2>{title}</h2>\n<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
)


def drawn_as(
    drawings: Sequence[Chart | Map], ending: str, about: Provenance, command: str
) -> bytes:
    """Return a file with drawings below each other and their sources as a caption.

    Args:
        drawings: charts, or one map.
        ending: one of `ENDINGS`.
        about: the provenance, with the sources and the notes.
        command: the command that gives the same groups.
    """
    notes = [for_readers(note) for note in about.notes]
    origin = f"Drawn on {about.asked:%Y-%m-%d} by bricoop {about.tool_version}"
    origin = f"{origin} from knowledge base version {about.knowledge_base}: {command}"
    sources = [_citation(source) for source in about.sources]
    if ending == "html":
        drawing = (
            vega.svg(_coloured(_spec(drawings, [])))
            if vega.can_draw()
            else _elements("p", [vega.not_drawn()])
        )
        page = _PAGE.format(
            title=printable(drawings[0].title),
            drawing=Markup(drawing),  # noqa: S704 (drawn here, of texts that the library escapes)
            tables=Markup("\n").join(
                _table(shown, is_alone=len(drawings) == 1) for shown in drawings
            ),
            notes=_elements("p", notes),
            sources=_elements("li", sources),
            made=printable(origin),
        )
        return str(page).encode()
    spec = _coloured(_spec(drawings, [*notes, *_source_lines(sources), origin]))
    if ending == "png":
        return vega.png(spec, _SCALE)
    return vega.svg(spec).encode()


def for_readers(note: str) -> str:
    """Return a note without its advice on command-line options, which a file has no use for.

    >>> for_readers("Sums add up several kinds, such as pledge: --group-by kind separates them.")
    'Sums add up several kinds, such as pledge.'
    """
    return _ADVICE.sub(".", note)


def _citation(source: SourceBehind) -> str:
    """Return the citation of a source: title, publisher, date, licence and URL."""
    licence = f"Licence: {source.licence}" if source.licence else ""
    by = ", ".join(filter(None, (source.publisher, source.published)))
    fields = (source.title, by, licence, source.url)
    return f"{'. '.join(field.rstrip('.') for field in fields if field)} [{source.key}]."


def _source_lines(sources: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a caption on the sources, up to the maximum number."""
    for index, source in enumerate(sources[:_SOURCES]):
        yield f"{'' if index else 'Sources: ' if len(sources) > 1 else 'Source: '}{source}"
    if len(sources) > _SOURCES:
        yield f"And {len(sources) - _SOURCES:,} more sources, which the command lists."


def _spec(drawings: Sequence[Chart | Map], caption: Sequence[str]) -> dict[str, Any]:
    """Return the Vega-Lite specification of drawings below each other, with a caption."""
    specs = [_titled_spec(drawing, drawings) for drawing in drawings]
    shared = ("$schema", "background", "config", "autosize", "padding")
    lines = [line for text in caption for line in wrap(charts.drawable(text), _LETTERS)]
    below = {
        "text": lines, "anchor": "start", "orient": "bottom", "offset": 24, "fontSize": 12,
        "fontWeight": "normal", "color": charts.SOFT, "frame": "bounds",
    }  # fmt: skip
    return {
        **{name: specs[0][name] for name in ("$schema", "background", "config")},
        "padding": _MARGIN,
        "resolve": {"scale": {"color": "independent"}, "legend": {"color": "independent"}},
        "vconcat": [
            {name: value for name, value in spec.items() if name not in shared} for spec in specs
        ],
        "spacing": 40,
        **({"title": below} if lines else {}),
    }


def _titled_spec(drawing: Chart | Map, drawings: Sequence[Chart | Map]) -> dict[str, Any]:
    spec = (
        maps.spec_of(drawing, _WIDTH)
        if isinstance(drawing, Map)
        else charts.spec_of(drawing, _WIDTH)
    )
    if isinstance(drawing, Chart) and drawing.kind is ChartKind.LINES and len(drawing.series) == 1:
        # One line needs no legend: the title names it.
        spec["encoding"]["color"]["legend"] = None
    if isinstance(drawing, Chart) and drawing.kind is ChartKind.BARS:
        # Bars of the same unit are comparable across charts, so they share a scale.
        spec["encoding"]["x"]["scale"] = {"domain": _domain(drawing, drawings), "nice": False}
        spec["encoding"]["y"]["axis"]["minExtent"] = _label_width(drawings)
    below = [drawing.unit, *wrap(charts.drawable(for_readers(drawing.note)), _LETTERS)]
    if isinstance(drawing, Map):
        below += wrap(maps.BOUNDARIES, _LETTERS)
        # With a caption, Vega does not centre the projection in the drawing.
        spec["projection"]["translate"] = [spec["width"] / 2, spec["height"] / 2]
        if len(drawing.shades) > 1:
            spec["layer"][0]["encoding"]["fill"] = maps.legend(drawing.shades)
    title = {
        "text": charts.drawable(drawing.title),
        "subtitle": [line for line in below if line],
        "anchor": "start",
        "offset": 14,
        "fontSize": 16,
        "subtitleColor": charts.SOFT,
    }
    return {**spec, "background": "#ffffff", "title": title}


def _label_width(drawings: Sequence[Chart | Map]) -> int:
    """Return the estimated width of the longest label in pixels; it aligns all charts."""
    labels = [name for chart in drawings if isinstance(chart, Chart) for name in chart.categories]
    return min(_WIDTH // 2, max(map(len, labels), default=0) * _LETTER)


def _domain(chart: Chart, drawings: Sequence[Chart | Map]) -> list[float]:
    """Return the domain of all bars in the unit of a chart; it includes zero."""
    every = [
        float(value or 0)
        for other in drawings
        if isinstance(other, Chart) and other.unit == chart.unit
        for series in other.series
        for value in series.values
    ]
    return [min(0.0, *every), max(0.0, *every)]


def _coloured(spec: dict[str, Any]) -> str:
    """Return a specification with CSS variables replaced by the colours of the light theme."""
    colours = _colours()
    return _NAMED.sub(lambda match: colours.get(match[1], match[0]), json.dumps(spec))


@cache
def _colours() -> dict[str, str]:
    style = Path(charts.__file__).with_name("page.css").read_text(encoding="utf-8")
    return dict(_COLOUR.findall(style.split("@media")[0]))


def _table(drawing: Chart | Map, *, is_alone: bool) -> Markup:
    if isinstance(drawing, Map):
        head = ["Country", drawing.measure]
        rows = [[shade.name, figure(shade.value)] for shade in drawing.shades]
    else:
        head = [drawing.category, *(series.name for series in drawing.series)]
        rows = [
            [name, *(figure(series.values[index]) for series in drawing.series)]
            for index, name in enumerate(drawing.categories)
        ]
    # A single drawing shows its own title.
    title = "Figures" if is_alone else drawing.title
    title = f"{title} ({drawing.unit})" if drawing.unit else title
    first, *measured = map(printable, head)
    cells = Markup("<th>{}</th>").format(first) + Markup("").join(
        Markup('<th class="number">{}</th>').format(label) for label in measured
    )
    body = Markup("\n").join(
        Markup("<tr><td>{}</td>{}</tr>").format(
            printable(name),
            Markup("").join(Markup('<td class="number">{}</td>').format(x) for x in values),
        )
        for name, *values in rows
    )
    table = _TABLE.format(title=printable(title), head=cells, body=body)
    return table + Markup("<p>{}</p>").format(printable(for_readers(drawing.note)))


def _elements(tag: str, texts: Sequence[str]) -> Markup:
    """Return each text in an HTML element."""
    element = Markup(f"<{tag}>{{}}</{tag}>\n")  # noqa: S704 (the tags are our own)
    return Markup("").join(element.format(printable(text)) for text in texts)
