"""Merged cells below the header: copy the value of the first cell to all that the range covers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.double_encoding import Doubt

#: The first and the last cell of a range: row and column of each, counted from 0.
Range = tuple[tuple[int, int], tuple[int, int]]
_YEARS = range(1900, 2101)


@dataclass
class _Open:
    """A merged range that extends to rows not read yet, from its first to its last column."""

    first: int
    last: int
    last_row: int
    text: str


class Merges:
    """The merged ranges below the header of a sheet, applied row by row.

    A text, date or year is copied to the whole range, as people read it. Any other number stays in
    the first cell only: an amount must not be counted once for each row.
    """

    def __init__(self, ranges: Sequence[Range], header_row: int) -> None:
        """Select the ranges that begin below the header row, which is counted from 1."""
        self._to_come = sorted(
            (cells for cells in ranges if cells[0][0] >= header_row), reverse=True
        )
        #: Open ranges by first column; a range that overlaps another is ignored.
        self._open: dict[int, _Open] = {}

    def fill(
        self, number: int, cells: list[str], values: Sequence[Any], first_column: int
    ) -> Iterator[tuple[int, Doubt]]:
        """Fill the cells of a row covered by ranges; yield a doubt and its column for each new one.

        Args:
            number: the row, counted from 1; rows must be passed in order.
            cells: the texts of its cells, changed in place.
            values: the values of its cells in the workbook.
            first_column: the column of the first cell, counted from 0.
        """
        if self._open:
            self._open = {n: merge for n, merge in self._open.items() if merge.last_row >= number}
            for merge in self._open.values():
                _fill(cells, merge, first_column)
        while self._to_come and self._to_come[-1][0][0] < number:
            (first_row, first), (last_row, last) = self._to_come.pop()
            position = first - first_column
            text = cells[position] if first_row == number - 1 and 0 <= position < len(cells) else ""
            if not text or (first_row, first) == (last_row, last) or first in self._open:
                continue
            name = f"{letters(first + 1)}{first_row + 1}:{letters(last + 1)}{last_row + 1}"
            if position < len(values) and _is_counted(values[position]):
                rule = f"is merged over {name}: the number counts once, in row {number}"
                yield first, Doubt(text, rule, "Write it into each row that it belongs to.")
                continue
            self._open[first] = _Open(first, last, last_row + 1, text)
            _fill(cells, self._open[first], first_column)
            size = _size(last_row - first_row + 1, last - first + 1)
            rule = f"is merged over {name}: it counts for all {size}"
            yield first, Doubt(text, rule, "Unmerge the cells if that is wrong.")


def _fill(cells: list[str], merge: _Open, first_column: int) -> None:
    start, stop = max(0, merge.first - first_column), merge.last - first_column + 1
    for position in range(start, min(stop, len(cells))):
        cells[position] = cells[position] or merge.text


def _is_counted(value: Any) -> bool:
    # 2015 merged over its rows is a year; as an amount it would be unusually small.
    return type(value) in {int, float} and value not in _YEARS


def _size(rows: int, columns: int) -> str:
    if columns == 1:
        return f"{rows} rows"
    return f"{columns} columns" if rows == 1 else f"{rows} rows and {columns} columns"
