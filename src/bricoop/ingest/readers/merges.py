"""Merged cells below the header: what the first cell says holds for all that it covers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bricoop.ingest.readers.cells import letters

#: The first and the last cell of a range: row and column of each, counted from 0.
Range = tuple[tuple[int, int], tuple[int, int]]
_YEARS = range(1900, 2101)


class Merge(NamedTuple):
    """What is to be told of a range.

    Attributes:
        column: its first column, counted from 0.
        value: what its first cell says.
        rule: what became of that.
        hint: what to do if it is wrong.
    """

    column: int
    value: str
    rule: str
    hint: str


@dataclass
class _Open:
    """A range of which rows are still to come."""

    left: int
    right: int
    bottom: int
    text: str


class Merges:
    """The merged ranges of a sheet's body, followed row by row.

    A text, a date or a year fills the whole range, as a reader of the sheet takes it. Any other
    number stays where it is: an amount that stands once must not be counted in each row.
    """

    def __init__(self, ranges: Sequence[Range], header_row: int) -> None:
        """Take the ranges that begin below the header, whose row is counted from 1."""
        self._to_come = sorted(
            (cells for cells in ranges if cells[0][0] >= header_row), reverse=True
        )
        #: By their first columns: ranges of a sheet do not overlap, whatever a file says.
        self._open: dict[int, _Open] = {}

    def fill(
        self, number: int, cells: list[str], values: Sequence[Any], first_column: int
    ) -> Iterator[Merge]:
        """Fill the cells of a row that merged ranges cover; yield the ranges that begin in it.

        Args:
            number: the row, counted from 1; rows come in order.
            cells: its texts, which are changed.
            values: its values, as the workbook has them.
            first_column: the column of the first of them, counted from 0.
        """
        if self._open:
            self._open = {n: merge for n, merge in self._open.items() if merge.bottom >= number}
            for merge in self._open.values():
                _fill(cells, merge, first_column)
        while self._to_come and self._to_come[-1][0][0] < number:
            (top, left), (bottom, right) = self._to_come.pop()
            position = left - first_column
            text = cells[position] if top == number - 1 and 0 <= position < len(cells) else ""
            if not text or (top, left) == (bottom, right) or left in self._open:
                continue
            name = f"{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"
            if position < len(values) and _is_counted(values[position]):
                rule = f"is merged over {name}: the number counts once, in row {number}"
                yield Merge(left, text, rule, "Write it into each row that it belongs to.")
                continue
            self._open[left] = _Open(left, right, bottom + 1, text)
            _fill(cells, self._open[left], first_column)
            rule = f"is merged over {name}: it counts for all {_size(top, left, bottom, right)}"
            yield Merge(left, text, rule, "Unmerge the cells if that is wrong.")


def _fill(cells: list[str], merge: _Open, first_column: int) -> None:
    first, last = max(0, merge.left - first_column), min(merge.right - first_column + 1, len(cells))
    for position in range(first, last):
        cells[position] = cells[position] or merge.text


def _is_counted(value: Any) -> bool:
    return type(value) in {int, float} and value not in _YEARS


def _size(top: int, left: int, bottom: int, right: int) -> str:
    rows, columns = bottom - top + 1, right - left + 1
    if columns == 1:
        return f"{rows} rows"
    return f"{columns} columns" if rows == 1 else f"{rows} rows and {columns} columns"
