"""What reports ask: rows, numbers and counts of a subject, each with who says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, knowledge_base
from bricoop.domain import grammar
from bricoop.domain.vocabularies import label
from bricoop.query.citations import Citation, bibliography, citations_of
from bricoop.query.execute import count, execute
from bricoop.query.groups.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.relations import link_names
from bricoop.report.blocks import Column, Line, Note, Table
from bricoop.report.sections import Report, Section, cited
from bricoop.version import __version__

Filters = Mapping[str, tuple[str, ...]]
Rows = list[dict[str, Any]]
#: Nothing is recorded of it.
UNKNOWN = "not recorded"


@dataclass(frozen=True)
class Count:
    """How many rows a group has; its code or key, and its name for people."""

    code: Any
    name: str
    number: int


class ReportQueries:
    """Asks one state of a knowledge base."""

    def __init__(self, connection: Connection) -> None:
        """Ask through an open connection."""
        self.connection = connection
        self.links = link_names(connection)

    def rows(self, noun: str, filters: Filters, limit: int | None = None, sort: str = "") -> Rows:
        """Return rows under the names of their fields."""
        answer = execute(self.connection, Question(noun, filters, limit=limit, sort=sort))
        names = [field.name for field in answer.fields]
        return [dict(zip(names, row, strict=True)) for row in answer.rows]

    def keys(self, noun: str, filters: Filters) -> list[str]:
        """Return the keys of rows."""
        answer = execute(self.connection, Question(noun, filters, columns=("key",)))
        return [str(row[0]) for row in answer.rows]

    def number(self, noun: str, filters: Filters) -> int:
        """Return how many rows there are."""
        return count(self.connection, Question(noun, filters))

    def number_where(self, noun: str, filters: Filters, condition: str) -> int:
        """Return of how many rows a condition holds, in the language of `--where`."""
        return count(self.connection, Question(noun, filters, where=(condition,)))

    def counts(self, noun: str, filters: Filters, by: str) -> list[Count]:
        """Return how many rows each group has, the largest first; those of time in their order."""
        grouping = Grouping((by,), ("count",), add_sources=True)
        answer = execute(self.connection, Question(noun, filters, grouping=grouping))
        names = [field.name for field in answer.fields]
        counts = []
        for row in answer.rows:
            cells = dict(zip(names, row, strict=True))
            code = cells.get(f"{by}_key", row[0])
            name = cells.get(f"{by}_name") or row[0]
            shown = (
                UNKNOWN if name is None else label(name) if by in _CODED_DIMENSIONS else str(name)
            )
            counts.append(Count(code, shown, int(cells["count"])))
        if by == "year":
            return sorted(counts, key=lambda count: (count.code is None, str(count.code)))
        return sorted(counts, key=lambda count: (-count.number, count.code is None, count.name))

    def source_citations(self, noun: str, filters: Filters, of: str = "") -> tuple[Citation, ...]:
        """Return the sources of rows, each with how many of them it speaks of.

        Args:
            noun: what rows are.
            filters: which of them.
            of: whose rows they are, where those of several are cited together.
        """
        whose = f" of {of}" if of else ""
        return tuple(
            Citation(str(count.code), f"{counted(count.number, noun)}{whose}")
            for count in self.counts(noun, filters, "source")
            if count.code is not None
        )

    def citations_by(self, noun: str, filters: Filters, by: str) -> dict[str, tuple[Citation, ...]]:
        """Return for each code or key of a dimension the sources of its rows, as `speaking`."""
        grouping = Grouping((by, "source"), ("count",), add_sources=True)
        answer = execute(self.connection, Question(noun, filters, grouping=grouping))
        names = [field.name for field in answer.fields]
        sources_of: dict[str, list[tuple[int, str]]] = {}
        for row in answer.rows:
            cells = dict(zip(names, row, strict=True))
            code = cells.get(f"{by}_key", row[0])
            sources_of.setdefault(str(code), []).append((int(cells["count"]), str(cells["source"])))
        return {
            code: tuple(
                Citation(key, counted(number, noun))
                for number, key in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
            )
            for code, pairs in sources_of.items()
        }

    def entity_citations(self, rows: Rows) -> dict[str, tuple[Citation, ...]]:
        """Return by key of an entity who describes it where."""
        keys = [row["key"] for row in rows]
        entities = self.connection.execute(
            select(entity.c.id, entity.c.key).where(in_values(self.connection, entity.c.key, keys))
        ).all()
        citations = citations_of(self.connection, [row.id for row in entities])
        return {row.key: tuple(citations.get(row.id, ())) for row in entities}

    def report(
        self,
        kind: str,
        key: str,
        titles: tuple[str, str],
        summary: str,
        sections: Sequence[Section],
    ) -> Report:
        """Return a report with its bibliography.

        Args:
            kind: what it is a report on.
            key: key of its subject; empty where it has none.
            titles: its heading, and the line below.
            summary: what it comes to.
            sections: what it is made of.
        """
        sections = [*map(_without_repeated_titles, sections), *_method_section(sections)]
        return Report(
            kind=kind,
            key=key,
            title=titles[0],
            subtitle=titles[1],
            summary=summary,
            sections=tuple(sections),
            sources=tuple(bibliography(self.connection, cited(sections))),
            knowledge_base=self.connection.scalar(select(knowledge_base.c.version)) or 0,
            tool_version=__version__,
            made=datetime.now(UTC).date().isoformat(),
        )


#: The section on how figures were made.
METHOD, METHOD_TITLE = "method", "How the figures were made"
_COMMAND_COLUMNS = (Column("what", "What"), Column("command", "Command"))
_CODED_DIMENSIONS = frozenset(
    {"kind", "status", "instrument", "project_kind", "precision", "sector"}
)


def counted(number: int, plural: str) -> str:
    """Return a number with its noun, as a sentence has it: no projects, 1 policy, 12 agreements."""
    return grammar.counted(number, plural) if number else f"no {plural}"


def listing(phrases: Sequence[str]) -> str:
    """Return parts as a sentence lists them: a, b and c."""
    if len(phrases) < 2:  # noqa: PLR2004 (one has nothing to be joined with)
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _method_section(sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the section of the commands that show more than a report does, where there are any."""
    lines = {
        command.text: Line((f"{section.title}: {command.shows}", command.text))
        for section in sections
        for block in section.parts
        if isinstance(block, Table | Note)
        for command in block.commands
    }
    if lines:
        note = (
            "Commands of bricoop that show the rows behind figures, and rows that are not listed."
        )
        table = Table(_COMMAND_COLUMNS, tuple(lines.values()), "", note)
        yield Section(METHOD, METHOD_TITLE, (table,))


def _without_repeated_titles(section: Section) -> Section:
    """Return a section of which no table repeats the heading."""
    blocks = tuple(
        replace(block, title="")
        if isinstance(block, Table) and block.title == section.title
        else block
        for block in section.parts
    )
    return replace(section, parts=blocks)
