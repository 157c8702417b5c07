"""Read OpenDocument spreadsheets (.ods) row by row, never holding a whole sheet in memory."""

import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import IO, TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

from bricoop.domain.limits import WORKBOOK_AREA, WORKBOOK_CELLS, WORKBOOK_TEXTS
from bricoop.ingest.readers.archives import ODS
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.opendocument_styles import Styles
from bricoop.ingest.readers.opendocument_xml import Cell, Document, Row
from bricoop.ingest.readers.sheet_notes import MOST_COLUMNS, MOST_ROWS, Marks
from bricoop.ingest.readers.sheets import SheetEntry, refusal
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE
from bricoop.ingest.readers.xlsx_parts import too_large

if TYPE_CHECKING:
    from bricoop.ingest.readers.merges import Range

#: Limit on the merged ranges, hidden rows and runs of formats stored for a sheet.
_MOST_REMEMBERED = 500_000


class OpenDocument:
    """An OpenDocument spreadsheet.

    Attributes:
        counts_days: whether it keeps dates as numbers of days; it keeps them as texts.
        entries: its sheets, without caches of external files.
    """

    counts_days = False

    def __init__(self, whole: IO[bytes], name: str) -> None:
        """Read the whole document once for the names of sheets and the styles.

        Raises:
            FileUnreadableError: it is damaged, would take too long, or would fill memory.
        """
        self._whole = whole
        self._name = name
        self._styles = Styles()
        document = Document(self._styles, name)
        with self._refusing_damage():
            self._archive = zipfile.ZipFile(whole)
            # Rows are parsed and dropped here: to keep those of all sheets could fill memory, while
            # another pass for the chosen sheet costs time only.
            if "styles.xml" in self._archive.namelist():
                deque(self._rows(Document(self._styles, name), "styles.xml"), maxlen=0)
            deque(self._rows(document), maxlen=0)
        own = [(n, sheet) for n, sheet in enumerate(document.sheets) if not sheet.is_cache]
        self._numbers = [n for n, _ in own]
        self.entries = [
            SheetEntry(sheet.name, self._styles.is_hidden(sheet.style), has_cells=True)
            for _, sheet in own
        ]

    def sheet(self, number: int, where: str) -> tuple["OpenDocumentSheet", Marks]:
        """Return a sheet, counted from 0, after surveying it; `where` names it in errors.

        Raises:
            FileUnreadableError: it is damaged, or its cells span or hold too much.
        """
        survey = _Survey(where, self._styles)
        document = Document(self._styles, where, self._numbers[number])
        with self._refusing_damage():
            for row in self._rows(document):
                survey.read(row)
        survey.marks.hidden_columns = document.hidden_columns
        rows = self._rows(Document(self._styles, where, self._numbers[number]))
        return OpenDocumentSheet(survey, rows), survey.marks

    def _rows(self, document: Document, member: str = ODS) -> Iterator[Row]:
        with self._archive.open(member) as stream:
            yield from document.rows(stream)

    @contextmanager
    def _refusing_damage(self) -> Iterator[None]:
        try:
            yield
        except (ExpatError, OSError, *DAMAGED_ARCHIVE) as error:
            raise refusal(self._whole, self._name) from error


class OpenDocumentSheet:
    """The cells of one sheet.

    Attributes:
        start: row 0, and the first column that is not empty.
        total_height: the number of rows up to the last one that is not empty.
        merged_cell_ranges: the merged ranges.
    """

    def __init__(self, survey: "_Survey", rows: Iterator[Row]) -> None:
        """Combine the results of the survey with the rows of a second pass."""
        self.start = (0, survey.first)
        self.total_height = survey.marks.height
        self.merged_cell_ranges: list[Range] = survey.ranges
        self._width = survey.marks.width - survey.first
        self._rows = rows

    def iter_rows(self) -> Iterator[list[Any]]:
        """Yield the values of each row, including blank ones, up to the last row with a value."""
        first, width = self.start[1], self._width
        rows_left = self.total_height
        for row in self._rows:
            values: list[Any] = [""] * width
            for cell in row.cells:
                start = max(0, cell.column - first)
                end = min(cell.column - first + cell.repeated, width)
                if end > start:
                    values[start:end] = [cell.value] * (end - start)
            yield from repeat(values, min(row.repeated, rows_left))
            rows_left -= row.repeated
            if rows_left <= 0:
                return


class _Survey:
    """First pass over a sheet: its size, merged ranges, formats, hidden rows and errors."""

    def __init__(self, where: str, styles: Styles) -> None:
        self._where = where
        self._styles = styles
        self.marks = Marks(height=0, width=0)
        self.first = MOST_COLUMNS
        self.ranges: list[Range] = []
        self._filled = self._text = self._remembered = 0

    def read(self, row: Row) -> None:
        """Add the next row."""
        if row.hidden:
            self._remember()
            self.marks.hidden_rows.append((row.number, row.number + row.repeated - 1))
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
        marks = self.marks
        marks.height, marks.width = max(marks.height, last_row), max(marks.width, last_column)
        self.first = min(self.first, cell.column)
        times = row.repeated * cell.repeated
        # Repeated rows and cells count in full, as reading expands them: a few bytes of XML can
        # stand for a billion cells.
        self._filled += times
        self._text += times * len(cell.value) if type(cell.value) is str else 0
        self._refuse_too_large()
        marks.errors += times if cell.is_error else 0
        marks.uncounted += times if cell.is_uncounted else 0
        if shape := self._styles.shape(cell.style):
            self._remember(cell.repeated)
            for column in range(cell.column + 1, last_column + 1):
                marks.add_shape(row.number, last_row, column, shape)

    def _remember(self, number: int = 1) -> None:
        self._remembered += number
        if self._remembered > WORKBOOK_CELLS.value or len(self.ranges) > _MOST_REMEMBERED:
            raise too_large(self._where, "it has too many merged, hidden or formatted cells")

    def _refuse_too_large(self) -> None:
        height, width = self.marks.height, self.marks.width
        if height > MOST_ROWS or width > MOST_COLUMNS or height * width > WORKBOOK_AREA.value:
            out = f"column {letters(width)} and row {height}"
            reason = f"its cells extend to {out}; a sheet is read up to {WORKBOOK_AREA}"
            raise too_large(self._where, reason)
        if self._filled > WORKBOOK_CELLS.value:
            raise too_large(self._where, f"it has more than {WORKBOOK_CELLS}")
        if self._text > WORKBOOK_TEXTS.value:
            raise too_large(self._where, f"the texts of its cells are more than {WORKBOOK_TEXTS}")
