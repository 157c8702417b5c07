"""A report as a page: one HTML file that needs nothing else, on a screen, a phone and paper."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bricoop.domain.names import printable
from bricoop.query.citations import Citation, SourceEntry
from bricoop.render.markdown import own_markdown
from bricoop.render.reports import charts, maps
from bricoop.render.reports.columns import Layout, layout_of
from bricoop.render.reports.grids import Grid, folded, folding, grid_of
from bricoop.render.reports.references import by_source, colophon, made_by, reference
from bricoop.render.reports.rows import (
    chart_rows,
    figure_text,
    map_rows,
    places_listed,
    points_sentence,
)
from bricoop.render.reports.svg import svg_of
from bricoop.render.table import Heading
from bricoop.render.values import short_money
from bricoop.report.blocks import Chart, Map, Table, Text, citations_in
from bricoop.report.sections import Report, Section

#: The drawings of a chart, in pixels: as wide as a page on a screen, on a phone and on paper.
_WIDE, _NARROW, _PAPER = 952, 340, 672
#: On a page that is one of its kind two drawings stand side by side.
_HALF = 520
#: Headings go no lower.
_LOWEST = 6
#: So much of a title is repeated at the foot of each page.
_TITLE = 60
_FOLDER = Path(__file__).parent


def write_report_html(report: Report, out: TextIO) -> None:
    """Write the whole page."""
    out.write(page_of(report))


def page_of(report: Report, *, paper: bool = False) -> str:
    """Return the whole page.

    Args:
        report: what is drawn.
        paper: whether it is for paper alone: nothing is folded, and drawings are made once.
    """
    drawing = _TemplateFunctions(report, paper=paper)
    style = (_FOLDER / "page.css").read_text(encoding="utf-8") + footer_style(report)
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            sections=report.sections,
            style=Markup(style),  # noqa: S704 (our own, and text that is escaped for CSS)
            colophon=colophon(report),
            drawing=drawing,
            paper=paper,
        )
    )


def footer_style(report: Report) -> str:
    """Return the rules that print the title, what made the report, and the number of the page."""
    title = report.title if len(report.title) <= _TITLE else f"{report.title[: _TITLE - 1]}…"
    left = _css_text(f"{printable(title)} · {made_by(report)}")
    narrow = "margin: 12mm 15mm 15mm; " if report.brief else ""
    return (
        f"@page {{ {narrow}@bottom-left {{ content: {left}; }} "
        '@bottom-right { content: "Page " counter(page) " of " counter(pages); } }\n'
    )


def _css_text(text: str) -> str:
    """Return a text as a string of CSS, in which nothing ends the string or the style sheet."""
    plain = "".join(
        character if character.isalnum() or character == " " else f"\\{ord(character):x} "
        for character in text
    )
    return f'"{plain}"'


class _TemplateFunctions:
    """What the template asks for."""

    def __init__(self, report: Report, *, paper: bool) -> None:
        self._report = report
        self._paper = paper
        self._on_paper = _HALF if report.brief else _PAPER
        self._drawn = 0

    def grid(self, table: Table) -> Grid:
        """Return a table as it is set."""
        return grid_of(self._report, table)

    def layout(self, headings: Sequence[Heading], rows: Sequence[Sequence[Any]]) -> Layout:
        """Return how the figures of a chart are set."""
        return layout_of(headings, rows)

    def folded(self, number: int) -> str:
        """Return on which screens some of so many rows are folded away, as a class."""
        return folded(number)

    def folding(self, number: int, index: int) -> str:
        """Return on which screens one of so many rows is folded away, as a class."""
        return folding(number, index)

    def figure(self, value: Any, unit: str) -> tuple[str, str]:
        """Return a figure in few characters and, where these are not all, the exact one."""
        text = figure_text(value, unit)
        if not unit or not isinstance(value, Decimal):
            return text, ""
        # A figure and its unit stay on one line.
        return short_money(value, unit.rpartition(" ")[2]).replace(" ", "\u00a0"), text

    def cited(self, citations: Sequence[Citation]) -> list[tuple[int, str]]:
        """Return the numbers of the sources that are cited, each with its places."""
        return [
            (self._report.number_of(key), ", ".join(locators))
            for key, locators in by_source(citations).items()
        ]

    def chart(self, chart: Chart) -> Markup:
        """Return a chart's drawings: one for wide screens, and one for narrow ones."""
        return self._drawings(chart, charts.spec_of)

    def map(self, map_: Map) -> Markup:
        """Return a map's drawings; that of the world has no text that could become too small."""
        if maps.is_of_world(map_):
            width = self._on_paper if self._paper else _WIDE
            return self._drawing(maps.spec_of(map_, width), "both")
        return self._drawings(map_, maps.spec_of)

    def legend(self, map_: Map) -> list[tuple[str, str]]:
        """Return each colour of a map with the figures that it stands for."""
        return [(colour, _span(least, most)) for colour, least, most in maps.steps(map_.shades)]

    def _drawings(self, drawn: Any, spec_of: Callable[[Any, int], charts.Spec]) -> Markup:
        if self._paper:
            return self._drawing(spec_of(drawn, self._on_paper), "both")
        wide = self._drawing(spec_of(drawn, _WIDE), "wide")
        return wide + self._drawing(spec_of(drawn, _NARROW), "narrow")

    def _drawing(self, spec: charts.Spec, kind: str) -> Markup:
        self._drawn += 1
        drawing = Markup(svg_of(spec, f"d{self._drawn}"))  # noqa: S704 (drawn here)
        return Markup('<div class="{}">{}</div>').format(kind, drawing)

    def rows(self, drawn: Chart | Map) -> Any:
        """Return what a chart or a map shows, as rows."""
        return chart_rows(drawn) if isinstance(drawn, Chart) else map_rows(drawn)

    def places(self, map_: Map) -> list[tuple[str, str]]:
        """Return the places of a map by name, each with what is there."""
        return places_listed(map_)

    def map_note(self, map_: Map) -> str:
        """Return what stands under a map."""
        clustered = maps.CLUSTERED if maps.is_clustered(map_, _WIDE) else ""
        return " ".join(
            filter(None, (points_sentence(map_), clustered, map_.note, maps.BOUNDARIES))
        )

    def paragraphs(self, text: Text) -> Iterable[Markup]:
        """Return paragraphs; those in Markdown keep no HTML, image or address that runs."""
        if not text.markdown:
            return [
                Markup("<p>{}</p>").format(printable(paragraph)) for paragraph in text.paragraphs
            ]
        return [Markup(_rendered(paragraph)) for paragraph in text.paragraphs]  # noqa: S704 (no HTML passes)

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
            if any(
                citation.source == key
                for block in section.parts
                for citation in citations_in(block)
            )
        ]


def _span(least: float, most: float) -> str:
    ends = [
        charts.short(round(value) if value == round(value) else value) for value in (least, most)
    ]
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
    tokens = reader.parse(own_markdown(text))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_LOWEST, int(token.tag[1:]) + 2)}"
    html: str = reader.renderer.render(tokens, reader.options, {})
    return html


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few reports have a user's own text)

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
