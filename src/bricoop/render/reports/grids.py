"""Tables of a report as used by the HTML template, with collapsed rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from bricoop.query.entity.citations import Citation
from bricoop.render.reports.columns import Layout, layout_of
from bricoop.render.reports.rows import table_rows
from bricoop.render.table import Heading
from bricoop.render.widths import longest_word
from bricoop.report.blocks import Table
from bricoop.report.sections import Report

#: Rows shown initially on wide screens and on phones, and the least number worth collapsing.
_FIRST, _FIRST_NARROW, _FEW = 10, 5, 2
#: Longer words than this may be broken on a screen.
_LONGEST_WORD = 24
#: Tables with at least this many columns become lists of cards on phones.
_CARDS = 3


@dataclass(frozen=True)
class Grid:
    """A table as used by the HTML template.

    Attributes:
        headings: the headings, including that of the citations.
        lines: the rows: their cells as text, and their citations.
        layout: the widths of the columns.
        cited: whether the last column has citations.
    """

    headings: list[Heading]
    lines: Sequence[tuple[list[str], Sequence[Citation]]]
    layout: Layout
    cited: bool

    @property
    def classes(self) -> str:
        """The CSS classes of the table."""
        cards = "cards" if len(self.headings) >= _CARDS else ""
        return " ".join(filter(None, (cards, self.layout.density)))

    @staticmethod
    def is_long(cell: str) -> bool:
        """Return whether a cell has a word that may be broken, such as a URL."""
        return longest_word([cell]) > _LONGEST_WORD

    @property
    def folded(self) -> str:
        """The CSS class of screens that collapse some rows; empty for none."""
        return folded(len(self.lines))

    def folding(self, index: int) -> str:
        """Return the CSS class of screens that collapse a row; empty for none."""
        return folding(len(self.lines), index)


def grid_of(report: Report, table: Table) -> Grid:
    """Return the grid of a table."""
    headings, rows = table_rows(report, table)
    cited = any(line.citations for line in table.lines)
    number = len(headings) - cited
    lines = [
        (
            [headings[index].text(row[index]) for index in range(number)],
            line.citations,
        )
        for row, line in zip(rows, table.lines, strict=True)
    ]
    return Grid(headings, lines, layout_of(headings, rows), cited)


def folded(number: int) -> str:
    """Return the CSS class of screens that collapse some of the given number of rows."""
    if number > _FIRST + _FEW:
        return "everywhere"
    return "on-phones" if number > _FIRST_NARROW + _FEW else ""


def folding(number: int, index: int) -> str:
    """Return the CSS class of screens that collapse the row at an index."""
    if number > _FIRST + _FEW and index >= _FIRST:
        return "rest"
    return "rest-on-phones" if number > _FIRST_NARROW + _FEW and index >= _FIRST_NARROW else ""
