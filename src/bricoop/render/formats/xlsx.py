"""Writer of Excel workbooks, with sheets for the rows, the question and the sources."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError, FileSizeError

from bricoop.domain.cells import Cell
from bricoop.errors import UsageError
from bricoop.query.provenance import Provenance
from bricoop.query.question import Answer
from bricoop.render.formats.cells import Cells
from bricoop.render.formats.notes import (
    FILE_COLUMNS,
    SOURCE_COLUMNS,
    file_lines,
    question_lines,
    source_lines,
)
from bricoop.render.formats.sheet import Sheet

#: The maximum number of rows below the header.
_MOST_ROWS = 1_048_575
_INSTEAD = "Use CSV, NDJSON or Parquet, or fewer rows with --limit."
#: Rows that determine the column widths, and the bounds of these in characters.
_SAMPLE, _NARROWEST, _WIDEST = 1000, 8, 60


def write_xlsx(answer: Answer, out: IO[bytes], about: Provenance | None) -> None:
    """Write a workbook in constant memory, using temporary files.

    Raises:
        UsageError: there are too many rows for a sheet, or a text is too long for a cell.
    """
    with TemporaryDirectory(prefix="bricoop-") as folder:
        path = Path(folder, "book.xlsx")
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        writer = _WorkbookWriter(book)
        try:
            writer.sheets(answer, about)
            book.close()
        except FileSizeError as error:
            raise UsageError("The rows contain too much text for a workbook.", _INSTEAD) from error
        except FileCreateError as error:
            # The wrapped OSError has the cause.
            raise error.args[0] from error
        finally:
            for sheet in book.worksheets():
                sheet.abandon()
        # Zip to a file first: zipfile prints errors of its own if the reader of a pipe goes away.
        with path.open("rb") as packed:
            copyfileobj(packed, out)


class _WorkbookWriter:
    """Writer of the sheets of a workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._cells = Cells(book)
        self._bold = book.add_format({"bold": True, "bottom": 1})

    def sheets(self, answer: Answer, about: Provenance | None) -> None:
        """Add the sheet of the rows and, if known, those on the provenance."""
        rows = self.sheet("Rows", [field.name for field in answer.fields], answer.rows)
        if about:
            title = about.question["noun"]
            self._book.set_properties({"title": title, "created": about.asked})
            self.sheet("Question", ("what", "value"), question_lines(about, answer.fields, rows))
            self.sheet("Sources", SOURCE_COLUMNS, source_lines(about))
            self.sheet("Files", FILE_COLUMNS, file_lines(about))

    def sheet(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """Add a sheet with a frozen header, and return its number of rows."""
        sheet = self._book.add_worksheet(name, worksheet_class=Sheet)
        sheet.freeze_panes(1, 0)
        widths = [max(len(label) + 3, _NARROWEST) for label in header]
        for column, label in enumerate(header):
            sheet.write_string(0, column, label, self._bold)
        number = 0
        for number, row in enumerate(rows, 1):
            if number > _MOST_ROWS:
                message = f"A sheet holds at most {_MOST_ROWS:,} rows, and there are more."
                raise UsageError(message, _INSTEAD)
            for column, value in enumerate(row):
                width = self._cells.write(sheet, number, column, value)
                if number <= _SAMPLE and width > widths[column]:
                    widths[column] = min(width, _WIDEST)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if header:
            sheet.autofilter(0, 0, number, len(header) - 1)
        return number
