"""A report as a page: one HTML file that needs nothing else, on a screen, a phone and paper."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bricoop.domain.names import printable
from bricoop.query.citations import Citation, SourceEntry
from bricoop.render.reports import charts, maps
from bricoop.render.reports.references import by_source, colophon, reference
from bricoop.render.reports.rows import (
    chart_rows,
    figure_text,
    map_rows,
    points_said,
)
from bricoop.render.reports.svg import svg_of
from bricoop.render.values import for_people
from bricoop.report.parts import Chart, Column, Map, Text, citations_in
from bricoop.report.sections import Report, Section

#: The drawings of a chart: as wide as a page, and as a phone.
_WIDE, _NARROW = 760, 340
#: Headings go no lower.
_LOWEST = 6
_FOLDER = Path(__file__).parent


def write_report_html(report: Report, out: TextIO) -> None:
    """Write the whole page."""
    out.write(page_of(report))


def page_of(report: Report) -> str:
    """Return the whole page."""
    drawing = _Drawing(report)
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            sections=report.sections,
            style=Markup(style),  # noqa: S704 (our own)
            colophon=colophon(report),
            drawing=drawing,
        )
    )


class _Drawing:
    """What the template asks for."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._drawn = 0

    def cell(self, column: Column, value: Any) -> str:
        """Return a cell as people read it."""
        if column.money and value is not None:
            return figure_text(value, "USD").removesuffix(" USD")
        return for_people(value, coded=column.coded)

    def figure(self, value: Any, unit: str) -> tuple[str, str]:
        """Return a figure and, apart, what it is in."""
        text = figure_text(value, unit)
        return text.removesuffix(f" {unit}"), unit

    def cited(self, citations: Sequence[Citation]) -> list[tuple[int, str]]:
        """Return the numbers of the sources that are cited, each with its places."""
        return [
            (self._report.number_of(key), ", ".join(places))
            for key, places in by_source(citations).items()
        ]

    def chart(self, part: Chart) -> Markup:
        """Return a chart's drawings: one for wide screens, and one for narrow ones."""
        return self._both(charts.spec_of(part, _WIDE), charts.spec_of(part, _NARROW))

    def map(self, part: Map) -> Markup:
        """Return a map's drawing, which has no text that could become too small."""
        self._drawn += 1
        return Markup(svg_of(maps.spec_of(part, _WIDE), f"d{self._drawn}"))  # noqa: S704 (drawn here)

    def legend(self, part: Map) -> list[tuple[str, str]]:
        """Return each colour of a map with the figures that it stands for."""
        return [(colour, _span(least, most)) for colour, least, most in maps.steps(part.shades)]

    def _both(self, wide: charts.Spec, narrow: charts.Spec) -> Markup:
        self._drawn += 1
        name = f"d{self._drawn}"
        made = [(f"{name}w", "wide", wide), (f"{name}n", "narrow", narrow)]
        return Markup("").join(
            Markup('<div class="{}">{}</div>').format(kind, Markup(svg_of(spec, one)))  # noqa: S704 (the same)
            for one, kind, spec in made
        )

    def rows(self, part: Chart | Map) -> Any:
        """Return what a chart or a map shows, as rows."""
        return chart_rows(part) if isinstance(part, Chart) else map_rows(part)

    def said(self, part: Map) -> str:
        """Return what stands under a map."""
        return " ".join(filter(None, (points_said(part), part.note, maps.BOUNDARIES)))

    def paragraphs(self, part: Text) -> Iterable[Markup]:
        """Return paragraphs; those in Markdown keep no HTML, image or address that runs."""
        if not part.markdown:
            return [Markup("<p>{}</p>").format(printable(one)) for one in part.paragraphs]
        return [Markup(_rendered(one)) for one in part.paragraphs]  # noqa: S704 (no HTML passes)

    def reference(self, entry: SourceEntry) -> Markup:
        """Return a source of the bibliography; its address is a link where it is of the web."""
        text = escape(printable(reference(entry)))
        url = entry.url or ""
        if not url.startswith(("https://", "http://")):
            return text
        address = escape(printable(url))
        link = Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(printable(url))
        return Markup(str(text).replace(str(address), str(link), 1))  # noqa: S704 (both escaped)

    def citing(self, key: str) -> list[Section]:
        """Return the sections that cite a source."""
        return [
            section
            for section in self._report.sections
            if any(one.source == key for part in section.parts for one in citations_in(part))
        ]


def _span(least: float, most: float) -> str:
    ends = [charts.short(round(one) if one == round(one) else one) for one in (least, most)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} – {ends[1]}"


def _finalize(value: Any) -> Any:
    """Return what a template prints: no control character of a source's text passes."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _rendered(text: str) -> str:
    """Return a user's Markdown as HTML; its headings stand below those of the report."""
    reader = _markdown()
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_LOWEST, int(token.tag[1:]) + 2)}"
    made: str = reader.renderer.render(tokens, reader.options, {})
    return made


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few reports have a user's own text)

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
