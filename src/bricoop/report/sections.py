"""Report and Section: a report is sections of blocks with a numbered bibliography."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bricoop.query.entity.citations import Citation, SourceEntry
from bricoop.report.blocks import Block, Chart, Column, Line, Map, Table, citations_in


@dataclass(frozen=True)
class Section:
    """A section: a heading and blocks.

    Attributes:
        name: its field name in JSON.
        title: its heading.
        parts: its blocks, in order.
    """

    name: str
    title: str
    parts: tuple[Block, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it has only tables without rows, or no blocks."""
        return not any(not isinstance(block, Table) or block.lines for block in self.parts)


@dataclass(frozen=True)
class Report:
    """A report as plain data, which `bricoop.render.reports` writes in any format.

    Attributes:
        kind: the kind of report, such as `country`.
        key: the key of its subject; empty where it has none.
        title: its title.
        subtitle: the line below the title, such as codes and region of a country.
        summary: its summary, in a sentence or two.
        sections: its sections.
        sources: its bibliography; rows refer to it by number, from 1.
        knowledge_base: version of the knowledge base it was made from.
        tool_version: version of bricoop.
        made: the day on which it was made, in UTC: `2026-11-29`.
        brief: whether it is the one-page form of a longer report.
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
    made: str = field(default="")
    brief: bool = False

    @property
    def has_drawings(self) -> bool:
        """Whether it has charts or maps."""
        return any(
            isinstance(block, Chart | Map) for section in self.sections for block in section.parts
        )

    def number_of(self, source: str) -> int:
        """Return the number of a source in the bibliography."""
        return [entry.key for entry in self.sources].index(source) + 1


def table(
    name: str,
    title: str,
    columns: Sequence[Column],
    lines: Sequence[Line],
    note: str = "",
    empty: str = "Nothing is recorded.",
) -> Section:
    """Return a section with one table."""
    return Section(name, title, (Table(tuple(columns), tuple(lines), "", note, empty),))


def once(lines: Sequence[Line]) -> list[Line]:
    """Return lines without repetition; each has the citations of all lines with the same cells."""
    citations: dict[tuple[object, ...], list[Citation]] = {}
    for line in lines:
        citations.setdefault(line.cells, []).extend(line.citations)
    cells_once = dict.fromkeys(line.cells for line in lines)
    return [Line(cells, tuple(dict.fromkeys(citations[cells]))) for cells in cells_once]


def cited(sections: Sequence[Section]) -> list[str]:
    """Return the keys of the sources that sections cite, in order of first mention."""
    return list(
        dict.fromkeys(
            citation.source
            for section in sections
            for block in section.parts
            for citation in citations_in(block)
        )
    )
