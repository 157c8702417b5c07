"""Read CSV files as rows with line numbers; rows with wrong quotes are refused one by one."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bricoop.domain.limits import BLANK_CELLS, BLANK_ROWS, CELL_LENGTH, COLUMNS, WRONG_QUOTES
from bricoop.domain.problem import Origin
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import double_encoding
from bricoop.ingest.readers.decode import Decoded
from bricoop.ingest.readers.delimiters import delimiter_notes, delimiter_of
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.lines import Lines
from bricoop.ingest.readers.quotes import (
    MOST_LINES,
    Dialect,
    WrongRow,
    breaks,
    row_of_rows,
    takes_in_rows,
    wrong_cell,
    wrong_row,
)
from bricoop.ingest.readers.streams import SourceFile, Stream
from bricoop.ingest.readers.table import SourceRow, Table, skipped

if TYPE_CHECKING:
    from collections.abc import Sequence


class SeparatedTable(Table):
    """A CSV file, read once, row by row."""

    def __init__(
        self, file: SourceFile, stream: Stream, form: FileOptions, notes: list[str]
    ) -> None:
        """Read the header.

        Raises:
            FileUnreadableError: there is no header on the given line, or it cannot be read.
        """
        super().__init__(file, notes)
        self._columns = self._blank_cells = self._tall = self._read = self._wrong = 0
        self._text = Decoded(stream, form.encoding)
        if form.any_delimiter:
            start = self._text.start
            form = replace(form, delimiter=delimiter_of(start, form.header_row))
            self._notes += delimiter_notes(form.delimiter)
        self._form = form
        self._lines = Lines(self._text.blocks())
        csv.field_size_limit(CELL_LENGTH.value)
        # Lines above the header may contain anything, including quotes: skip them unparsed.
        self._above = self._lines.skip((form.header_row or 1) - 1)
        self._line = self._above + 1
        self._reader = self._begun_reader()
        first = next(self._rows(), None)
        if form.header_row and (first is None or first.line != form.header_row):
            message = f"{self.name} has no header on line {form.header_row}."
            raise FileUnreadableError(message, "Name the line of the header with --header-row.")
        header: Sequence[str] = first.cells if first else ()
        self._columns = len(header)
        self._set_header(header, form, self.name)
        self._unnamed = len(header) - self._before - len(self.header)

    @property
    def origin(self) -> Origin:
        """The file."""
        return Origin(self.name)

    @property
    def share_read(self) -> float | None:
        """The share of the file that has been read; None for standard input."""
        return self._file.share_read

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what the reader has accepted so far, one sentence each."""
        return (
            *self._notes,
            *self._text.notes,
            *self._text.line_notes(),
            *skipped(self._above, "lines", " above the header"),
            *skipped(self._unnamed, "unnamed columns", " at the end"),
            *skipped(self._blank, "blank rows"),
        )

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header, without blank ones.

        Raises:
            FileUnreadableError: a byte cannot be decoded, or a quote is never closed.
        """
        if not self._before:
            return self._rows()
        return (SourceRow(line, self._data(line, cells)) for line, cells in self._rows())

    def _begun_reader(self) -> Iterator[list[str]]:
        form = self._form
        return csv.reader(
            self._lines.read(),
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
            strict=True,
        )

    def _rows(self) -> Iterator[SourceRow]:
        lines = self._lines.kept
        while True:
            began = self._line
            lines.clear()
            wrong = None
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                wrong = self._wrong_row(str(error))
            else:
                if len(lines) > 1:
                    wrong = self._closed_late(cells)
            if wrong:
                cells = wrong.cells
                self._refuse(wrong)
            self._line = began + (wrong.lines if wrong else len(lines))
            self._read += 1
            # Three more than a table: a file of rejected rows begins with what is said about them.
            if len(cells) > COLUMNS.value + 3:
                message = (
                    f"{self.name}, line {began}: the row has {len(cells):,} cells; a table has"
                )
                raise FileUnreadableError(f"{message} up to {COLUMNS}.", "Is it a table?")
            if self._text.may_be_encoded_twice:
                self._look_for_text_encoded_twice(began, cells)
            if wrong or any(map(str.strip, cells)):
                yield SourceRow(began, cells)
            else:
                self._count_blank(began, cells)

    def _count_blank(self, line: int, cells: list[str]) -> None:
        """Count a blank row; a small compressed file can hold millions of them."""
        self._blank += 1
        self._blank_cells += len(cells)
        for number, limit in ((self._blank, BLANK_ROWS), (self._blank_cells, BLANK_CELLS)):
            if number > limit.value:
                message = f"{self.name}, line {line}: there are more than {limit} that are blank."
                raise FileUnreadableError(message, "Remove the blank rows.")

    def _look_for_text_encoded_twice(self, line: int, cells: list[str]) -> None:
        for position, cell in enumerate(cells):
            if (doubt := double_encoding.doubt(cell)) is not None:
                self._row_notes.append(self.origin.note(line, self._heading(position), *doubt))

    def _closed_late(self, cells: list[str]) -> WrongRow | None:
        """Return a row of several lines as wrong if a valid quote seems to have closed too late."""
        if self._is_left_open(cells):
            return self._wrong_row("")
        lines = self._lines.kept
        if self._form.long_cells or not takes_in_rows(lines, cells, self._dialect):
            return None
        return row_of_rows(lines, cells)

    def _is_left_open(self, cells: list[str]) -> bool:
        """Return whether a cell has so many lines that its quote was probably left open."""
        # In files where most rows have several lines, such cells are usual and not doubted.
        self._tall += 1
        is_usual = self._read + 1 < self._tall * 2 - 1
        if len(self._lines.kept) <= MOST_LINES or self._form.long_cells or is_usual:
            return False
        return any(breaks(cell) > MOST_LINES for cell in cells)

    def _wrong_row(self, error: str) -> WrongRow:
        """Return the current row, whose quotes are wrong, and continue below it.

        Args:
            error: the message of the csv module; empty if there is none.

        Raises:
            FileUnreadableError: the start of the next row cannot be determined.
        """
        form, text = self._form, "".join(self._lines.kept)
        if not form.quote:
            raise self._broken(error, 0, 0)
        dialect = self._dialect
        _, cell = wrong_cell(text, dialect)
        opens, closes = breaks(text[: cell.start]), len(self._lines.kept) - 1
        is_header = self._read < (1 if self.is_part else form.header_rows)
        # Without wrong quotes or line breaks, the error is a cell that is too long.
        if is_header or not (cell.is_wrong or breaks(cell.text)):
            raise self._broken(error, opens, closes)
        if self._wrong == WRONG_QUOTES.value:
            message = f"{self.name}, line {self._line}: the quotes of more than {WRONG_QUOTES} are"
            raise FileUnreadableError(
                f"{message} wrong.",
                f'{self._twice} Or read it by a profile with quote = "" if they mean nothing.',
            )
        row = wrong_row(self._lines, dialect, self._wrong)
        self._wrong += 1
        if row is None:
            raise self._broken(error, opens, closes)
        self._lines.skip(row.lines)
        self._reader = self._begun_reader()
        return row

    def _refuse(self, row: WrongRow) -> None:
        column = self._heading(row.position)
        if row.has_rows:
            rule = f"takes in whole rows, up to line {self._line + row.lines - 1}"
            hint = "Close the quote where its cell ends, or load the file with --long-cells."
        elif row.is_open:
            where = f" on line {self._line + row.opens}" if row.opens else ""
            rule = f"begins{where} with a quote that is not closed in this row"
            hint = "Close it, or remove it."
        else:
            rule, hint = "has a quote inside that is not written twice", self._twice
        value = row.as_written.rstrip("\r\n")
        self._row_problems.append(self.origin.problem(self._line, column, value, rule, hint))

    def _broken(self, error: str, opens: int, closes: int) -> FileUnreadableError:
        """Return the error for a file that cannot be read any further.

        Args:
            error: the message of the csv module; empty if there is none.
            opens: the line of the row on which the wrong cell begins, counted from 0.
            closes: the last line of the row that was read, counted from 0.
        """
        where = f"{self.name}, line {self._line + opens}"
        if "field larger" in error:
            message = f"{where}: the cell that begins here is longer than {CELL_LENGTH}."
            return FileUnreadableError(message, "Is there a quote in it that never closes?")
        if not error:
            return FileUnreadableError(
                f"{where}: a quote that opens here closes {closes - opens} lines further on, and "
                "so probably never does.",
                "Close it, or load the file with --long-cells if the cell is so long.",
            )
        if "unexpected end" in error:
            message = f"{where}: a quote opens here and never closes."
            return FileUnreadableError(message, f"Close it. {self._twice}")
        if closes > opens:
            return FileUnreadableError(
                f"{where}: a quote opens here and closes inside a cell on line "
                f"{self._line + closes}.",
                f"Close it where it should. {self._twice}",
            )
        return FileUnreadableError(
            f"{where}: a cell goes on after the quote that closes it, and it cannot be told where "
            "the next row starts.",
            f"{self._twice} Or open the file in a spreadsheet program, look at that row, and save "
            "it as CSV.",
        )

    @property
    def _dialect(self) -> Dialect:
        return Dialect(self._form.delimiter, self._form.quote, self._columns)

    @property
    def _twice(self) -> str:
        return f"Write each quote inside a cell twice ({self._form.quote * 2})."
