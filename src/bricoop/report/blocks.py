"""What sections are made of: text, key figures, tables, charts, maps and notes, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from bricoop.domain.grammar import counted
from bricoop.query.citations import Citation

Cell = Any
Number = int | Decimal


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: its field name in JSON.
        label: its heading for people.
        number: whether its values are numbers.
        coded: whether its values are codes that people read by their labels.
        money: whether its values are money, which people read to the cent.
        identifies: whether its numbers name something, as years and loads do.
        usual: a value that goes without saying: where every row has it, people see no such column.
    """

    name: str
    label: str
    number: bool = False
    coded: bool = False
    money: bool = False
    identifies: bool = False
    usual: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table: its cells, and who says so where."""

    cells: tuple[Cell, ...]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command of bricoop that shows more than a report does.

    Attributes:
        shows: what it shows.
        text: the command.
    """

    shows: str
    text: str


@dataclass(frozen=True)
class Extent:
    """Of how many rows a table has the first.

    Attributes:
        number: how many there are.
        noun: what they are, in the plural: projects.
        order: which come first: largest, latest, first.
        ranked: by what they are in order, where that is not their size: with the most projects.
    """

    number: int
    noun: str = "rows"
    order: str = "first"
    ranked: str = ""

    def sentence(self, shown: int) -> str:
        """Return which rows of how many a table shows; nothing where it shows all of them."""
        if shown >= self.number:
            return ""
        of = counted(self.number, self.noun)
        if self.ranked:
            return f"The {shown:,} {self.ranked}, of {of}."
        return f"The {shown:,} {self.order} of {of}."


@dataclass(frozen=True)
class Text:
    """Paragraphs, each a plain text or, where `markdown` says so, one in Markdown."""

    type: ClassVar[str] = "text"
    paragraphs: tuple[str, ...]
    citations: tuple[Citation, ...] = ()
    markdown: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A figure that stands out.

    Attributes:
        name: its field name in JSON.
        label: what it counts, for people.
        value: the figure itself, exact.
        unit: what it is in, such as `nominal USD`; empty for a number of things.
        counted: how it was counted: the rule by name, and of how many rows; always there for money.
        citations: who says what it was counted from, where.
    """

    name: str
    label: str
    value: Number | None
    unit: str = ""
    counted: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class KeyFigures:
    """A few figures that stand side by side."""

    type: ClassVar[str] = "figures"
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Table:
    """Rows of one kind, or a sentence on why there are none.

    Attributes:
        columns: the columns of its rows.
        lines: the rows.
        title: its own heading, where a section has several.
        note: a sentence above it.
        empty: what to say where there are no rows.
        extent: of how many rows it has the first; None where it has all of them.
        commands: what shows more than it does.
        is_whole: whether it says little without all of its rows, as a comparison does.
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
        """What stands above its rows: which of how many they are, and its note."""
        of = self.extent.sentence(len(self.lines)) if self.extent else ""
        return " ".join(filter(None, (of, self.note)))


class ChartKind(StrEnum):
    """How figures are drawn: bars of categories, bars on each other, columns over time, lines."""

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
    """Figures to be looked at; what it shows can always be read as a table, too.

    Attributes:
        name: its field name in JSON.
        title: what it shows.
        kind: how it is drawn.
        category: what the categories are: Year, Country, Link.
        categories: their names, in the order in which they are drawn.
        series: the figures.
        unit: what they are in; empty for numbers of things.
        note: how they were counted, and by which rule where they are money.
        citations: who says what they were counted from.
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
    """A country on a map, and how much of something it has."""

    alpha3: str
    name: str
    value: Number


@dataclass(frozen=True)
class Point:
    """A place on a map, in WGS 84 degrees: what is there, how near that is, and its own name."""

    latitude: float
    longitude: float
    label: str
    precision: str
    name: str = ""


@dataclass(frozen=True)
class Map:
    """Countries coloured by a figure, and projects as points.

    Attributes:
        name: its field name in JSON.
        title: what it shows.
        measure: what the colours tell: Projects.
        shades: the countries that have any.
        points: the places.
        unit: what the figures are in.
        note: how they were counted.
        citations: who says what is shown.
        frame: alpha-3 codes of countries that are shown whole, with the places.
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
    """What a reader must know, and the commands that show more."""

    type: ClassVar[str] = "note"
    text: str
    citations: tuple[Citation, ...] = ()
    commands: tuple[Command, ...] = ()


Part = Text | KeyFigures | Table | Chart | Map | Note


def citations_in(block: Part) -> Sequence[Citation]:
    """Return who is cited in a part, in the order of its rows or figures."""
    match block:
        case Table():
            return [citation for line in block.lines for citation in line.citations]
        case KeyFigures():
            return [citation for figure in block.figures for citation in figure.citations]
    return block.citations
