"""Tables that several reports have: entities, figures and findings, each row with its footnotes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bricoop.query.citations import Citation
from bricoop.report.amounts import Amounts
from bricoop.report.blocks import Column, Command, Extent, Line, Table
from bricoop.report.data import Filters, ReportQueries, Rows, counted

#: More rows than these are not printed: a note says how many there are.
MAX_ROWS = 50
NAME = Column("name", "Name")
KIND = Column("kind", "Kind", coded=True)
LINKS = Column("links", "Links")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "projects": (
        NAME, KIND, Column("status", "Status", coded=True), LINKS,
        Column("country_names", "Countries"), Column("financiers", "Financiers"),
        Column("started", "Started"), Column("completed", "Completed"),
    ),
    "agreements": (
        NAME, KIND, LINKS, Column("country_names", "Parties"), Column("signed", "Signed"),
    ),
    "policies": (NAME, KIND, LINKS, Column("adopted", "Adopted")),
    "organizations": (NAME, KIND, Column("roles", "Acts as", coded=True)),
    "statistics": (
        Column("indicator", "Indicator"), Column("subject", "About"),
        Column("qualifier", "Qualifier", coded=True), Column("value", "Value", number=True),
        Column("unit", "Unit"), Column("period", "Period"),
    ),
    "findings": (Column("kind", "Kind", coded=True), Column("statement", "Finding")),
}  # fmt: skip
TITLES = {
    "projects": "Projects",
    "agreements": "Agreements",
    "policies": "Policies",
    "organizations": "Organizations",
    "statistics": "Figures",
    "findings": "Opportunities, challenges and prospects",
}
#: Latest first, where many are known: what one would look for first.
_SORT = {"projects": "-started", "agreements": "-signed", "policies": "-adopted"}
_FACT_NOUNS = frozenset({"statistics", "findings"})


def table(
    queries: ReportQueries,
    noun: str,
    filters: Filters,
    *,
    leave_out: Sequence[str] = (),
    title: str = "",
    amounts: Amounts | None = None,
) -> Table:
    """Return the table of a subject's rows of a noun.

    Args:
        queries: reads the knowledge base.
        noun: what rows are.
        filters: which of them.
        leave_out: columns that say the same in every row.
        title: its heading; the noun's usual one without it.
        amounts: the money of projects, for a column of its own.
    """
    number = queries.number(noun, filters)
    rows = first_rows(queries, noun, filters, number, amounts)
    result = table_of_rows(queries, noun, rows, leave_out=leave_out, amounts=amounts)
    result = replace(result, title=title or result.title)
    return result if number <= MAX_ROWS else truncated_table(result, noun, filters, number, amounts)


def first_rows(
    queries: ReportQueries, noun: str, filters: Filters, number: int, amounts: Amounts | None
) -> Rows:
    """Return the rows that a table has room for: all of a few, or the largest, or the latest.

    Args:
        queries: reads the knowledge base.
        noun: what rows are.
        filters: which of them.
        number: how many there are.
        amounts: the money of projects; those with most come first.
    """
    if number <= MAX_ROWS:
        return queries.rows(noun, filters)
    latest = queries.rows(noun, filters, MAX_ROWS, _SORT.get(noun, ""))
    if noun != "projects" or amounts is None:
        return latest
    keys = amounts.largest(queries.keys(noun, filters), MAX_ROWS)
    by_key = (
        {row["key"]: row for row in queries.rows(noun, {**filters, "key": keys})} if keys else {}
    )
    largest = [by_key[key] for key in keys]
    return [*largest, *(row for row in latest if row["key"] not in by_key)][:MAX_ROWS]


def table_of_rows(
    queries: ReportQueries,
    noun: str,
    rows: Rows,
    *,
    leave_out: Sequence[str] = (),
    amounts: Amounts | None = None,
    usual: Mapping[str, str] | None = None,
) -> Table:
    """Return the table of rows that were read already.

    Args:
        queries: reads the knowledge base.
        noun: what rows are.
        rows: the rows.
        leave_out: columns that say the same in every row.
        amounts: the money of projects, for a column of its own.
        usual: by column, a value that goes without saying.
    """
    note = ""
    columns = tuple(
        replace(column, usual=(usual or {}).get(column.name, ""))
        for column in COLUMNS[noun]
        if column.name not in leave_out
    )
    if noun == "projects" and amounts is not None:
        columns = (*columns[:3], amounts.column, *columns[3:])
        rows = [{**row, amounts.column.name: amounts.of(row["key"])} for row in rows]
        # A table that shows no amount says nothing of how amounts are counted.
        note = amounts.note if any(row[amounts.column.name] for row in rows) else ""
    citations: dict[str, tuple[Citation, ...]] = (
        {} if noun in _FACT_NOUNS else queries.entity_citations(rows)
    )
    lines = tuple(
        Line(
            cells(columns, row),
            (Citation(row["source"], row["locator"]),)
            if noun in _FACT_NOUNS
            else citations[row["key"]],
        )
        for row in rows
    )
    return Table(columns, lines, TITLES[noun], note)


def cells(columns: Sequence[Column], row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the cells of a row in the order of columns."""
    return tuple(row[column.name] for column in columns)


def command(noun: str, filters: Filters) -> str:
    """Return the question that lists what a table cuts."""
    return " ".join(("bricoop query", noun, *options(filters)))


def options(filters: Filters) -> list[str]:
    """Return the options of a command that stand for filters."""
    return [
        f"--{name.replace('_', '-')} {_quoted(value)}"
        for name, values in filters.items()
        for value in values
    ]


def truncated_table(
    table: Table, noun: str, filters: Filters, number: int, amounts: Amounts | None = None
) -> Table:
    """Return a table that has the first of more rows, with the command that lists all of them."""
    order = "latest" if noun in _SORT else "first"
    if noun == "projects" and amounts is not None and table.note.endswith(amounts.note):
        order = "largest"
    listed = Command(f"all {counted(number, noun)}", command(noun, filters))
    return replace(table, extent=Extent(number, noun, order), commands=(listed,))


def _quoted(value: str) -> str:
    plain = value and all(character.isalnum() or character in "-_." for character in value)
    return value if plain else "'" + value.replace("'", "'\\''") + "'"
