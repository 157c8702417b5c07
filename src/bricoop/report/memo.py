"""Memos: saved reports of own paragraphs, sections of reports, totals and questions."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from bricoop.domain.document_faults import key_path, shown
from bricoop.domain.documents import read_toml
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.entity.citations import Citation
from bricoop.query.execute import count, execute
from bricoop.query.nouns.noun import headings
from bricoop.query.provenance import provenance_of
from bricoop.query.question import Question
from bricoop.query.saved import question_of
from bricoop.report.blocks import Column, Extent, Line, Table, Text
from bricoop.report.changes import Figures, changes_section, earlier
from bricoop.report.data import METHOD, ReportQueries
from bricoop.report.document import MemoTable, PartTable
from bricoop.report.kinds import report
from bricoop.report.money import money_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from bricoop.report.tables import MAX_ROWS


@dataclass(frozen=True)
class MemoPart:
    """A part of a memo: one of a text, a report, a total and a question.

    Attributes:
        where: its position in the file, for messages.
        title: its heading; empty for the default one.
        text: own paragraphs in Markdown.
        request: the report to be included.
        sections: the names of the sections to be taken from that report; empty for all of them.
        total: the question whose finance is counted.
        question: the question whose rows are shown as a table.
        rule: the counting rule of its totals, by name or path.
        base: the price base of its totals; None for that of the rule.
    """

    where: str
    title: str
    text: str = ""
    request: Request | None = None
    sections: tuple[str, ...] = ()
    total: Question | None = None
    question: Question | None = None
    rule: str = "signed"
    base: str | None = None


@dataclass(frozen=True)
class Memo:
    """A memo as read from its file.

    Attributes:
        title: its title.
        subtitle: the line below the title.
        summary: a summary in the words of the author.
        parts: its parts, in order.
    """

    title: str
    subtitle: str = ""
    summary: str = ""
    parts: tuple[MemoPart, ...] = field(default=())


def read_memo(path: Path) -> Memo:
    """Read a memo from a file.

    Raises:
        FileUnreadableError: the file cannot be read, or is not TOML.
        NotFoundError: a question's noun is not known.
        UsageError: the file is not a valid memo; the message names the key.
    """
    file_label = f"The memo {shown(path.name)}"
    table = read_toml(path, MemoTable, file_label)
    memo_parts = tuple(
        _memo_part(part_table, table, f"{file_label}: {key_path(('parts', number))}")
        for number, part_table in enumerate(table.parts)
    )
    return Memo(table.title, table.subtitle, table.summary, memo_parts)


def memo_report(connection: Connection, memo: Memo, history: Sequence[Figures]) -> Report:
    """Build the report of a memo; it begins with the figures that changed since earlier runs.

    Args:
        connection: an open connection.
        memo: the memo.
        history: the figures of earlier runs, the latest last.

    Raises:
        NotFoundError: a name or a rule is not known.
        UsageError: a question is not valid, or a section or the base of a total does not exist.
    """
    sections = [
        section
        for number, memo_part in enumerate(memo.parts, start=1)
        for section in _sections(connection, memo_part, number)
    ]
    before = earlier(history, sections)
    if before is not None:
        sections = [*changes_section(before, sections), *sections]
    titles = (memo.title, memo.subtitle)
    return ReportQueries(connection).report("memo", "", titles, memo.summary, sections)


def _sections(connection: Connection, memo_part: MemoPart, number: int) -> Iterator[Section]:
    if memo_part.text:
        text = Text((memo_part.text,), markdown=True)
        yield Section(f"part_{number}", memo_part.title or "Remarks", (text,))
    elif memo_part.request is not None:
        yield from _report_sections(connection, memo_part, memo_part.request, number)
    elif memo_part.total is not None:
        counting = Request("total", rule=memo_part.rule, base=memo_part.base).counting(
            memo_part.total
        )
        section = money_section(connection, counting)
        yield replace(
            section, name=f"part_{number}_{section.name}", title=memo_part.title or section.title
        )
    elif memo_part.question is not None:
        table = _question_table(connection, memo_part.question)
        yield Section(
            f"part_{number}", memo_part.title or memo_part.question.noun.capitalize(), (table,)
        )


def _report_sections(
    connection: Connection, memo_part: MemoPart, request: Request, number: int
) -> Iterator[Section]:
    """Yield the sections of a report that a part of a memo includes."""
    inner = report(connection, request)
    # Commands of all parts are collected in one section at the end of the memo.
    inner_sections = [section for section in inner.sections if section.name != METHOD]
    section_names = [section.name for section in inner_sections]
    for name in memo_part.sections:
        if name not in section_names:
            suggestions = nearest(name, {name: name for name in section_names})
            hint = f"Did you mean: {'; '.join(suggestions)}? " if suggestions else ""
            message = f"{memo_part.where}: the report has no section {name!r}."
            raise UsageError(message, f"{hint}It has: {', '.join(section_names)}.")
    for section in inner_sections:
        if not memo_part.sections or section.name in memo_part.sections:
            title = f"{memo_part.title or inner.title}: {section.title}"
            yield replace(section, name=f"part_{number}_{section.name}", title=title)


def _question_table(connection: Connection, question: Question) -> Table:
    """Return the rows of a question as a table, cut to `MAX_ROWS`."""
    answer = execute(connection, question, spelled_out=True)
    shown = [
        index
        for index, field in enumerate(answer.fields)
        if question.columns or question.grouping or field.in_table
    ]
    fields = [answer.fields[index] for index in shown]
    columns = tuple(
        Column(
            field.name,
            heading,
            number=field.number,
            coded=field.coded,
            identifies=field.identifies,
        )
        for field, heading in zip(fields, headings(fields), strict=True)
    )
    first = islice(answer.rows, MAX_ROWS + 1)
    rows = [tuple(row[index] for index in shown) for row in first]
    sources = provenance_of(connection, question).sources
    citations = tuple(Citation(source.key, None) for source in sources)
    number = min(count(connection, question), question.limit or sys.maxsize)
    extent = Extent(number) if len(rows) > MAX_ROWS else None
    lines = tuple(Line(row, citations) for row in rows[:MAX_ROWS])
    return Table(columns, lines, "", " ".join(answer.notes), extent=extent)


def _memo_part(table: PartTable, memo: MemoTable, where: str) -> MemoPart:
    """Return a part of a memo; its rule and base default to those of the memo."""
    rule, base = table.rule or memo.rule, table.base or memo.base
    memo_part = MemoPart(where, table.title, table.text or "", rule=rule, base=base)
    if table.report is not None:
        request = Request(table.report, table.names, rule, base)
        return replace(memo_part, request=request, sections=table.sections)
    if table.question is not None:
        if table.question.unmerged:
            message = f"{where} leaves decisions out, and all other parts of a memo use them."
            raise UsageError(message, "Remove the key `unmerged`.")
        return replace(memo_part, question=question_of(table.question))
    if table.total is not None:
        return replace(memo_part, total=question_of(table.total))
    return memo_part
