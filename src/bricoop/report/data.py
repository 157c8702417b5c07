"""The queries that reports are made of: rows, numbers of rows, and their citations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, knowledge_base
from bricoop.domain.english import counted_or_no
from bricoop.domain.vocabularies import label
from bricoop.query.entity.citations import Citation, bibliography, citations_of
from bricoop.query.entity.relations import link_names
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.blocks import Column, Line, Note, Table
from bricoop.report.sections import Report, Section, cited
from bricoop.version import __version__

Filters = Mapping[str, tuple[str, ...]]
Rows = list[dict[str, Any]]
#: Shown instead of an empty value.
UNKNOWN = "not recorded"


@dataclass(frozen=True)
class Count:
    """A group and its number of rows; `name` is the label of its code or key."""

    code: Any
    name: str
    number: int


class ReportQueries:
    """Reads rows and citations for reports through one connection."""

    def __init__(self, connection: Connection) -> None:
        """Take an open connection, whose transaction gives all queries the same state."""
        self.connection = connection
        self.links = link_names(connection)
        #: What was counted before, by the question: several sections have the same figures.
        self._answers: dict[Any, Any] = {}

    def _once(self, question: Question, answer: Callable[[Question], Any]) -> Any:
        """Return the answer to a question, which is asked only once."""
        filters = tuple((name, tuple(values)) for name, values in question.filters.items())
        key = (question.noun, filters, question.where, question.grouping)
        if key not in self._answers:
            self._answers[key] = answer(question)
        return self._answers[key]

    def rows(self, noun: str, filters: Filters, limit: int | None = None, sort: str = "") -> Rows:
        """Return rows as dictionaries by the names of their fields."""
        answer = execute(self.connection, Question(noun, filters, limit=limit, sort=sort))
        return list(answer.by_name())

    def keys(self, noun: str, filters: Filters) -> list[str]:
        """Return the keys of rows."""
        answer = execute(self.connection, Question(noun, filters, columns=("key",)))
        return [str(row[0]) for row in answer.rows]

    def number(self, noun: str, filters: Filters) -> int:
        """Return the number of rows."""
        return self.number_where(noun, filters)

    def number_where(self, noun: str, filters: Filters, *conditions: str) -> int:
        """Return the number of rows for which conditions in the syntax of `--where` hold."""
        question = Question(noun, filters, where=conditions)
        number: int = self._once(question, lambda question: count(self.connection, question))
        return number

    def _groups(self, noun: str, filters: Filters, *by: str) -> tuple[str, Rows]:
        """Return the name of the first column of groups, and the groups with their numbers."""

        def ask(question: Question) -> tuple[str, Rows]:
            answer = execute(self.connection, question)
            return answer.fields[0].name, list(answer.by_name())

        grouping = Grouping(by, ("count",), add_sources=True)
        groups: tuple[str, Rows] = self._once(Question(noun, filters, grouping=grouping), ask)
        return groups

    def counts(self, noun: str, filters: Filters, by: str) -> list[Count]:
        """Return the number of rows of each group, years in order of time, others largest first."""
        first, groups = self._groups(noun, filters, by)
        counts = []
        for cells in groups:
            code = cells.get(f"{by}_key", cells[first])
            name = cells.get(f"{by}_name") or cells[first]
            shown = (
                UNKNOWN if name is None else label(name) if by in _CODED_DIMENSIONS else str(name)
            )
            counts.append(Count(code, shown, int(cells["count"])))
        if by == "year":
            return sorted(counts, key=lambda count: (count.code is None, str(count.code)))
        return sorted(counts, key=lambda count: (-count.number, count.code is None, count.name))

    def source_citations(self, noun: str, filters: Filters, of: str = "") -> tuple[Citation, ...]:
        """Return a citation for each source of rows, with its number of rows as the locator.

        Args:
            noun: the noun whose rows are cited, such as `projects`.
            filters: the filters that select the rows.
            of: the name of the subject, added to the locator where several are cited together.
        """
        suffix = f" of {of}" if of else ""
        return tuple(
            Citation(str(count.code), f"{counted_or_no(count.number, noun)}{suffix}")
            for count in self.counts(noun, filters, "source")
            if count.code is not None
        )

    def citations_by(self, noun: str, filters: Filters, by: str) -> dict[str, tuple[Citation, ...]]:
        """Return citations as `source_citations` does, by code or key of a dimension."""
        first, groups = self._groups(noun, filters, by, "source")
        sources_of: dict[str, list[tuple[int, str]]] = {}
        for cells in groups:
            code = cells.get(f"{by}_key", cells[first])
            sources_of.setdefault(str(code), []).append((int(cells["count"]), str(cells["source"])))
        return {
            code: tuple(
                Citation(key, counted_or_no(number, noun))
                for number, key in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
            )
            for code, pairs in sources_of.items()
        }

    def entity_citations(self, rows: Rows) -> dict[str, tuple[Citation, ...]]:
        """Return the citations of the records that describe entities, by the key of the entity."""
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
        """Return a report of sections, with its bibliography and the section on its commands.

        Args:
            kind: the kind of report, such as `country`.
            key: the key of its subject; empty where it has none.
            titles: its title and subtitle.
            summary: its summary, in a sentence or two.
            sections: its sections.
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


#: Name and title of the section that lists the commands behind the figures.
METHOD, METHOD_TITLE = "method", "How the figures were made"
_COMMAND_COLUMNS = (Column("what", "What"), Column("command", "Command"))
_CODED_DIMENSIONS = frozenset(
    {"kind", "status", "instrument", "project_kind", "precision", "sector"}
)


def _method_section(sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the section that lists the commands of all tables and notes, each once."""
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
    """Return a section whose tables have no title where it equals that of the section."""
    blocks = tuple(
        replace(block, title="")
        if isinstance(block, Table) and block.title == section.title
        else block
        for block in section.parts
    )
    return replace(section, parts=blocks)
