"""Join several header rows into one; a cell that spans several columns applies to each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

from bricoop.domain.problem import Origin, Problem
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.table import SourceRow, Table, header_name, without_unnamed


def form_of_first(form: FileOptions) -> FileOptions:
    """Return the options for the first header row, whose unnamed columns are still needed."""
    return replace(form, skip_unnamed=False) if form.header_rows > 1 else form


class JoinedHeader(Table):
    """A table with several header rows, presented with one joined header."""

    def __init__(self, table: Table, form: FileOptions) -> None:
        """Read the remaining header rows.

        Args:
            table: the table, whose header is the first of the header rows.
            form: the options of the file.

        Raises:
            FileUnreadableError: the file has fewer rows.
        """
        self._table = table
        self._rows = table.rows()
        self.name, self.is_part = table.name, table.is_part
        header = table.header
        # A file of rejected rows has a single header row, which was joined already.
        if not self.is_part and any(cell.strip() for cell in header):
            further = [row.cells for row in islice(self._rows, form.header_rows - 1)]
            if len(further) < form.header_rows - 1:
                message = f"{self.name} has fewer than the {form.header_rows} header rows declared."
                raise FileUnreadableError(message, "Is it of this layout?")
            header = joined([header, *further], form.header_separator)
        self.header = without_unnamed(header) if form.skip_unnamed else header

    @cached_property
    def origin(self) -> Origin:
        """The file, and the letters of the columns under their joined names."""
        own = self._table.origin
        columns: dict[str, str] = {}
        for position, cell in enumerate(self.header):
            for name in (" ".join(cell.split()), header_name(cell)):
                columns.setdefault(name, self._table.column_letters(position))
        return replace(own, columns=columns if own.sheet else {})

    @property
    def sha256(self) -> str:
        """The digest of the file as it is on disk, once all rows have been read."""
        return self._table.sha256

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what the reader has accepted so far, one sentence each."""
        return self._table.notes

    @property
    def share_read(self) -> float | None:
        """The share of the file that has been read, or None if it is not known."""
        return self._table.share_read

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header rows, without blank ones.

        Raises:
            FileUnreadableError: a row cannot be read; the message says where and why.
        """
        return self._rows

    def take_row_notes(self) -> list[Problem]:
        """Return and forget the notes on the rows read since the last call."""
        return self._table.take_row_notes()

    def take_row_problems(self) -> list[Problem]:
        """Return and forget the problems of the rows refused since the last call."""
        return self._table.take_row_problems()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._table.close()


def joined(rows: Sequence[Sequence[str]], separator: str) -> list[str]:
    """Return the joined header: the names of each column from top to bottom.

    Except in the last row, an empty cell takes the text of the cell to its left, which spans it.
    A text repeated in successive rows of a column is used once.
    """
    width = max(map(len, rows))
    filled = [_filled(row, width) for row in rows[:-1]]
    last = [*rows[-1], *[""] * (width - len(rows[-1]))]
    header = []
    for cells in zip(*filled, last, strict=True):
        names: list[str] = []
        for cell in map(str.strip, cells):
            if cell and cell not in names[-1:]:
                names.append(cell)
        header.append(separator.join(names))
    return header


def _filled(row: Sequence[str], width: int) -> list[str]:
    filled: list[str] = []
    for position in range(width):
        cell = row[position].strip() if position < len(row) else ""
        filled.append(cell or (filled[-1] if filled else ""))
    return filled
