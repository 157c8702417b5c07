"""Workbooks: the cells of one sheet become rows with the row of the sheet."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from bricoop.domain.problem import Origin
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import table as said
from bricoop.ingest.readers.cells import cell_text, letters, plain_text
from bricoop.ingest.readers.form import Form
from bricoop.ingest.readers.marks import Marks, marks_of
from bricoop.ingest.readers.sheets import damaged, open_workbook, sheet_number
from bricoop.ingest.readers.streams import SourceFile
from bricoop.ingest.readers.table import SourceRow, Table, header_name, without_unnamed

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


class WorkbookTable(Table):
    """One sheet of a workbook."""

    def __init__(self, file: SourceFile, whole: IO[bytes], form: Form, notes: list[str]) -> None:
        """Read the sheet and its header.

        Raises:
            FileUnreadableError: the workbook is damaged or needs a password, or it is not clear
                which sheet is meant.
        """
        self.name = file.name
        self._file = file
        self._notes = notes
        self._undoubted = form.undoubted
        self._blank = self._above = 0
        with open_workbook(whole, self.name) as workbook:
            number = sheet_number(
                workbook, form.usual_sheet if form.sheet is None else form.sheet, self.name, notes
            )
            self._sheet_name = workbook.sheet_names[number]
            self._marks = marks_of(whole, number, f"{self.name}, sheet {self._sheet_name}")
            with damaged(self.name):
                sheet = workbook.get_sheet_by_index(number)
        self._notes.extend(self._marks.notes)
        self._first_column = sheet.start[1] if sheet.start else 0
        self._rows = self._numbered(sheet)
        header: Sequence[str] = self._find_header(sheet, form)
        self._before = said.complaints_before(header)
        self.is_part = self._before > 0
        header = header[self._before :]
        self.header: Sequence[str] = without_unnamed(header) if form.skip_unnamed else header
        self._unnamed = len(header) - len(self.header)
        self._height = sheet.total_height or 0
        self._row = 0

    @cached_property
    def origin(self) -> Origin:
        """The file, the sheet, and the letters of its columns."""
        columns: dict[str, str] = {}
        for position, cell in enumerate(self.header, self._first_column + self._before + 1):
            for name in (cell.strip(), header_name(cell)):
                columns.setdefault(name, letters(position))
        return Origin(self.name, self._sheet_name, columns)

    @property
    def sha256(self) -> str:
        """The digest of the file as it is on disk."""
        return self._file.sha256

    @property
    def share_read(self) -> float | None:
        """The share of the sheet's rows that have been read."""
        return min(1.0, self._row / self._height) if self._height else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was accepted so far, each in a sentence."""
        return (
            *self._notes,
            *said.above_header(self._above, "row"),
            # The cells of a sheet are a rectangle: its last columns often hold nothing at all.
            *said.blank_rows(self._blank),
        )

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header; blank ones are no rows."""
        before, width = self._before, len(self.header)
        for line, every in self._rows:
            self._row = line
            if any(map(str.strip, every)):
                cells = every[before:]
                beyond = any(map(str.strip, cells[width:]))
                yield SourceRow(line, cells if beyond else cells[:width])
            else:
                self._blank += 1

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._file.close()

    def _numbered(self, sheet: "CalamineSheet") -> Iterator[SourceRow]:
        as_text = cell_text if self._undoubted else plain_text
        for number, values in enumerate(sheet.iter_rows(), 1):
            cells = [value if type(value) is str else as_text(value) for value in values]
            if number in self._marks.cells:
                self._mark(cells, self._marks, number)
            yield SourceRow(number, cells)

    def _mark(self, cells: list[str], marks: Marks, number: int) -> None:
        for column, text in marks.cells[number].items():
            position = column - 1 - self._first_column
            cells.extend([""] * (position - len(cells) + 1))
            if position >= 0 and not cells[position]:
                cells[position] = text

    def _find_header(self, sheet: "CalamineSheet", form: Form) -> list[str]:
        above: list[SourceRow] = []
        for row in self._rows:
            wanted = row.line == form.header_row if form.header_row else any(row.cells)
            if wanted and any(map(str.strip, row.cells)):
                self._above = sum(1 for one in above if any(one.cells))
                return self._merged(sheet, [*above, row])
            above.append(row)
        if form.header_row:
            message = f"{self.name}, sheet {self._sheet_name}, has no header in row "
            raise FileUnreadableError(
                f"{message}{form.header_row}.", "Name the row of the header with --header-row."
            )
        return []

    def _merged(self, sheet: "CalamineSheet", rows: list[SourceRow]) -> list[str]:
        number = rows[-1].line - 1
        header = list(rows[-1].cells)
        ranges: list[Any] = sheet.merged_cell_ranges or []
        for (top, left), (bottom, right) in ranges:
            if top <= number <= bottom:
                first = left - self._first_column
                text = rows[top].cells[first]
                header[first : right - self._first_column + 1] = [text] * (right - left + 1)
        return header
