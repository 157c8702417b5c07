"""What a report is: a heading, a sentence, sections of plain data, and a numbered bibliography."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bricoop.query.citations import Citation, SourceEntry

Cell = Any


@dataclass(frozen=True)
class Column:
    """A column of a section's table.

    Attributes:
        name: its field name in JSON.
        label: its heading for people.
        number: whether its values are numbers.
        coded: whether its values are codes that people read by their labels.
    """

    name: str
    label: str
    number: bool = False
    coded: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a section's table: its cells, and who says so where."""

    cells: tuple[Cell, ...]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section: rows of one kind, or a sentence on why there are none.

    Attributes:
        name: its field name in JSON.
        title: its heading.
        columns: the columns of its rows.
        lines: the rows.
        note: a sentence under the heading.
        empty: what to say where there are no rows.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    note: str = ""
    empty: str = "Nothing is recorded."


@dataclass(frozen=True)
class Report:
    """A report, ready to be drawn.

    Attributes:
        kind: what it is a report on, such as country.
        key: key of its subject.
        title: its heading.
        subtitle: codes and place of its subject.
        summary: what it comes to, in a sentence or two.
        sections: its sections.
        sources: its bibliography; rows refer to it by number, from 1.
        knowledge_base: version of the knowledge base it was made from.
    """

    kind: str
    key: str
    title: str
    subtitle: str
    summary: str
    sections: tuple[Section, ...]
    sources: tuple[SourceEntry, ...]
    knowledge_base: int
    tool_version: str = field(default="")

    def number_of(self, source: str) -> int:
        """Return the number of a source in the bibliography."""
        return [entry.key for entry in self.sources].index(source) + 1


def cited(sections: Sequence[Section]) -> list[str]:
    """Return the keys of the sources that sections cite, in order of first mention."""
    return list(
        dict.fromkeys(
            citation.source
            for section in sections
            for line in section.lines
            for citation in line.citations
        )
    )
