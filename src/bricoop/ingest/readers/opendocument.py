"""Read OpenDocument spreadsheets (.ods) row by row, never holding a whole sheet in memory."""

import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

from bricoop.domain.limits import WORKBOOK_AREA, WORKBOOK_CELLS, WORKBOOK_TEXTS
from bricoop.ingest.readers.archives import ODS
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.opendocument_styles import Styles
from bricoop.ingest.readers.opendocument_xml import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Document,
    Row,
)
from bricoop.ingest.readers.sheet_notes import Findings, joined_runs
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE
from bricoop.ingest.readers.xlsx_markup import Marks
from bricoop.ingest.readers.xlsx_parts import too_large

if TYPE_CHECKING:
    from bricoop.ingest.readers.merges import Range

#: Exceptions raised for damaged zip archives or XML.
DAMAGED = (ExpatError, OSError, *DAMAGED_ARCHIVE)
#: Limit on the merged ranges, hidden rows and runs of formats stored for a sheet.
_MOST_REMEMBERED = 500_000


class OpenDocument:
    """An OpenDocument spreadsheet.

    Attributes:
        sheets: name of each sheet, and whether it is hidden; without caches of external files.
    """

    def __init__(self, whole: IO[bytes], name: str) -> None:
        """Read the whole document once for the names of sheets and the styles.

        Raises:
            FileUnreadableError: it would take too long or fill memory.
        """
        self._name = name
        self._archive = zipfile.ZipFile(whole)
        self._styles = Styles()
        if "styles.xml" in self._archive.namelist():
            with self._archive.open("styles.xml") as stream:
                for _ in Document(self._styles, name).rows(stream):
                    pass
        document = Document(self._styles, name)
        for _ in self._rows(document):
            pass
        own = [(n, sheet) for n, sheet in enumerate(document.sheets) if not sheet.is_cache]
        self._numbers = [n for n, _ in own]
        self.sheets = [(sheet.name, self._styles.is_hidden(sheet.style)) for _, sheet in own]

    def sheet(self, number: int, where: str) -> "OpenDocumentSheet":
        """Return a sheet, counted from 0, after surveying it; `where` names it in errors.

        Raises:
            FileUnreadableError: its cells span or hold too much.
        """
        survey = _Survey(where, self._styles)
        document = Document(self._styles, where, self._numbers[number])
        for row in self._rows(document):
            survey.read(row)
        survey.read_columns(document.hidden_columns)
        rows = self._rows(Document(self._styles, where, self._numbers[number]))
        return OpenDocumentSheet(survey, rows)

    def _rows(self, document: Document) -> Iterator[Row]:
        with self._archive.open(ODS) as stream:
            yield from document.rows(stream)


class OpenDocumentSheet:
    """The cells of one sheet.

    Attributes:
        start: row 0, and the first column that is not empty.
        total_height: the number of rows up to the last one that is not empty.
        merged_cell_ranges: the merged ranges.
        marks: formats and notes besides the values.
    """

    def __init__(self, survey: "_Survey", rows: Iterator[Row]) -> None:
        """Combine the results of the survey with the rows of a second pass."""
        self.start = (0, survey.first)
        self.total_height = survey.highest
        self.merged_cell_ranges: list[Range] = survey.ranges
        self.marks = survey.marks()
        self._width = survey.widest - survey.first
        self._rows = rows

    def iter_rows(self) -> Iterator[list[Any]]:
        """Yield the values of each row, including blank ones, up to the last row with a value."""
        first, width = self.start[1], self._width
        left = self.total_height
        for row in self._rows:
            values: list[Any] = [""] * width
            for cell in row.cells:
                start = max(0, cell.column - first)
                end = min(cell.column - first + cell.repeated, width)
                if end > start:
                    values[start:end] = [cell.value] * (end - start)
            for _ in range(min(row.repeated, left)):
                yield list(values)
            left -= row.repeated
            if left <= 0:
                return


class _Survey:
    """First pass over a sheet: its size, merged ranges, formats, hidden rows and errors."""

    def __init__(self, where: str, styles: Styles) -> None:
        self._where = where
        self._styles = styles
        self.highest = self.widest = 0
        self.first = MOST_COLUMNS
        self.ranges: list[Range] = []
        self._marks = Marks()
        self._findings = Findings()
        self._filled = self._text = self._remembered = 0
        self._hidden: list[tuple[int, int]] = []

    def marks(self) -> Marks:
        """Return formats and notes besides the values."""
        hidden = [(first, min(last, self.highest)) for first, last in self._hidden]
        self._findings.hidden_rows = joined_runs(run for run in hidden if run[0] <= run[1])
        self._marks.notes.extend(self._findings.notes(self._marks))
        return self._marks

    def read_columns(self, hidden: list[tuple[int, int]]) -> None:
        """Add runs of hidden columns, counted from 0, up to the last column with a value."""
        for first, last in hidden:
            end = min(last, self.widest - 1)
            if first <= end:
                begin, stop = letters(first + 1), letters(end + 1)
                name = begin if begin == stop else f"{begin} to {stop}"
                self._findings.hidden_columns.append(name)

    def read(self, row: Row) -> None:
        """Add the next row."""
        if row.hidden:
            self._remember()
            self._hidden.append((row.number, row.number + row.repeated - 1))
        for cell in row.cells:
            self._read_cell(row, cell)

    def _read_cell(self, row: Row, cell: Cell) -> None:
        if cell.spans != (1, 1):
            self._remember()
            bottom, right = row.number - 1 + cell.spans[0], cell.column + cell.spans[1]
            corner = (min(bottom, MOST_ROWS) - 1, min(right, MOST_COLUMNS) - 1)
            self.ranges.append(((row.number - 1, cell.column), corner))
        if type(cell.value) is str and not cell.value:
            return
        last_row, last_column = row.number + row.repeated - 1, cell.column + cell.repeated
        self.highest, self.widest = max(self.highest, last_row), max(self.widest, last_column)
        self.first = min(self.first, cell.column)
        times = row.repeated * cell.repeated
        self._filled += times
        self._text += times * len(cell.value) if type(cell.value) is str else 0
        self._refuse_too_large()
        self._findings.errors += times if cell.is_error else 0
        self._findings.uncounted += times if cell.is_uncounted else 0
        if shape := self._styles.shape(cell.style):
            self._remember(cell.repeated)
            for column in range(cell.column + 1, last_column + 1):
                self._marks.add_shape(row.number, last_row, column, shape)

    def _remember(self, number: int = 1) -> None:
        self._remembered += number
        if self._remembered > WORKBOOK_CELLS.value or len(self.ranges) > _MOST_REMEMBERED:
            raise too_large(self._where, "it has too many merged, hidden or formatted cells")

    def _refuse_too_large(self) -> None:
        far = self.highest > MOST_ROWS or self.widest > MOST_COLUMNS
        if far or self.highest * self.widest > WORKBOOK_AREA.value:
            out = f"column {letters(self.widest)} and row {self.highest}"
            reason = f"its cells extend to {out}; a sheet is read up to {WORKBOOK_AREA}"
            raise too_large(self._where, reason)
        if self._filled > WORKBOOK_CELLS.value:
            raise too_large(self._where, f"it has more than {WORKBOOK_CELLS}")
        if self._text > WORKBOOK_TEXTS.value:
            raise too_large(self._where, f"the texts of its cells are more than {WORKBOOK_TEXTS}")
