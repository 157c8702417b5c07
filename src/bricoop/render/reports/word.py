"""Writer of reports as Word documents, by the optional package python-docx."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from bricoop.errors import MissingPackageError
from bricoop.render import vega
from bricoop.render.reports import charts, maps
from bricoop.render.reports.charts import drawable
from bricoop.render.reports.columns import layout_of
from bricoop.render.reports.pdf import on_paper
from bricoop.render.reports.references import colophon, made_by, marks, reference
from bricoop.render.reports.rows import (
    Rows,
    chart_rows,
    figure_rows,
    map_rows,
    places_listed,
    points_sentence,
    table_rows,
)
from bricoop.render.reports.svg import png_of
from bricoop.render.reports.word_styles import (
    add_field,
    has_headings_on_each_page,
    prepare,
    shade,
    stays_whole,
)
from bricoop.report.blocks import Block, Chart, KeyFigures, Map, Note, Table, Text
from bricoop.report.sections import Report

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable

#: The width of drawings in pixels, and on the page in centimetres.
_PIXELS, _WIDTH = 672, 17.0
_SMALL, _DENSE = 8.5, 7.0


def write_report_docx(report: Report, out: BinaryIO) -> None:
    """Write a report as a Word document.

    Args:
        report: the report.
        out: a binary stream.

    Raises:
        MissingPackageError: python-docx is not installed.
    """
    try:
        from docx import Document  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingPackageError("A Word document needs", "python-docx", "docx") from error
    document = Document()
    _DocumentWriter(report, document).write()
    # Zip in memory first: zipfile raises again in its destructor if the stream cannot be written.
    packed = BytesIO()
    document.save(packed)
    out.write(packed.getbuffer())


class _DocumentWriter:
    """Writer of one report into one document."""

    def __init__(self, report: Report, document: "Document") -> None:
        self._report = report
        self._document = document

    def write(self) -> None:
        report, document = self._report, self._document
        prepare(document)
        self._properties()
        self._footer()
        document.add_heading(drawable(report.title), 0)
        for text, style in ((report.subtitle, "Subtitle"), (report.summary, None)):
            if text:
                document.add_paragraph(drawable(text), style)
        for section in report.sections:
            document.add_heading(drawable(section.title), 1)
            for block in section.parts:
                self._block(block)
        if report.sources:
            document.add_heading("Sources", 1)
            for number, entry in enumerate(report.sources, start=1):
                self._small(f"[{number}] {reference(entry)}")
        self._small(colophon(report))

    def _properties(self) -> None:
        properties = self._document.core_properties
        properties.title = drawable(self._report.title)[:250]
        properties.author = f"bricoop {self._report.tool_version}"
        properties.comments = made_by(self._report)
        day_made = self._report.made
        day = (
            datetime.fromisoformat(day_made).replace(tzinfo=UTC) if day_made else datetime.now(UTC)
        )
        properties.created = properties.modified = day

    def _footer(self) -> None:
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.add_run(f"{made_by(self._report)}\tPage ")
        add_field(paragraph, "PAGE")
        paragraph.add_run(" of ")
        add_field(paragraph, "NUMPAGES")

    def _block(self, block: Block) -> None:
        match block:
            case Text():
                self._text(block)
            case Note():
                self._small(f"Note: {block.text} {marks(self._report, block.citations)}".rstrip())
            case KeyFigures():
                self._table(figure_rows(self._report, block))
            case Table():
                self._titled(block.title)
                if block.lines:
                    self._small(block.heading_note)
                    self._table(table_rows(self._report, block))
                else:
                    self._small(block.empty)
            case Chart():
                title = f"{block.title} ({block.unit})" if block.unit else block.title
                self._drawing(title, charts.spec_of(block, _PIXELS))
                self._small(f"{block.note} {marks(self._report, block.citations)}".strip())
                if not vega.can_draw():
                    self._table(chart_rows(block))
            case Map():
                self._map(block)

    def _text(self, block: Text) -> None:
        if block.markdown:
            from bricoop.render.reports.word_markdown import (  # noqa: PLC0415 (few reports have it)
                add_markdown,
            )

            for text in block.paragraphs:
                add_markdown(self._document, text)
        else:
            for text in block.paragraphs:
                self._document.add_paragraph(drawable(text))
        self._small(marks(self._report, block.citations))

    def _map(self, map_: Map) -> None:
        self._drawing(map_.title, maps.spec_of(map_, _PIXELS))
        clustered = maps.CLUSTERED if maps.is_clustered(map_, _PIXELS) else ""
        drawn = (points_sentence(map_), clustered, map_.note, maps.BOUNDARIES)
        texts = drawn if vega.can_draw() else (map_.note,)
        self._small(" ".join(filter(None, (*texts, marks(self._report, map_.citations)))))
        headings, rows = map_rows(map_)
        if len(rows) > 1 or not vega.can_draw():
            self._table((headings, rows))
        for location, projects in places_listed(map_):
            self._small(f"{location}: {projects}")

    def _drawing(self, title: str, spec: dict[str, Any]) -> None:
        from docx.shared import Cm  # noqa: PLC0415 (optional)

        self._titled(title)
        if not vega.can_draw():
            self._small(vega.not_drawn())
            return
        picture = self._document.add_picture(BytesIO(png_of(spec, on_paper)), width=Cm(_WIDTH))
        # Alternative text for screen readers.
        about = picture._inline.docPr  # noqa: SLF001 (python-docx has no other way)
        about.set("descr", drawable(title))
        about.set("title", drawable(title))

    def _titled(self, title: str) -> None:
        if title:
            self._document.add_heading(drawable(title), 2)

    def _small(self, text: str) -> None:
        if text:
            self._document.add_paragraph(drawable(text), "Small")

    def _table(self, rows: Rows) -> None:
        headings, lines = rows
        if not lines:
            return
        layout = layout_of(headings, lines)
        table = self._document.add_table(len(lines) + 1, len(headings), "Table Grid")
        table.autofit = False
        size = _DENSE if layout.density else _SMALL
        texts = [[heading.label for heading in headings]] + [
            [heading.text(value) for value, heading in zip(line, headings, strict=True)]
            for line in lines
        ]
        numbers = [heading.number for heading in headings]
        for row, cells in zip(table.rows, texts, strict=True):
            stays_whole(row)
            _fill(row.cells, cells, numbers, size)
        has_headings_on_each_page(table.rows[0])
        for cell in table.rows[0].cells:
            shade(cell)
            cell.paragraphs[0].runs[0].bold = True
        _set_widths(table, layout.shares)
        self._document.add_paragraph(style="Small")


def _fill(cells: Sequence[Any], texts: Sequence[str], numbers: Sequence[bool], size: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 (optional)
    from docx.shared import Pt  # noqa: PLC0415 (optional)

    for cell, text, number in zip(cells, texts, numbers, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.add_run(drawable(text)).font.size = Pt(size)
        if number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _set_widths(table: "WordTable", shares: Sequence[float]) -> None:
    from docx.shared import Cm  # noqa: PLC0415 (optional)

    for column, share in zip(table.columns, shares, strict=True):
        column.width = Cm(_WIDTH * share / 100)
        # Word uses the widths of cells, and other programs those of columns.
        for cell in column.cells:
            cell.width = column.width
