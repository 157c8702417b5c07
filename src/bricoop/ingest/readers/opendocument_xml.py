"""Parse the XML of an OpenDocument spreadsheet into rows of cells, as a stream."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from bricoop.domain.limits import CELL_LENGTH, OPENDOCUMENT_ELEMENTS
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.opendocument_styles import Styles
from bricoop.ingest.readers.sheet_notes import MOST_COLUMNS, MOST_ROWS
from bricoop.ingest.readers.xlsx_parts import too_large

_BLOCK = 256 * 1024
#: The maximum size of a tag, and of the document, in bytes of XML.
_LARGEST_TAG, _LARGEST_XML = 8 * 1024**2, 1024**3
#: Limit on distinct names of elements and attributes; no real document has so many.
_MOST_NAMES = 10_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DURATION = re.compile(r"(-?)PT(\d{1,7})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S", re.ASCII)
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_HIDDEN = {"collapse", "filter"}
#: Elements in or beside cells that are not their text: comments, pictures, tracked changes.
_BESIDE = {"office:annotation", "table:shapes", "table:tracked-changes", "table:dde-links"}


class Cell(NamedTuple):
    """A cell, or a run of equal cells.

    Attributes:
        column: its column, counted from 0.
        repeated: the number of columns it fills.
        value: its value; an empty text if there is none.
        style: the name of its style.
        spans: how many rows and columns it is merged over.
        is_error: whether it shows an error.
        is_uncounted: whether it is a formula that was never computed.
    """

    column: int
    repeated: int
    value: Any
    style: str
    spans: tuple[int, int]
    is_error: bool
    is_uncounted: bool


class Row(NamedTuple):
    """A row, or a run of equal rows; rows are counted from 1."""

    number: int
    repeated: int
    hidden: bool
    cells: list[Cell]


@dataclass
class Sheet:
    """A sheet of the document; a cache holds cells of an external file used in formulas."""

    name: str
    style: str
    is_cache: bool = False


@dataclass
class _Reading:
    """The cell that is being parsed."""

    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    length: int = 0
    paragraphs: int = 0
    in_paragraph: bool = False


class Document:
    """One pass over the XML.

    Attributes:
        sheets: the sheets found so far.
        hidden_columns: hidden columns of the selected sheet, as runs counted from 1.
    """

    def __init__(self, styles: Styles, where: str, number: int | None = None) -> None:
        """Prepare to read the cells of one sheet, or of none.

        Args:
            styles: collects the styles that the document defines.
            where: names the document in errors.
            number: the sheet, counted from 0, or None.
        """
        self.sheets: list[Sheet] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._styles = styles
        self._where = where
        self._number = number
        self._rows: list[Row] = []
        self._row: Row | None = None
        self._cell: _Reading | None = None
        self._row_style = ""
        self._column_styles: list[tuple[int, str]] = []
        self._next_row, self._next_column = 1, 0
        self._elements = self._skipped = self._tables = 0

    def rows(self, stream: IO[bytes]) -> Iterator[Row]:
        """Yield the rows of the selected sheet.

        Raises:
            FileUnreadableError: the document would take too long or fill memory.
            ExpatError: it is not well-formed XML.
        """
        # With a fixed encoding, the document cannot declare one that circumvents the size limits.
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse_entity
        size = 0
        while block := stream.read(_BLOCK):
            size += len(block)
            parser.Parse(block)
            if size - parser.CurrentByteIndex > _LARGEST_TAG:
                raise too_large(self._where, "its XML has a tag that is larger than 8 MiB")
            if size > _LARGEST_XML or len(parser.intern) > _MOST_NAMES:
                raise too_large(self._where, "its XML is larger than 1 GiB, or is no spreadsheet")
            yield from self._rows
            self._rows.clear()
        parser.Parse(b"", True)  # noqa: FBT003 (the parser takes no keywords)
        yield from self._rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > OPENDOCUMENT_ELEMENTS.value:
            raise too_large(self._where, f"its XML has more than {OPENDOCUMENT_ELEMENTS}")
        if self._skipped or name in _BESIDE or (self._cell and name.startswith("draw:")):
            self._skipped += 1
        elif name == "table:table":
            self._start_table(attributes)
        elif self._tables != 1:
            # Outside tables, or in a table within a cell, whose text is ignored.
            if not self._tables:
                self._styles.start(name, attributes)
        elif name == "table:table-source":
            self.sheets[-1].is_cache = True
        elif len(self.sheets) - 1 == self._number:
            self._start_in_table(name, attributes)

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        if self._tables == 1:
            name = attributes.get("table:name", "")
            self.sheets.append(Sheet(name, attributes.get("table:style-name", "")))
            self._next_row = 1
            self._next_column = 0

    def _start_in_table(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._cell = _Reading(attributes)
        elif name == "table:table-row":
            hidden = attributes.get("table:visibility") in _HIDDEN
            repeated = _count(attributes, "table:number-rows-repeated", MOST_ROWS)
            self._row = Row(self._next_row, repeated, hidden, [])
            self._row_style = attributes.get("table:default-cell-style-name", "")
            self._next_column = 0
        elif name == "table:table-column" and self._row is None:
            self._read_column(attributes)
        elif self._cell is not None:
            self._start_text(self._cell, name, attributes)

    def _start_text(self, cell: _Reading, name: str, attributes: dict[str, str]) -> None:
        if name in {"text:p", "text:h"}:
            if cell.paragraphs:
                self._add(cell, "\n")
            cell.paragraphs += 1
            cell.in_paragraph = True
        elif name == "text:s":
            self._add(cell, " " * _count(attributes, "text:c", CELL_LENGTH.value))
        elif name in {"text:tab", "text:line-break"}:
            self._add(cell, "\t" if name == "text:tab" else "\n")

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name == "table:table":
            self._tables -= 1
        elif self._tables != 1:
            if not self._tables:
                self._styles.end(name)
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table:table-row" and self._row is not None:
            self._rows.append(self._row)
            self._next_row += self._row.repeated
            self._row = None
        elif name in {"text:p", "text:h"} and self._cell is not None:
            self._cell.in_paragraph = False

    def _characters(self, text: str) -> None:
        if self._skipped:
            return
        if self._cell is not None:
            if self._cell.in_paragraph and self._tables == 1:
                self._add(self._cell, text)
        elif not self._tables:
            self._styles.characters(text)

    def _add(self, cell: _Reading, text: str) -> None:
        cell.length += len(text)
        if cell.length > CELL_LENGTH.value:
            row = self._row.number if self._row else self._next_row
            message = f"{self._where}, row {row}, has a cell that is longer than {CELL_LENGTH}."
            raise FileUnreadableError(message, "Shorten it; no cell of a table is so long.")
        cell.text.append(text)

    def _end_cell(self, cell: _Reading) -> None:
        attributes = cell.attributes
        # Not limited to the sheet: rows end in an empty cell that is repeated beyond its last
        # column. The survey refuses cells with a value out there.
        repeated = _count(attributes, "table:number-columns-repeated", 10**9)
        column, self._next_column = self._next_column, self._next_column + repeated
        spans = (
            _count(attributes, "table:number-rows-spanned", MOST_ROWS),
            _count(attributes, "table:number-columns-spanned", MOST_COLUMNS),
        )
        is_error = attributes.get("calcext:value-type") == "error"
        text = "".join(cell.text)
        value = text if is_error else _value(attributes, text)
        formula = attributes.get("table:formula", "")
        is_uncounted = bool(formula) and value == "" and "office:value-type" not in attributes
        if is_uncounted:
            value = formula.removeprefix("of:")[: CELL_LENGTH.value]
        if self._row is None or (value == "" and spans == (1, 1)):
            return
        style = attributes.get("table:style-name") or self._row_style or self._of_column(column)
        if len(self._row.cells) <= MOST_COLUMNS:
            read = Cell(column, repeated, value, style, spans, is_error, is_uncounted)
            self._row.cells.append(read)

    def _read_column(self, attributes: dict[str, str]) -> None:
        repeated = _count(attributes, "table:number-columns-repeated", MOST_COLUMNS)
        first, self._next_column = self._next_column, self._next_column + repeated
        if first >= MOST_COLUMNS:
            return
        if attributes.get("table:visibility") in _HIDDEN:
            self.hidden_columns.append((first + 1, self._next_column))
        style = attributes.get("table:default-cell-style-name", "")
        self._column_styles.append((first, style))

    def _of_column(self, column: int) -> str:
        style = ""
        for first, name in self._column_styles:
            if first > column:
                break
            style = name
        return style

    def _refuse_entity(self, *_: object) -> None:
        message = f"{self._where} has XML entities of its own, as no spreadsheet program writes."
        raise FileUnreadableError(message, "Open it in a spreadsheet program and save it again.")


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """Return a repeat count between 1 and `most`; 1 if the attribute is not a number."""
    text = attributes.get(name)
    # Fast path: most cells do not have the attribute, and there are millions of them.
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    # Longer numbers exceed any limit, and int() is slow for thousands of digits.
    return most if len(text) > 10 else min(max(int(text), 1), most)  # noqa: PLR2004 (above)


def _value(attributes: dict[str, str], text: str) -> Any:
    """Return the value of a cell; one that is invalid for its type stays a text."""
    kind = attributes.get("office:value-type", "")
    if kind in {"float", "percentage", "currency"}:
        return _float(attributes.get("office:value", text))
    if kind == "date":
        return _date(attributes.get("office:date-value", text))
    if kind == "time":
        return _duration(attributes.get("office:time-value", text))
    if kind == "boolean":
        return attributes.get("office:boolean-value", text).lower() == "true"
    return attributes.get("office:string-value", text)


def _float(text: str) -> float | str:
    if _NUMBER.fullmatch(text) and len(text) < 500:  # noqa: PLR2004 (no float has so many digits)
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def _date(text: str) -> date | str:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return moment if "T" in text else moment.date()


def _duration(text: str) -> timedelta | str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    sign = -1 if match[1] else 1
    return sign * timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4]))
