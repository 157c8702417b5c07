"""Tables of a report as a page sets them: cells, widths, and which rows a screen folds away."""

from collections.abc import Sequence
from dataclasses import dataclass

from bricoop.query.citations import Citation
from bricoop.render.reports.columns import Layout, layout_of
from bricoop.render.reports.rows import table_rows
from bricoop.render.table import Heading
from bricoop.report.blocks import Table
from bricoop.report.sections import Report

#: So many rows are shown at first on a wide screen and on a phone, where more than a few follow.
_FIRST, _FIRST_NARROW, _FEW = 10, 5, 2
#: A table of so many columns becomes a list of cards on a phone.
_CARDS = 3


@dataclass(frozen=True)
class Grid:
    """A table as a page sets it.

    Attributes:
        headings: of its columns, with that of the citations.
        lines: its rows: their cells as people read them, and their citations.
        layout: the widths of its columns.
        cited: whether its last column has citations.
    """

    headings: list[Heading]
    lines: Sequence[tuple[list[str], Sequence[Citation]]]
    layout: Layout
    cited: bool

    @property
    def classes(self) -> str:
        """The classes of the table in the style sheet."""
        cards = "cards" if len(self.headings) >= _CARDS else ""
        return " ".join(filter(None, (cards, self.layout.density)))

    @property
    def folded(self) -> str:
        """On which screens some rows are folded away, as a class; empty for none."""
        return folded(len(self.lines))

    def folding(self, index: int) -> str:
        """Return on which screens a row is folded away, as a class; empty for none."""
        return folding(len(self.lines), index)


def grid_of(report: Report, table: Table) -> Grid:
    """Return a table as a page sets it."""
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
    """Return on which screens some of so many rows are folded away, as a class."""
    if number > _FIRST + _FEW:
        return "everywhere"
    return "on-phones" if number > _FIRST_NARROW + _FEW else ""


def folding(number: int, index: int) -> str:
    """Return on which screens one of so many rows is folded away, as a class."""
    if number > _FIRST + _FEW and index >= _FIRST:
        return "rest"
    return "rest-on-phones" if number > _FIRST_NARROW + _FEW and index >= _FIRST_NARROW else ""
