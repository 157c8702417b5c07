"""What a survey of a sheet finds besides values, and notes on it: errors, hidden rows, formats."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bricoop.domain.english import agree, counted
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.number_formats import Shape

#: The size of a sheet of Excel and LibreOffice.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
#: How many runs of rows or columns a note lists, and how much of a format.
_LISTED = 5
_CODE_LENGTH = 40


@dataclass
class Marks:
    """Information on a sheet besides the values of its cells; rows and columns count from 1.

    Attributes:
        cells: texts of errors and formulas, by row and column.
        shapes: for each column, the first rows of runs of cells with the same format, and for each
            run its last row and the format.
        errors: the number of cells that show an error.
        uncounted: the number of formulas that were never computed.
        hidden_rows: runs of hidden rows, as first and last row.
        hidden_columns: runs of hidden columns.
        height: the last row with a value; hidden rows below it are not noted.
        width: the last column with a value.
    """

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    shapes: dict[int, tuple[list[int], list[tuple[int, Shape]]]] = field(default_factory=dict)
    errors: int = 0
    uncounted: int = 0
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    height: int = MOST_ROWS
    width: int = MOST_COLUMNS

    def shape(self, row: int, column: int) -> Shape | None:
        """Return the format of a cell, or None if its plain value says the same."""
        begins, runs = self.shapes[column]
        index = bisect_right(begins, row) - 1
        return runs[index][1] if index >= 0 and runs[index][0] >= row else None

    def add_shape(self, first: int, last: int, column: int, shape: Shape) -> None:
        """Add the format of some rows of a column; rows must be added in order."""
        begins, runs = self.shapes.setdefault(column, ([], []))
        # Equal formats are stored as runs, as whole columns share one and a sheet has a million
        # rows.
        if runs and runs[-1] == (first - 1, shape):
            runs[-1] = (last, shape)
        elif not runs or first > runs[-1][0]:
            begins.append(first)
            runs.append((last, shape))

    @property
    def notes(self) -> list[str]:
        """Notes on the sheet, one sentence each."""
        notes = []
        if self.errors:
            notes.append(f"In error: {counted(self.errors, 'cells')}, read as the error's name.")
        if self.uncounted:
            formulas = counted(self.uncounted, "formulas")
            notes.append(f"Never computed: {formulas}, read as it stands.")
        if runs := joined_runs(_within(self.hidden_rows, self.height)):
            number = sum(last - first + 1 for first, last in runs)
            were, which = agree(number, "was", "were"), agree(number, "row", "rows")
            listed = ", ".join([*map(_span, runs[:_LISTED]), *["…"][: len(runs) > _LISTED]])
            notes.append(f"{counted(number, 'hidden rows')} {were} read too: {which} {listed}.")
        if runs := _within(self.hidden_columns, self.width):
            columns = ", ".join(_span(map(letters, run)) for run in runs[:_LISTED])
            is_one = len(runs) == 1 and " to " not in columns
            subject = "A hidden column was" if is_one else "Hidden columns were"
            notes.append(f"{subject} read too: {columns}.")
        return notes + self._format_notes()

    def _format_notes(self) -> list[str]:
        columns_of: dict[str, list[str]] = defaultdict(list)
        for column, (_, runs) in sorted(self.shapes.items()):
            for code in dict.fromkeys(shape.code for _, shape in runs):
                columns_of[code].append(letters(column))
        return [
            f"Read as the sheet shows it: column {', '.join(columns[:_LISTED])}, of the format"
            f" {code[:_CODE_LENGTH]}."
            for code, columns in columns_of.items()
        ]


def joined_runs(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs of rows in order, with adjacent and overlapping ones joined.

    >>> joined_runs([(3, 3), (7, 9), (4, 5)])
    [(3, 5), (7, 9)]
    """
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and joined[-1][1] >= first - 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _within(runs: Iterable[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """Return runs up to a last row or column; programs hide rows to the end of the sheet."""
    return [(first, min(last, end)) for first, last in runs if first <= min(last, end)]


def _span(run: Iterable[object]) -> str:
    """Return a run as `7 to 12`, or as `7` if it is a single row."""
    return " to ".join(dict.fromkeys(map(str, run)))
