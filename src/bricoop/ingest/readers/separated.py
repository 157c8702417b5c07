"""CSV files become rows with the line on which each begins; quotes left open are found."""

import csv
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from bricoop.domain.limits import BLANK_CELLS, BLANK_ROWS, CELL_LENGTH, COLUMNS
from bricoop.domain.problem import Origin, Problem, RowNotes
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import table as said
from bricoop.ingest.readers import twice
from bricoop.ingest.readers.decode import Decoded
from bricoop.ingest.readers.form import Form
from bricoop.ingest.readers.streams import SourceFile, Stream
from bricoop.ingest.readers.table import SourceRow, Table, refuse_too_wide, without_unnamed

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A cell of more lines is a quote left open, where most rows have one line.
_MOST_LINES = 200


class SeparatedTable(Table):
    """A file of separated values, read once, row by row."""

    def __init__(self, file: SourceFile, stream: Stream, form: Form, notes: list[str]) -> None:
        """Read the header.

        Raises:
            FileUnreadableError: there is none where it should be, or it cannot be read.
        """
        self.name = file.name
        self._file = file
        self._form = form
        self._notes = notes
        self._before = 0
        self._above = self._blank = self._blank_cells = self._tall = self._read = 0
        self._row_notes = RowNotes()
        self.header: Sequence[str] = ()
        self._text = Decoded(stream, form.encoding, self._lines_read)
        lines = chain.from_iterable(self._text.blocks())
        csv.field_size_limit(CELL_LENGTH.value)
        self._reader = csv.reader(
            lines,
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
            strict=True,
        )
        # A preamble may hold anything, quotes too: its lines are passed over before cells are read.
        for _ in islice(lines, (form.header_row or 1) - 1):
            self._above += 1
        first = next(self._rows(), None)
        if form.header_row and (first is None or first.line != form.header_row):
            message = f"{self.name} has no header on line {form.header_row}."
            raise FileUnreadableError(message, "Name the line of the header with --header-row.")
        found: Sequence[str] = first.cells if first else ()
        self._before = said.complaints_before(found)
        self.is_part = self._before > 0
        found = found[self._before :]
        refuse_too_wide(found, self.name)
        self.header = without_unnamed(found) if form.skip_unnamed else found
        self._unnamed = len(found) - len(self.header)

    @property
    def origin(self) -> Origin:
        """The file."""
        return Origin(self.name)

    @property
    def sha256(self) -> str:
        """The digest of the file as it is on disk, once all rows have been read."""
        return self._file.sha256

    @property
    def share_read(self) -> float | None:
        """The share of the file that has been read; None for standard input."""
        return self._file.share_read

    @property
    def notes(self) -> tuple[str, ...]:
        """What was accepted so far, each in a sentence."""
        return (
            *self._notes,
            *self._text.notes,
            *self._text.line_notes(),
            *said.above_header(self._above, "line"),
            *said.unnamed_columns(self._unnamed),
            *said.blank_rows(self._blank),
        )

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header; blank lines are no rows.

        Raises:
            FileUnreadableError: a byte is no text, or a quote never closes.
        """
        if not self._before:
            return self._rows()
        return (SourceRow(line, cells[self._before :]) for line, cells in self._rows())

    def take_row_notes(self) -> list[Problem]:
        """Return what was doubtful in the rows read since this was last asked."""
        return self._row_notes.take()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._file.close()

    def _lines_read(self) -> int:
        return self._above + self._reader.line_num

    def _rows(self) -> Iterator[SourceRow]:
        reader = self._reader
        while True:
            before = reader.line_num
            began = self._above + before + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(began, error) from error
            self._read += 1
            if len(cells) > COLUMNS.value + 2:
                message = (
                    f"{self.name}, line {began}: the row has {len(cells):,} cells; a table has"
                )
                raise FileUnreadableError(f"{message} up to {COLUMNS}.", "Is it a table?")
            height = reader.line_num - before
            if height > 1:
                self._refuse_open_quote(began, height, cells)
            if self._text.may_be_encoded_twice:
                self._look_for_text_encoded_twice(began, cells)
            if any(map(str.strip, cells)):
                yield SourceRow(began, cells)
            else:
                self._count_blank(began, cells)

    def _count_blank(self, line: int, cells: list[str]) -> None:
        """Count a blank row; a small packed file can hold millions of them."""
        self._blank += 1
        self._blank_cells += len(cells)
        for number, limit in ((self._blank, BLANK_ROWS), (self._blank_cells, BLANK_CELLS)):
            if number > limit.value:
                message = f"{self.name}, line {line}: there are more than {limit} that are blank."
                raise FileUnreadableError(message, "Remove the blank rows.")

    def _look_for_text_encoded_twice(self, line: int, cells: list[str]) -> None:
        for position, cell in enumerate(cells):
            if (doubt := twice.doubt(cell)) is not None:
                number = position - self._before
                column = self.header[number] if 0 <= number < len(self.header) else ""
                self._row_notes.append(self.origin.note(line, column, *doubt))

    def _refuse_open_quote(self, line: int, height: int, cells: list[str]) -> None:
        self._tall += 1
        if height <= _MOST_LINES or self._form.long_cells or self._read < self._tall * 2 - 1:
            return
        for cell in cells:
            breaks = _breaks(cell)
            if breaks > _MOST_LINES:
                raise FileUnreadableError(
                    f"{self.name}, line {line}: a quote that opens here closes {breaks} lines "
                    "further on, and so probably never does.",
                    "Close it, or load the file with --long-cells if the cell is so long.",
                )
            line += breaks

    def _broken(self, line: int, error: csv.Error) -> FileUnreadableError:
        where = f"{self.name}, line {line}"
        if "unexpected end" in str(error):
            message = f"{where}: a quote opens in this row and never closes."
            return FileUnreadableError(
                message, 'Close it, or write a quote inside a cell twice ("").'
            )
        if "field larger" in str(error):
            message = f"{where}: a cell of this row is longer than {CELL_LENGTH}."
            return FileUnreadableError(message, "Is there a quote in it that never closes?")
        last = self._lines_read()
        if last > line:
            return FileUnreadableError(
                f"{where}: a quote opens in this row and closes inside a cell on line {last}.",
                'Close it where it should, or write a quote inside a cell twice ("").',
            )
        # The row alone cannot be refused: nobody knows which of its quotes is the wrong one, and
        # by that whether the lines below are rows of their own or belong to one of its cells.
        quote = self._form.quote
        if quote and f"expected after '{quote}'" in str(error):
            return FileUnreadableError(
                f"{where}: a cell goes on after the quote that closes it, so the rows below cannot "
                "be told from it.",
                f"Write each quote inside a cell twice ({quote}{quote}); or open the file in a "
                "spreadsheet program, look at that row, and save it as CSV.",
            )
        return FileUnreadableError(
            f"{where}: the row cannot be read as CSV ({error}).",
            'Put cells that hold quotes or line breaks in quotes, and inner quotes twice ("").',
        )


def _breaks(cell: str) -> int:
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")
