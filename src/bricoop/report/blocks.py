"""The blocks of a section as plain data: text, key figures, tables, charts, maps and notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from bricoop.domain.cells import Cell
from bricoop.domain.english import counted
from bricoop.query.entity.citations import Citation

#: A value of a row; lists are joined when they are shown.
Number = int | Decimal


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: its field name in JSON.
        label: its heading.
        number: whether its values are numbers.
        coded: whether its values are codes of a vocabulary, shown by their labels.
        money: whether its values are money, shown with two decimals.
        identifies: whether its numbers are identifiers, such as years or numbers of loads, which
            are shown without thousands separators.
        usual: the column is hidden, except in JSON, where every row has this value.
        beside: the name of a column whose cells have the value in brackets, except in JSON; empty
            for a column of its own.
    """

    name: str
    label: str
    number: bool = False
    coded: bool = False
    money: bool = False
    identifies: bool = False
    usual: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table: its cells, and the sources and locators that they are from."""

    cells: tuple[Cell, ...]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command of bricoop that lists rows behind a report, or rows that it leaves out.

    Attributes:
        shows: the rows that it lists, in words.
        text: the command line.
    """

    shows: str
    text: str


@dataclass(frozen=True)
class Extent:
    """The total number of rows behind a table that shows only the first of them.

    Attributes:
        number: the total number of rows.
        noun: the plural of what a row is, such as `projects`.
        order: the adjective for the rows shown: `largest`, `latest` or `first`.
        ranked: a phrase for the rows shown, instead of `order`: `with the most projects`.
    """

    number: int
    noun: str = "rows"
    order: str = "first"
    ranked: str = ""

    def sentence(self, shown: int) -> str:
        """Return `The 10 largest of 42 projects.`; empty where all rows are shown."""
        if shown >= self.number:
            return ""
        total = counted(self.number, self.noun)
        if self.ranked:
            return f"The {shown:,} {self.ranked}, of {total}."
        return f"The {shown:,} {self.order} of {total}."


@dataclass(frozen=True)
class Text:
    """Paragraphs of plain text, or of Markdown where `markdown` is true."""

    type: ClassVar[str] = "text"
    paragraphs: tuple[str, ...]
    citations: tuple[Citation, ...] = ()
    markdown: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A figure that is shown large, above tables and charts.

    Attributes:
        name: its field name in JSON.
        label: what it counts, in words.
        value: the figure itself, exact.
        unit: its unit, such as `nominal USD`; empty for a number of rows.
        counted: for money, the counting rule and the number of rows counted; otherwise empty.
        citations: the sources and locators of the rows that it was counted from.
    """

    name: str
    label: str
    value: Number | None
    unit: str = ""
    counted: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class KeyFigures:
    """Key figures shown side by side."""

    type: ClassVar[str] = "figures"
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Table:
    """Rows under common columns, or a sentence where there are none.

    Attributes:
        columns: the columns of its rows.
        lines: the rows.
        title: its own heading, where a section has several blocks.
        note: a sentence above the rows.
        empty: the sentence shown instead of rows where there are none.
        extent: the total number of rows, where the table shows only the first; None otherwise.
        commands: commands that list its rows, or those that it leaves out.
        is_whole: whether a brief report must not cut it, as it compares its rows.
    """

    type: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    title: str = ""
    note: str = ""
    empty: str = "Nothing is recorded."
    extent: Extent | None = None
    commands: tuple[Command, ...] = ()
    is_whole: bool = False

    @property
    def heading_note(self) -> str:
        """The text above its rows: how many of the total are shown, and its note."""
        shown = self.extent.sentence(len(self.lines)) if self.extent else ""
        return " ".join(filter(None, (shown, self.note)))


class ChartKind(StrEnum):
    """How figures are drawn.

    BARS is one horizontal bar per category, GROUPED one per category and series, COLUMNS vertical
    columns over time, and LINES a line over time for each series.
    """

    BARS = "bars"
    GROUPED = "grouped"
    COLUMNS = "columns"
    LINES = "lines"


@dataclass(frozen=True)
class Series:
    """One value for each category of a chart; None where nothing is recorded."""

    name: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart of one or more series over common categories.

    It holds all its figures, so that they can be shown as a table as well.

    Attributes:
        name: its field name in JSON.
        title: its heading.
        kind: how it is drawn.
        category: the heading of the categories, such as Year, Country or Link.
        categories: their names, in the order in which they are drawn.
        series: the figures.
        unit: their unit; empty for numbers of rows.
        note: how they were counted; for money, by which rule.
        citations: the sources of the rows that were counted.
    """

    type: ClassVar[str] = "chart"
    name: str
    title: str
    kind: ChartKind
    category: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    note: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Shade:
    """A country on a map, and the figure that it is coloured by."""

    alpha3: str
    name: str
    value: Number


@dataclass(frozen=True)
class Point:
    """A location on a map.

    Attributes:
        latitude: in degrees, WGS 84.
        longitude: in degrees, WGS 84.
        label: the names of the location and of its project.
        precision: the code of how exact the coordinates are.
        name: the name of the location alone; empty where the source gives none.
    """

    latitude: float
    longitude: float
    label: str
    precision: str
    name: str = ""


@dataclass(frozen=True)
class Map:
    """A map with countries coloured by a figure, and locations of projects as points.

    Attributes:
        name: its field name in JSON.
        title: its heading.
        measure: what the colours stand for, such as Projects.
        shades: the countries that have a figure.
        points: the locations.
        unit: the unit of the figures.
        note: how they were counted.
        citations: the sources of what is shown.
        frame: alpha-3 codes of countries that must be visible as a whole, besides all points.
    """

    type: ClassVar[str] = "map"
    name: str
    title: str
    measure: str
    shades: tuple[Shade, ...]
    points: tuple[Point, ...] = ()
    unit: str = ""
    note: str = ""
    citations: tuple[Citation, ...] = ()
    frame: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A remark, and commands that list the rows that it is about."""

    type: ClassVar[str] = "note"
    text: str
    citations: tuple[Citation, ...] = ()
    commands: tuple[Command, ...] = ()


#: Any block of a section.
Block = Text | KeyFigures | Table | Chart | Map | Note


def citations_in(block: Block) -> Sequence[Citation]:
    """Return the citations of a block, in the order of its rows or figures."""
    match block:
        case Table():
            return [citation for line in block.lines for citation in line.citations]
        case KeyFigures():
            return [citation for figure in block.figures for citation in figure.citations]
    return block.citations
