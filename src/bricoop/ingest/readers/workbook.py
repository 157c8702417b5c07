"""Read one sheet of a workbook as rows, numbered as in the sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from math import isfinite
from typing import IO, TYPE_CHECKING, Any

from bricoop.domain.limits import CELL_LENGTH
from bricoop.domain.problem import Level, Origin, Problem
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import double_encoding
from bricoop.ingest.readers.any_workbook import open_book
from bricoop.ingest.readers.cells import cell_text, letters, plain_text
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.merges import Merges, Range
from bricoop.ingest.readers.sheet_notes import Marks
from bricoop.ingest.readers.sheets import sheet_number
from bricoop.ingest.readers.streams import SourceFile
from bricoop.ingest.readers.table import SourceRow, Table, header_name, skipped

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

    from bricoop.ingest.readers.opendocument import OpenDocumentSheet

#: Workbooks keep 15 digits: from here on the last digits of a number may have changed.
_EXACT = 1e15
_INEXACT = "has more than 15 digits: a workbook keeps no more, and may have changed the last ones"
_AS_TEXT = "If it is an id, format the column as text and enter it again."
#: Before this date programs count days differently: some have a 29 February 1900.
_COUNTED_ALIKE = date(1900, 3, 1)
_EARLY = "is before 1 March 1900, where spreadsheet programs count days in different ways"
_DATE_AS_TEXT = "Enter it as text, such as 1900-02-28."
#: Texts that are longer, or not ASCII, are checked for length and double encoding.
_SHORT = 1_000


class WorkbookTable(Table):
    """One sheet of a workbook."""

    def __init__(
        self, file: SourceFile, whole: IO[bytes], form: FileOptions, notes: list[str]
    ) -> None:
        """Read the sheet and its header.

        Raises:
            FileUnreadableError: the workbook is damaged, needs a password, or has several sheets
                none of which is named.
        """
        super().__init__(file, notes)
        self._undoubted = form.undoubted
        self._merges: Merges | None = None
        self._header_row = 0
        book = open_book(whole, self.name)
        named = form.usual_sheet if form.sheet is None else form.sheet
        number = sheet_number(book.entries, named, self.name, notes)
        self._sheet_name = book.entries[number].name
        self._counts_days = book.counts_days
        sheet, self._marks = book.sheet(number, f"{self.name}, sheet {self._sheet_name}")
        ranges = sheet.merged_cell_ranges or []
        self._notes.extend(self._marks.notes)
        self._first_column = sheet.start[1] if sheet.start else 0
        self._rows = self._numbered(sheet)
        header = self._find_header(ranges, form)
        self._merges = Merges(ranges, self._header_row)
        self._set_header(header, form, f"{self.name}, sheet {self._sheet_name}")
        self._height = sheet.total_height or 0
        self._row = 0

    @cached_property
    def origin(self) -> Origin:
        """The file, the sheet, and the letters of its columns."""
        columns: dict[str, str] = {}
        for position, cell in enumerate(self.header, self._first_column + self._before + 1):
            for name in (cell.strip(), " ".join(cell.split()), header_name(cell)):
                columns.setdefault(name, letters(position))
        return Origin(self.name, self._sheet_name, columns)

    @property
    def share_read(self) -> float | None:
        """The share of the sheet's rows that have been read."""
        return min(1.0, self._row / self._height) if self._height else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what the reader has accepted so far, one sentence each."""
        return (
            *self._notes,
            *skipped(self._above, "rows", " above the header"),
            # No note on unnamed columns: sheets are rectangles whose last columns are often empty.
            *skipped(self._blank, "blank rows"),
        )

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header, without blank ones."""
        width = len(self.header)
        for line, every in self._rows:
            self._row = line
            if any(map(str.strip, every)):
                cells = self._data(line, every)
                beyond = any(map(str.strip, cells[width:]))
                yield SourceRow(line, cells if beyond else cells[:width])
            else:
                self._blank += 1

    def _numbered(self, sheet: "CalamineSheet | OpenDocumentSheet") -> Iterator[SourceRow]:
        as_text = cell_text if self._undoubted else plain_text
        for number, values in enumerate(_each(sheet, self.name), 1):
            cells = [value if type(value) is str else as_text(value) for value in values]
            # In this order: errors and merged values only go to cells that are still empty.
            self._read_texts(number, values, cells)
            if number in self._marks.cells:
                self._mark(cells, self._marks, number)
            if self._merges is not None:
                for column, doubt in self._merges.fill(number, cells, values, self._first_column):
                    self._note(number, column, *doubt)
            yield SourceRow(number, cells)

    def _read_texts(self, number: int, values: Sequence[Any], cells: list[str]) -> None:
        """Replace values by the text the sheet shows, and note values that may be wrong."""
        for position, value in enumerate(values):
            if type(value) is str:
                if value.isascii() and len(value) <= _SHORT:
                    continue
                self._read_text(number, position, value)
            elif type(value) is float and not abs(value) < _EXACT:
                self._read_large(number, position, value, cells[position])
            elif self._counts_days and isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                if day < _COUNTED_ALIKE:
                    column = position + self._first_column
                    self._note(number, column, cells[position], _EARLY, _DATE_AS_TEXT)
        for column in self._marks.shapes:
            position = column - 1 - self._first_column
            if 0 <= position < len(values) and (shape := self._marks.shape(number, column)):
                displayed_text = shape.text(values[position])
                cells[position] = cells[position] if displayed_text is None else displayed_text

    def _read_large(self, number: int, position: int, value: float, cell: str) -> None:
        column = position + self._first_column
        if not isfinite(value):
            message = f"{self._where(number, column)}, contains a number that no program can show."
            raise FileUnreadableError(message, "Enter the cell again.")
        self._note(number, column, cell, _INEXACT, _AS_TEXT)

    def _where(self, number: int, column: int) -> str:
        return f"{self.name}, sheet {self._sheet_name}, cell {letters(column + 1)}{number}"

    def _read_text(self, number: int, position: int, value: str) -> None:
        column = position + self._first_column
        if len(value) > CELL_LENGTH.value:
            message = f"{self._where(number, column)}, is longer than {CELL_LENGTH}."
            raise FileUnreadableError(message, "Shorten it; no cell of a table is so long.")
        if doubt := double_encoding.doubt(value):
            self._note(number, column, *doubt)

    def _note(self, number: int, column: int, value: str, rule: str, hint: str) -> None:
        name = self._heading(column - self._first_column)
        cell = f"{letters(column + 1)}{number}"
        note = Problem(self.name, number, name.strip(), value, rule, hint, self._sheet_name, cell)
        self._row_notes.append(replace(note, level=Level.NOTE.value))

    def _mark(self, cells: list[str], marks: Marks, number: int) -> None:
        for column, text in marks.cells[number].items():
            position = column - 1 - self._first_column
            cells.extend([""] * (position - len(cells) + 1))
            if position >= 0 and not cells[position]:
                cells[position] = text

    def _find_header(self, ranges: Sequence[Range], form: FileOptions) -> list[str]:
        # Rows above are kept, as a merged cell that begins in one may reach into the header.
        above: list[SourceRow] = []
        for row in self._rows:
            is_header = row.line == form.header_row if form.header_row else any(row.cells)
            if is_header and any(map(str.strip, row.cells)):
                self._above = sum(1 for skipped in above if any(skipped.cells))
                self._header_row = row.line
                return self._merged(ranges, [*above, row])
            above.append(row)
        if form.header_row:
            message = f"{self.name}, sheet {self._sheet_name}, has no header in row "
            raise FileUnreadableError(
                f"{message}{form.header_row}.", "Name the row of the header with --header-row."
            )
        return []

    def _merged(self, ranges: Sequence[Range], rows: list[SourceRow]) -> list[str]:
        number = rows[-1].line - 1
        header = list(rows[-1].cells)
        for (first_row, first_column), (last_row, last_column) in ranges:
            if first_row <= number <= last_row:
                first = first_column - self._first_column
                text = (
                    rows[first_row].cells[first] if 0 <= first < len(rows[first_row].cells) else ""
                )
                last = min(last_column - self._first_column + 1, len(header))
                if text and first < last:
                    header[first:last] = [text] * (last - first)
        return header


def _each(sheet: "CalamineSheet | OpenDocumentSheet", name: str) -> Iterator[list[Any]]:
    rows = iter(sheet.iter_rows())
    while True:
        try:
            values = next(rows, None)
        except (ValueError, OverflowError) as error:
            message = f"{name} contains a date or time that is not valid."
            hint = "Open it in a spreadsheet program and look for cells of #####."
            raise FileUnreadableError(message, hint) from error
        if values is None:
            return
        yield values
