"""Writer of reports as a self-contained HTML page for screens, phones and paper."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bricoop.domain.cells import Cell
from bricoop.domain.names import printable, shortened
from bricoop.query.entity.citations import Citation, SourceEntry
from bricoop.render import vega
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

#: The widths of drawings in pixels, for screens, phones and paper.
_WIDE, _NARROW, _PAPER = 952, 340, 672
#: The width of drawings in a one-page report, where two are side by side.
_HALF = 520
#: The lowest heading level of HTML.
_LOWEST = 6
#: The maximum length of the title in page footers.
_TITLE = 60
#: Locators up to this length are never broken between words on a screen.
_SHORT_LOCATOR = 14
_FOLDER = Path(__file__).parent


def write_report_html(report: Report, out: TextIO) -> None:
    """Write a report as an HTML page."""
    out.write(page_of(report))


def page_of(report: Report, *, paper: bool = False) -> str:
    """Return a report as an HTML page.

    Args:
        report: the report.
        paper: whether the page is for printing only, with nothing collapsed and one size of
            drawings.
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
    """Return the CSS of page footers: title, program version, and page numbers."""
    title = shortened(report.title, _TITLE)
    left = _css_text(f"{printable(title)} · {made_by(report)}")
    narrow = "margin: 12mm 15mm 15mm; " if report.brief else ""
    return (
        f"@page {{ {narrow}@bottom-left {{ content: {left}; }} "
        '@bottom-right { content: "Page " counter(page) " of " counter(pages); } }\n'
    )


def _css_text(text: str) -> str:
    """Return a text as an escaped CSS string."""
    plain = "".join(
        character if character.isalnum() or character == " " else f"\\{ord(character):x} "
        for character in text
    )
    return f'"{plain}"'


class _TemplateFunctions:
    """Functions that the HTML template calls."""

    def __init__(self, report: Report, *, paper: bool) -> None:
        self._report = report
        self._paper = paper
        self._on_paper = _HALF if report.brief else _PAPER
        self._drawn = 0

    @cached_property
    def can_draw(self) -> bool:
        """Whether there are pictures of charts and maps, and not only their tables."""
        return vega.can_draw()

    def not_drawn(self) -> str:
        """Return the note in place of a picture."""
        return vega.not_drawn()

    def grid(self, table: Table) -> Grid:
        """Return the grid of a table."""
        return grid_of(self._report, table)

    def layout(self, headings: Sequence[Heading], rows: Sequence[Sequence[Cell]]) -> Layout:
        """Return the layout of a table of figures."""
        return layout_of(headings, rows)

    def folded(self, number: int) -> str:
        """Return the CSS class of screens that collapse some of the given number of rows."""
        return folded(number)

    def folding(self, number: int, index: int) -> str:
        """Return the CSS class of screens that collapse the row at an index."""
        return folding(number, index)

    def figure(self, value: Any, unit: str) -> tuple[str, str]:
        """Return a short figure, and the exact one if it is different."""
        text = figure_text(value, unit)
        if not unit or not isinstance(value, Decimal):
            return text, ""
        # Non-breaking spaces keep a figure and its unit on one line.
        return short_money(value, unit.rpartition(" ")[2]).replace(" ", "\u00a0"), text

    def cited(self, citations: Sequence[Citation]) -> list[tuple[int, str]]:
        """Return the numbers of the cited sources, each with the locators in it."""
        return [
            # Non-breaking spaces keep short ones, such as "line 12", on one line.
            (self._report.number_of(key), ", ".join(map(self._unbroken, locators)))
            for key, locators in by_source(citations).items()
        ]

    def _unbroken(self, locator: str) -> str:
        is_short = len(locator) <= _SHORT_LOCATOR and not self._paper
        return locator.replace(" ", "\u00a0") if is_short else locator

    def chart(self, chart: Chart) -> Markup:
        """Return the drawings of a chart for wide and narrow screens."""
        return self._drawings(chart, charts.spec_of)

    def map(self, map_: Map) -> Markup:
        """Return the drawings of a map; a world map has no text, so one size is enough."""
        if maps.is_of_world(map_):
            width = self._on_paper if self._paper else _WIDE
            return self._drawing(maps.spec_of(map_, width), "both")
        return self._drawings(map_, maps.spec_of)

    def legend(self, map_: Map) -> list[tuple[str, str]]:
        """Return each colour of a map with the range of its figures."""
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
        """Return the figures of a chart or a map as rows."""
        return chart_rows(drawn) if isinstance(drawn, Chart) else map_rows(drawn)

    def places(self, map_: Map) -> list[tuple[str, str]]:
        """Return the locations of a map by name, each with the labels of its points."""
        return places_listed(map_)

    def map_note(self, map_: Map) -> str:
        """Return the note below a map, or below its table where there is no picture."""
        if not self.can_draw:
            return map_.note
        clustered = maps.CLUSTERED if maps.is_clustered(map_, _WIDE) else ""
        return " ".join(
            filter(None, (points_sentence(map_), clustered, map_.note, maps.BOUNDARIES))
        )

    def paragraphs(self, text: Text) -> Iterable[Markup]:
        """Return paragraphs as HTML; Markdown is rendered without HTML, images or script links."""
        if not text.markdown:
            return [
                Markup("<p>{}</p>").format(printable(paragraph)) for paragraph in text.paragraphs
            ]
        return [Markup(_rendered(paragraph)) for paragraph in text.paragraphs]  # noqa: S704 (no HTML passes)

    def reference(self, entry: SourceEntry) -> Markup:
        """Return the reference of a source, with a link if its URL is HTTP or HTTPS."""
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
    """Return a value for the template, with control characters made visible."""
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
    """Return Markdown as HTML, with headings below the levels of the report."""
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
