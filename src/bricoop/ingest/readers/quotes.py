"""Rows whose quotes are wrong: what their cells are, and where the next row starts."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

from bricoop.ingest.readers.lines import Lines

#: A cell of more lines is a quote left open, where most rows have one line.
MOST_LINES = 200
#: So many rows below a wrong one are looked at, and so many of them are enough.
_ROWS_BELOW, _ENOUGH = 20, 3
#: So many lines and characters are looked at.
_AHEAD = (2 * MOST_LINES, 1_000_000)
#: Below a wrong row that stands below many wrong ones: refusing takes no longer than loading.
_NARROW, _MANY = (_ROWS_BELOW, 10_000), 20
_LINE_END = re.compile("[\r\n]")


class Dialect(NamedTuple):
    """How cells are written.

    Attributes:
        delimiter: the character between two cells.
        quote: the character around a cell.
        columns: how many cells the header has.
    """

    delimiter: str
    quote: str
    columns: int


class Cell(NamedTuple):
    """A cell as it stands in a text.

    Attributes:
        start: where it begins.
        end: where it ends: at a delimiter, the end of a line, or the end of the text.
        text: what it says, without the quotes around it.
        is_quoted: whether it begins with a quote.
        is_open: whether no quote closes it.
        has_stray_quote: whether it holds a quote that is not written twice.
    """

    start: int
    end: int
    text: str
    is_quoted: bool
    is_open: bool
    has_stray_quote: bool

    @property
    def is_wrong(self) -> bool:
        """Whether its quotes are wrong; a quote in a cell without quotes is not."""
        return self.is_quoted and (self.is_open or self.has_stray_quote)


class WrongRow(NamedTuple):
    """A row whose quotes are wrong.

    Attributes:
        lines: how many lines it has.
        cells: the texts of its cells.
        position: which cell is wrong, counted from 0.
        as_written: that cell, with its quotes.
        opens: on which of the lines it begins, counted from 0.
        is_open: whether no quote closes it.
        has_rows: whether its quotes are as they may be, but the cell holds what seems to be rows.
    """

    lines: int
    cells: list[str]
    position: int
    as_written: str
    opens: int
    is_open: bool
    has_rows: bool = False


def wrong_row(lines: Lines, dialect: Dialect, before: int = 0) -> WrongRow | None:
    """Return the row that begins with the kept lines, which are put back.

    The row may end on the line where the quote opens that is wrong, or else where its cells end if
    every quote inside a cell belongs to its text. It does if the rows below it have as many cells
    as the header. None means that it cannot be told where the next row starts.

    Args:
        lines: the lines of the file, of which those of the row are kept.
        dialect: how cells are written.
        before: how many wrong rows stand above it.
    """
    text = "".join(lines.kept)
    opens = breaks(text[: wrong_cell(text, dialect)[1].start])
    lines.put_back()
    most_lines, characters = _AHEAD if before < _MANY else _NARROW
    ahead = lines.look_ahead(opens + most_lines, len(text) + characters)
    height = opens + 1
    if not _are_rows(ahead[height:], dialect):
        height = _height(ahead[:MOST_LINES], dialect)
        if not height or not _are_rows(ahead[height:], dialect):
            return None
    text = "".join(ahead[:height])
    position, cell = wrong_cell(text, dialect)
    cells = [cell_in_row.text for cell_in_row in _cells(text, dialect)]
    as_written = text[cell.start : cell.end]
    return WrongRow(height, cells, position, as_written, opens, cell.is_open)


def takes_in_rows(lines: Sequence[str], cells: Sequence[str], dialect: Dialect) -> bool:
    """Return whether the lines of a row are rows by themselves, which a quote seems to take in.

    Each line has as many cells as the header, if quotes are ignored, and no space follows the
    delimiters in the cell that has the line breaks, as it does in texts.
    """
    mark, between = dialect.delimiter, dialect.columns - 1
    if not between or any(line.count(mark) != between for line in lines):
        return False
    whole = [cell for cell in cells if breaks(cell)]
    return all(mark in cell and f"{mark} " not in cell for cell in whole)


def row_of_rows(lines: Sequence[str], cells: list[str]) -> WrongRow:
    """Return the row whose lines are rows by themselves."""
    position, cell = max(enumerate(cells), key=lambda numbered: breaks(numbered[1]))
    opens = next(index for index, line in enumerate(lines) if cell.splitlines()[0] in line)
    return WrongRow(len(lines), cells, position, cell, opens, is_open=False, has_rows=True)


def wrong_cell(text: str, dialect: Dialect) -> tuple[int, Cell]:
    """Return the first cell of a row whose quotes are wrong, or else that of most lines."""
    cells = list(enumerate(_cells(text, dialect)))
    wrong = next((numbered for numbered in cells if numbered[1].is_wrong), None)
    return wrong or max(cells, key=lambda numbered: breaks(numbered[1].text))


def breaks(text: str) -> int:
    """Return how many lines end in a text."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _height(lines: Sequence[str], dialect: Dialect) -> int:
    """Return how many lines the first row has; 0 if its last cell is never closed."""
    text = "".join(lines)
    *_, last = _cells(text, dialect)
    return 0 if last.is_open else breaks(text[: last.end]) + 1


def _are_rows(lines: Sequence[str], dialect: Dialect) -> bool:
    """Return whether lines are rows with as many cells as the header; there may be none."""
    text = "".join(lines[:MOST_LINES])[: _AHEAD[1]]
    if not text:
        return True
    # Of a single column, each line inside a cell would be a row.
    if dialect.columns == 1:
        return False
    for number, cells in enumerate(islice(_rows(text, dialect), _ROWS_BELOW)):
        if cells[-1].is_open and number >= _ENOUGH:
            # The text may be cut off in this row.
            return True
        if not (cells[-1].is_open or _is_row(cells, dialect)):
            return False
    return True


def _is_row(cells: Sequence[Cell], dialect: Dialect) -> bool:
    columns = dialect.columns
    if len(cells) < columns or any(cell.text.strip() for cell in cells[columns:]):
        return False
    # The quote that closes a cell of several lines would be such a quote.
    return not any(not cell.is_quoted and cell.text.endswith(dialect.quote) for cell in cells)


def _rows(text: str, dialect: Dialect) -> Iterator[list[Cell]]:
    """Yield the cells of each row that is not blank."""
    start = 0
    while start < len(text):
        cells = list(_cells(text, dialect, start))
        if any(cell.text.strip() for cell in cells):
            yield cells
        last = cells[-1]
        # A row whose quote is left open is wrong too, and ends on the line where it opens.
        end = _first(_LINE_END, text, last.start) if last.is_open else last.end
        start = end + (2 if text.startswith("\r\n", end) else 1)


def _cells(text: str, dialect: Dialect, start: int = 0) -> Iterator[Cell]:
    """Yield the cells of one row."""
    while True:
        cell = _cell(text, dialect, start)
        yield cell
        if not text.startswith(dialect.delimiter, cell.end):
            return
        start = cell.end + 1


def _cell(text: str, dialect: Dialect, start: int) -> Cell:
    delimiter, quote, _ = dialect
    if not text.startswith(quote, start):
        end = _first(_ends(delimiter), text, start)
        held = text[start:end]
        return Cell(start, end, held, is_quoted=False, is_open=False, has_stray_quote=quote in held)
    closed = _closed(delimiter, quote).match(text, start)
    closing = closed.end() - 1 if closed else -1
    is_open = closing < 0
    end = len(text) if is_open else closing + 1
    held = text[start + 1 :].rstrip("\r\n") if is_open else text[start + 1 : closing]
    is_stray = quote in held.replace(quote * 2, "")
    held = held.replace(quote * 2, quote)
    return Cell(start, end, held, is_quoted=True, is_open=is_open, has_stray_quote=is_stray)


@cache
def _closed(delimiter: str, quote: str) -> re.Pattern[str]:
    """Return what a cell with quotes is, up to the one that a delimiter or the end follows."""
    mark, end = re.escape(quote), rf"[{re.escape(delimiter)}\r\n]"
    # Possessive: no place of a text is looked at twice.
    return re.compile(rf"{mark}(?:[^{mark}]++|{mark}{mark}|{mark}(?!{end}|\Z))*+{mark}")


@cache
def _ends(delimiter: str) -> re.Pattern[str]:
    """Return what a cell without quotes ends before."""
    return re.compile(f"[{re.escape(delimiter)}\r\n]")


def _first(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a pattern matches first, or the end of the text."""
    match = pattern.search(text, start)
    return match.start() if match else len(text)
