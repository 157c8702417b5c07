"""Recover from rows with wrong quotes: find their cells, and where the next row starts."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

from bricoop.ingest.readers.lines import Lines

#: A cell with more lines is taken for an unclosed quote if most rows have one line.
MOST_LINES = 200
#: How many rows below a wrong one are examined, and how many are enough at a cut-off text.
_ROWS_BELOW, _ENOUGH = 20, 3
#: How many lines and characters below a wrong row are examined.
_AHEAD = (2 * MOST_LINES, 1_000_000)
#: After many wrong rows less text is examined, so that refusing takes no longer than loading.
_NARROW, _MANY = (_ROWS_BELOW, 10_000), 20
_LINE_END = re.compile("[\r\n]")


class Dialect(NamedTuple):
    """The dialect of a CSV file.

    Attributes:
        delimiter: the character between two cells.
        quote: the character around a cell.
        columns: how many cells the header has.
    """

    delimiter: str
    quote: str
    columns: int


class Cell(NamedTuple):
    """A cell, with its position in a text.

    Attributes:
        start: the index at which it begins.
        end: the index at which it ends: at a delimiter, line end, or the end of the text.
        text: its content, without the quotes around it.
        is_quoted: whether it begins with a quote.
        is_open: whether no quote closes it.
        has_stray_quote: whether it contains a quote that is not doubled.
    """

    start: int
    end: int
    text: str
    is_quoted: bool
    is_open: bool
    has_stray_quote: bool

    @property
    def is_wrong(self) -> bool:
        """Whether its quotes are wrong; a quote inside an unquoted cell is accepted."""
        return self.is_quoted and (self.is_open or self.has_stray_quote)


class WrongRow(NamedTuple):
    """A row with wrong quotes.

    Attributes:
        lines: the number of its lines.
        cells: the texts of its cells.
        position: the wrong cell, counted from 0.
        as_written: the wrong cell, with its quotes.
        opens: the line of the row on which the wrong cell begins, counted from 0.
        is_open: whether no quote closes the cell.
        has_rows: whether the quotes are valid, but the cell seems to contain whole rows.
    """

    lines: int
    cells: list[str]
    position: int
    as_written: str
    opens: int
    is_open: bool
    has_rows: bool = False


def wrong_row(lines: Lines, dialect: Dialect, before: int = 0) -> WrongRow | None:
    """Return the wrong row that begins with the kept lines, which are put back.

    Two ends of the row are tried: the line on which the wrong quote opens, and the line on which
    its cells end if stray quotes are taken as text. An end is accepted if the rows below have as
    many cells as the header. None means that the start of the next row cannot be determined.

    Args:
        lines: the lines of the file; those of the row are in `kept`.
        dialect: the dialect of the file.
        before: the number of wrong rows above.
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
    return WrongRow(height, cells, position, text[cell.start : cell.end], opens, cell.is_open)


def takes_in_rows(lines: Sequence[str], cells: Sequence[str], dialect: Dialect) -> bool:
    """Return whether the lines of a row look like separate rows, swallowed by a quote.

    This is so if each line has as many cells as the header, ignoring quotes, and no delimiter is
    followed by a space in the cell with line breaks, as commas in prose are.
    """
    mark, between = dialect.delimiter, dialect.columns - 1
    if not between or any(line.count(mark) != between for line in lines):
        return False
    whole = [cell for cell in cells if breaks(cell)]
    return all(mark in cell and f"{mark} " not in cell for cell in whole)


def row_of_rows(lines: Sequence[str], cells: list[str]) -> WrongRow:
    """Return the wrong row for lines that look like separate rows."""
    position, cell = max(enumerate(cells), key=lambda numbered: breaks(numbered[1]))
    opens = next(index for index, line in enumerate(lines) if cell.splitlines()[0] in line)
    return WrongRow(len(lines), cells, position, cell, opens, is_open=False, has_rows=True)


def wrong_cell(text: str, dialect: Dialect) -> tuple[int, Cell]:
    """Return the first cell with wrong quotes, or else the one with the most lines."""
    cells = list(enumerate(_cells(text, dialect)))
    wrong = next((numbered for numbered in cells if numbered[1].is_wrong), None)
    return wrong or max(cells, key=lambda numbered: breaks(numbered[1].text))


def breaks(text: str) -> int:
    """Return the number of line ends in a text."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _height(lines: Sequence[str], dialect: Dialect) -> int:
    """Return the number of lines of the first row; 0 if its last cell is never closed."""
    text = "".join(lines)
    *_, last = _cells(text, dialect)
    return 0 if last.is_open else breaks(text[: last.end]) + 1


def _are_rows(lines: Sequence[str], dialect: Dialect) -> bool:
    """Return whether all lines parse as rows with as many cells as the header."""
    text = "".join(lines[:MOST_LINES])[: _AHEAD[1]]
    if not text:
        return True
    # With a single column, each line inside a cell would pass as a row.
    if dialect.columns == 1:
        return False
    for number, cells in enumerate(islice(_rows(text, dialect), _ROWS_BELOW)):
        if cells[-1].is_open and number >= _ENOUGH:
            # Accept: the text may be cut off in this row.
            return True
        if not (cells[-1].is_open or _is_row(cells, dialect)):
            return False
    return True


def _is_row(cells: Sequence[Cell], dialect: Dialect) -> bool:
    columns = dialect.columns
    if len(cells) < columns or any(cell.text.strip() for cell in cells[columns:]):
        return False
    # An unquoted cell that ends with a quote may be the end of a cell of several lines.
    return not any(not cell.is_quoted and cell.text.endswith(dialect.quote) for cell in cells)


def _rows(text: str, dialect: Dialect) -> Iterator[list[Cell]]:
    """Yield the cells of each row that is not blank."""
    start = 0
    while start < len(text):
        cells = list(_cells(text, dialect, start))
        if any(cell.text.strip() for cell in cells):
            yield cells
        last = cells[-1]
        # A row with an unclosed quote is wrong too, and ends on the line where the quote opens.
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
    """Return the pattern of a quoted cell, up to a quote before a delimiter or line end."""
    mark, end = re.escape(quote), rf"[{re.escape(delimiter)}\r\n]"
    # Possessive: no place of a text is looked at twice.
    return re.compile(rf"{mark}(?:[^{mark}]++|{mark}{mark}|{mark}(?!{end}|\Z))*+{mark}")


@cache
def _ends(delimiter: str) -> re.Pattern[str]:
    """Return the pattern of the characters that end an unquoted cell."""
    return re.compile(f"[{re.escape(delimiter)}\r\n]")


def _first(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return the index of the first match, or the length of the text."""
    match = pattern.search(text, start)
    return match.start() if match else len(text)
