"""The section on why sources state other totals: the steps from the total of one to another's."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection, func, select

from bricoop.db.schema import deal_member, record, source
from bricoop.domain.english import counted
from bricoop.errors import UsageError
from bricoop.query.command import conditions_of
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import Block, Column, Command, Line, Note, Table
from bricoop.report.sections import Section
from bricoop.report.tables import cells
from bricoop.totals.classify import Counting
from bricoop.totals.rules import is_shipped
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.difference import Difference, difference
from bricoop.totals.why.difference_rows import LEFT, REMAINDER, RIGHT, difference_answer
from bricoop.totals.why.parse import comparison_of

_NAME, _TITLE = "why", "Why totals differ"
#: The rows that are shown even if they are zero.
_ENDS = frozenset({LEFT, REMAINDER, RIGHT})
#: A source is compared with so many others, those first with which most of its deals are paired.
_MAX_SOURCES = 3
_NOTE = (
    "Rows on which nobody has decided are shown as only in one source. `bricoop why` finds those"
    " that may be in both."
)


def of_source(connection: Connection, key: str, counting: Counting) -> Iterator[Section]:
    """Yield the section that compares the total of a source with those of others.

    Others are those of which decisions paired deals with it. Without any there is no section.

    Args:
        connection: an open connection.
        key: the key of the source.
        counting: the question, without its filter on sources, and the rule.
    """
    pairs = [pair for pair in _paired_sources(connection) if key in pair]
    # The total of the source that the report is on comes first.
    ordered = [(key, other) for pair in pairs for other in pair if other != key]
    tables = [
        block
        for pair in ordered[:_MAX_SOURCES]
        for block in _compared(connection, pair, counting, "")
    ]
    yield from _section(tables)


def of_subjects(connection: Connection, countings: Mapping[str, Counting]) -> Iterator[Section]:
    """Yield the section that compares what sources state of several subjects.

    Args:
        connection: an open connection.
        countings: the question and the rule of each subject, by its name.
    """
    pairs = _paired_sources(connection)[:1]
    blocks = [
        block
        for name, counting in countings.items()
        for pair in pairs
        for block in _compared(connection, pair, counting, name)
    ]
    yield from _section(blocks)


def _section(blocks: Iterable[Block]) -> Iterator[Section]:
    listed = tuple(blocks)
    if listed:
        yield Section(_NAME, _TITLE, (*listed, Note(_NOTE)))


def _paired_sources(connection: Connection) -> list[tuple[str, str]]:
    """Return the pairs of sources with common deals, those with the most first."""
    deals = (
        select(deal_member.c.deal_id, source.c.key)
        .join(record, record.c.id == deal_member.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .distinct()
    )
    first, second = deals.cte("first"), deals.cte("second")
    number = func.count()
    statement = (
        select(first.c.key, second.c.key)
        .join(second, second.c.deal_id == first.c.deal_id)
        .where(first.c.key < second.c.key)
        .group_by(first.c.key, second.c.key)
        .order_by(number.desc(), first.c.key, second.c.key)
    )
    return [(key, other) for key, other in connection.execute(statement)]


def _compared(
    connection: Connection, pair: tuple[str, str], counting: Counting, subject: str
) -> Iterator[Block]:
    """Yield the table of the steps between two totals, if decisions relate any of their rows."""
    try:
        comparison = comparison_of(connection, *pair, counting)
        explained = difference(connection, comparison, with_candidates=False)
    except UsageError as error:
        yield Note(f"No steps from {pair[0]} to {pair[1]}: {error.message}")
        return
    # Without decisions, all rows would be shown as only in one source.
    if explained.decisions:
        yield _table(explained, subject)


def _table(explained: Difference, subject: str) -> Table:
    comparison = explained.comparison
    columns = (
        Column("step", "Step"),
        Column("title", "Meaning"),
        Column("left_rows", comparison.left_source, number=True),
        Column("right_rows", comparison.right_source, number=True),
        Column("amount", explained.unit or "Money", number=True, money=True),
    )
    lines = tuple(
        Line(cells(columns, row), tuple(_citations(comparison, row)))
        for row in difference_answer(explained).by_name()
        if not row["detail"]
        and (row["step"] in _ENDS or row["left_rows"] or row["right_rows"] or row["amount"])
    )
    about = f"{subject}: from" if subject else "From"
    title = f"{about} the total of {comparison.left_source} to that of {comparison.right_source}"
    rule = comparison.counting.rule.said
    note = f"Rule {rule}; steps without rows are not listed."
    command = Command("the rows of a step", _command(comparison))
    return Table(columns, lines, title, note, commands=(command,), is_whole=True)


def _citations(comparison: Comparison, row: Mapping[str, object]) -> Iterator[Citation]:
    """Yield the citations of a step: its sources, with the numbers of rows."""
    for key, name in (
        (comparison.left_source, "left_rows"), (comparison.right_source, "right_rows"),
    ):  # fmt: skip
        number = row[name]
        if isinstance(number, int) and number:
            yield Citation(key, counted(number, "rows"))


def _command(comparison: Comparison) -> str:
    """Return the command that lists the rows of a step, to be put in for STEP."""
    counting = comparison.counting
    filters = {
        name: values for name, values in counting.question.filters.items() if name != "source"
    }
    # A rule that does not come with bricoop is in a file whose path is not known here.
    rule = counting.rule.name if is_shipped(counting.rule) else "FILE"
    words = ["bricoop", "why", comparison.left_source, comparison.right_source]
    words += [*conditions_of(replace(counting.question, filters=filters)), "--rule", rule]
    if counting.base is not counting.rule.price_base:
        words += ["--base", counting.base.value]
    return f"{shlex.join(words)} --list STEP"
