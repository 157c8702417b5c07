"""The interface of all file readers: a table with a name, a header, rows and notes."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bricoop.domain.english import counted
from bricoop.domain.limits import COLUMNS, HEADER_CELL
from bricoop.domain.problem import Origin, Problem, RowNotes
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.header_rows import joined
from bricoop.ingest.readers.rejected_rows import RejectedRows, marks_before
from bricoop.ingest.readers.streams import SourceFile


class SourceRow(NamedTuple):
    """One row of a file.

    Attributes:
        line: the line on which the row begins, or its row in a sheet, counted from 1.
        cells: the unmodified texts of its cells.
    """

    line: int
    cells: Sequence[str]


class Table(ABC):
    """A file that is read once, row by row.

    Attributes:
        name: the file as the user named it, made printable; `standard input` for `-`.
        header: the cells of its header; empty if the file is empty.
        is_part: whether it is a file of rejected rows, which are only a part of another file.
        rejected: what such a file says about the rows read since it was last cleared.
    """

    def __init__(self, file: SourceFile, notes: list[str]) -> None:
        """Start without a header; `notes` are those on how the file was opened."""
        self.name = file.name
        self.header: Sequence[str] = ()
        self.is_part = False
        self.rejected = RejectedRows()
        self._file = file
        self._notes = notes
        #: Columns before the data: those of a file of rejected rows.
        self._before = 0
        self._above = self._blank = 0
        self._row_notes, self._row_problems = RowNotes(), RowNotes()

    @property
    @abstractmethod
    def origin(self) -> Origin:
        """The origin of the rows, which locates cells for messages."""

    @property
    def sha256(self) -> str:
        """The digest of the file as it is on disk, once all rows have been read."""
        return self._file.sha256

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """Notes on what the reader has accepted so far, one sentence each."""

    @property
    @abstractmethod
    def share_read(self) -> float | None:
        """The share of the file that has been read, from 0 to 1, or None if it is not known."""

    @abstractmethod
    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows that have not been read yet, without blank ones.

        Raises:
            FileUnreadableError: a row cannot be read; the message says where and why.
        """

    def take_row_notes(self) -> list[Problem]:
        """Return and forget the notes on the rows read since the last call."""
        return self._row_notes.take()

    def take_row_problems(self) -> list[Problem]:
        """Return and forget the problems of the rows refused since the last call."""
        return self._row_problems.take()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._file.close()

    def _set_header(self, cells: Sequence[str], form: FileOptions, where: str) -> None:
        """Take the cells of the header row, after those of a file of rejected rows.

        Raises:
            FileUnreadableError: it exceeds a limit; the message, which names `where`, says which.
        """
        self._before = marks_before(cells)
        self.is_part = self._before > 0
        header = cells[self._before :]
        refuse_too_wide(header, where)
        # Until header rows are joined, the first may have no text above named columns.
        skips_unnamed = form.skip_unnamed and form.header_rows == 1
        self.header = without_unnamed(header) if skips_unnamed else header

    def join_header(self, form: FileOptions) -> None:
        """Join the header with the header rows below it, if there are several.

        Raises:
            FileUnreadableError: the file has fewer rows.
        """
        if form.header_rows == 1:
            return
        # A file of rejected rows has a single header row, which was joined already.
        if not self.is_part and any(cell.strip() for cell in self.header):
            further = [row.cells for row in islice(self.rows(), form.header_rows - 1)]
            if len(further) < form.header_rows - 1:
                message = f"{self.name} has fewer than the {form.header_rows} header rows declared."
                raise FileUnreadableError(message, "Is it of this layout?")
            self.header = joined([self.header, *further], form.header_separator)
        if form.skip_unnamed:
            self.header = without_unnamed(self.header)

    def _data(self, line: int, cells: Sequence[str]) -> Sequence[str]:
        """Return the cells of a row after those of a file of rejected rows, which are noted."""
        if not self._before:
            return cells
        self.rejected.note(line, cells[: self._before])
        return cells[self._before :]

    def _heading(self, position: int) -> str:
        """Return the heading of a cell, counted from 0 in the row as read; empty if it has none."""
        column = position - self._before
        return self.header[column] if 0 <= column < len(self.header) else ""


def without_unnamed(header: Sequence[str]) -> Sequence[str]:
    """Return a header without unnamed columns after the last named one."""
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    return header[:width]


def refuse_too_wide(header: Sequence[str], where: str) -> None:
    """Refuse a header with too many columns, or with a name that is too long.

    Raises:
        FileUnreadableError: it exceeds a limit; the message says which.
    """
    if len(header) > COLUMNS.value:
        message = f"{where}: the header has {len(header):,} cells; a table has up to {COLUMNS}."
        raise FileUnreadableError(message, "Is it a table, with rows under its header?")
    for number, cell in enumerate(header, start=1):
        if len(cell) > HEADER_CELL.value:
            message = f"{where}: the header of column {number} is longer than {HEADER_CELL}."
            raise FileUnreadableError(message, "Is the header further down? See --header-row.")


def header_name(cell: str) -> str:
    """Return the column name for a header cell: `Stated Name` is `stated_name`."""
    return "_".join(cell.lower().split())


def skipped(number: int, plural: str, where: str = "") -> list[str]:
    """Return the note on skipped rows, lines or columns, if there are any."""
    return [f"Skipped {counted(number, plural)}{where}."] if number else []
