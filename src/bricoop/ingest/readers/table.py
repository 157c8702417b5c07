"""A table is what every reader makes of a file: a name, a header, rows, and notes."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bricoop.domain.limits import COLUMNS, HEADER_CELL
from bricoop.domain.problem import Origin, Problem
from bricoop.errors import FileUnreadableError

#: The first columns of a file of rejected rows; they say what was wrong and are no data.
PROBLEMS, LINE = "bricoop_problems", "bricoop_line"
#: Stands on each line above the header of such a file, where the layout has lines above it.
ABOVE = "rows that were left out"


class SourceRow(NamedTuple):
    """One row of a file.

    Attributes:
        line: the line on which the row begins, or its row in a sheet; the first is 1.
        cells: the texts of its cells, as they stand.
    """

    line: int
    cells: Sequence[str]


class Table(ABC):
    """A file that is read once, row by row.

    Attributes:
        name: the file as the user named it, made printable; `standard input` for `-`.
        header: the cells of its header, empty where the file is empty.
        is_part: whether it holds rows that were left out of another file, and no more.
    """

    name: str
    header: Sequence[str]
    is_part: bool = False

    @property
    @abstractmethod
    def origin(self) -> Origin:
        """Where the rows come from, which gives every cell its address."""

    @property
    @abstractmethod
    def sha256(self) -> str:
        """The digest of the file as it is on disk, once all rows have been read."""

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What was accepted so far, each in a sentence."""

    @property
    @abstractmethod
    def share_read(self) -> float | None:
        """The share of the file that has been read, from 0 to 1, or None where nobody can tell."""

    @abstractmethod
    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header; blank ones are no rows.

        Raises:
            FileUnreadableError: a row cannot be read; the sentence says where and why.
        """

    def take_row_notes(self) -> list[Problem]:
        """Return what was doubtful in the rows read since this was last asked."""
        return []

    def take_row_problems(self) -> list[Problem]:
        """Return what was wrong with the rows read since this was last asked: these are refused."""
        return []

    def column_letters(self, position: int) -> str:
        """Return the letters of a column in its sheet, counted from 0; none outside a sheet."""
        _ = position
        return ""

    @abstractmethod
    def close(self) -> None:
        """Close the file; standard input stays open."""


def without_unnamed(header: Sequence[str]) -> Sequence[str]:
    """Return a header without the columns that have no name after its last named one."""
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    return header[:width]


def refuse_too_wide(header: Sequence[str], where: str) -> None:
    """Refuse a header of too many columns, or with one that is too long.

    Raises:
        FileUnreadableError: it is so; the sentence says which bound it breaks.
    """
    if len(header) > COLUMNS.value:
        message = f"{where}: the header has {len(header):,} cells; a table has up to {COLUMNS}."
        raise FileUnreadableError(message, "Is it a table, with rows under its header?")
    for number, cell in enumerate(header, start=1):
        if len(cell) > HEADER_CELL.value:
            message = f"{where}: the header of column {number} is longer than {HEADER_CELL}."
            raise FileUnreadableError(message, "Is the header further down? See --header-row.")


def complaints_before(header: Sequence[str]) -> int:
    """Return how many columns of a file of rejected rows stand before those of its data."""
    return 2 if [cell.strip() for cell in header[:2]] == [PROBLEMS, LINE] else 0


def begins_rejected_rows(start: bytes) -> bool:
    """Return whether the first bytes of a file are those of rows that were left out of another."""
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip().lstrip(b"\"'")
    return beginning.startswith((PROBLEMS.encode(), f"{ABOVE}\n".encode()))


def header_name(cell: str) -> str:
    """Return the name of a column that a header means: `Stated Name` is `stated_name`."""
    return "_".join(cell.lower().split())


def several(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def above_header(number: int, noun: str) -> list[str]:
    """Return the note on what stands above a header, if anything does."""
    return [f"Skipped {several(number, noun)} above the header."] if number else []


def unnamed_columns(number: int) -> list[str]:
    """Return the note on columns that were let go, if any were."""
    return [f"Skipped {several(number, 'unnamed column')} at the end."] if number else []


def blank_rows(number: int) -> list[str]:
    """Return the note on blank rows, if there were any."""
    return [f"Skipped {several(number, 'blank row')}."] if number else []
