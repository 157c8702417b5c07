"""Notes on a sheet as a whole: errors, formulas, hidden rows and columns, formats."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bricoop.domain.grammar import agree
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.table import several

if TYPE_CHECKING:
    from bricoop.ingest.readers.xlsx_markup import Marks

_SHOWN = 5
_CODE_LENGTH = 40


@dataclass
class Findings:
    """Counts for the notes on a sheet.

    Attributes:
        errors: the number of cells that show an error.
        uncounted: the number of formulas that were never computed.
        hidden_rows: runs of hidden rows, as first and last row, counted from 1.
        hidden_columns: letters of hidden columns, or of runs of them.
    """

    errors: int = 0
    uncounted: int = 0
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)

    def notes(self, marks: "Marks") -> list[str]:
        """Return the notes on these counts and on the formats in `marks`, one sentence each."""
        notes = []
        if self.errors:
            notes.append(f"In error: {several(self.errors, 'cell')}, read as the error's name.")
        if self.uncounted:
            formulas = several(self.uncounted, "formula")
            notes.append(f"Never computed: {formulas}, read as it stands.")
        if self.hidden_rows:
            number = sum(last - first + 1 for first, last in self.hidden_rows)
            rows = several(number, "hidden row")
            were, which = agree(number, "was", "were"), agree(number, "row", "rows")
            notes.append(f"{rows} {were} read too: {which} {_listed(self.hidden_rows)}.")
        if self.hidden_columns:
            columns = ", ".join(self.hidden_columns[:_SHOWN])
            is_one = len(self.hidden_columns) == 1 and " to " not in columns
            subject = "A hidden column was" if is_one else "Hidden columns were"
            notes.append(f"{subject} read too: {columns}.")
        return notes + _of_formats(marks)


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


def _listed(runs: list[tuple[int, int]]) -> str:
    """Return a list of row numbers such as `3, 7 to 12, …`."""
    shown = [f"{first}" if first == last else f"{first} to {last}" for first, last in runs[:_SHOWN]]
    return ", ".join([*shown, "…"] if len(runs) > _SHOWN else shown)


def _of_formats(marks: "Marks") -> list[str]:
    columns_of: dict[str, list[str]] = defaultdict(list)
    for column, (_, runs) in sorted(marks.shapes.items()):
        for code in dict.fromkeys(shape.code for _, shape in runs):
            columns_of[code].append(letters(column))
    return [
        f"Read as the sheet shows it: column {', '.join(columns[:_SHOWN])}, of the format"
        f" {code[:_CODE_LENGTH]}."
        for code, columns in columns_of.items()
    ]
