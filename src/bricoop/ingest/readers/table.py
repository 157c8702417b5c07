"""The interface of all file readers: a table with a name, a header, rows and notes."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bricoop.domain.limits import COLUMNS, HEADER_CELL
from bricoop.domain.problem import Origin, Problem
from bricoop.errors import FileUnreadableError

#: The first two columns of a file of rejected rows: the problems of the row, and its line.
PROBLEMS, LINE = "bricoop_problems", "bricoop_line"
#: The text of each line above the header of such a file, if the layout has lines there.
ABOVE = "rows that were left out"


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
    """

    name: str
    header: Sequence[str]
    is_part: bool = False

    @property
    @abstractmethod
    def origin(self) -> Origin:
        """The origin of the rows, which locates cells for messages."""

    @property
    @abstractmethod
    def sha256(self) -> str:
        """The digest of the file as it is on disk, once all rows have been read."""

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
        """Yield the rows below the header, without blank ones.

        Raises:
            FileUnreadableError: a row cannot be read; the message says where and why.
        """

    def take_row_notes(self) -> list[Problem]:
        """Return and forget the notes on the rows read since the last call."""
        return []

    def take_row_problems(self) -> list[Problem]:
        """Return and forget the problems of the rows refused since the last call."""
        return []

    def column_letters(self, position: int) -> str:
        """Return the letters of a column, counted from 0, in its sheet; empty for other files."""
        _ = position
        return ""

    @abstractmethod
    def close(self) -> None:
        """Close the file; standard input stays open."""


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


def complaints_before(header: Sequence[str]) -> int:
    """Return the number of columns before the data: 2 in a file of rejected rows, else 0."""
    return 2 if [cell.strip() for cell in header[:2]] == [PROBLEMS, LINE] else 0


def begins_rejected_rows(start: bytes) -> bool:
    """Return whether the first bytes of a file are those of a file of rejected rows."""
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip().lstrip(b"\"'")
    return beginning.startswith((PROBLEMS.encode(), f"{ABOVE}\n".encode()))


def header_name(cell: str) -> str:
    """Return the column name for a header cell: `Stated Name` is `stated_name`."""
    return "_".join(cell.lower().split())


def several(number: int, noun: str) -> str:
    """Return a number with its noun: `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def above_header(number: int, noun: str) -> list[str]:
    """Return the note on lines or rows above the header, if there are any."""
    return [f"Skipped {several(number, noun)} above the header."] if number else []


def unnamed_columns(number: int) -> list[str]:
    """Return the note on ignored columns without names, if there are any."""
    return [f"Skipped {several(number, 'unnamed column')} at the end."] if number else []


def blank_rows(number: int) -> list[str]:
    """Return the note on skipped blank rows, if there are any."""
    return [f"Skipped {several(number, 'blank row')}."] if number else []
