"""Tables of the rows of a noun, each row with its citations, cut to a maximum length."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bricoop.domain.english import counted_or_no
from bricoop.query.entity.citations import Citation
from bricoop.report.amounts import Amounts
from bricoop.report.blocks import Column, Command, Extent, Line, Table
from bricoop.report.data import Filters, ReportQueries, Rows

#: The most rows of a table; a note says how many there are in all.
MAX_ROWS = 50
NAME = Column("name", "Name")
KIND = Column("kind", "Kind", coded=True)
LINKS = Column("links", "Links")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "projects": (
        NAME, Column("short_name", "Short name", beside="name"), KIND,
        Column("status", "Status", coded=True), LINKS,
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
#: The order of the rows that are kept where there are too many: the latest first.
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
    """Return the table of the rows of a noun, cut to `MAX_ROWS`.

    Args:
        queries: reads the knowledge base.
        noun: the noun, such as `projects`.
        filters: the filters that select the rows.
        leave_out: names of columns to be left out, as all rows have the same value.
        title: its heading; empty for the default one of the noun.
        amounts: the amounts of projects, shown as a column; None for no such column.
    """
    number = queries.number(noun, filters)
    rows = first_rows(queries, noun, filters, number, amounts)
    result = table_of_rows(queries, noun, rows, leave_out=leave_out, amounts=amounts)
    result = replace(result, title=title or result.title)
    return result if number <= MAX_ROWS else truncated_table(result, noun, filters, number, amounts)


def first_rows(
    queries: ReportQueries, noun: str, filters: Filters, number: int, amounts: Amounts | None
) -> Rows:
    """Return all rows, or the `MAX_ROWS` with the largest amounts or the latest dates.

    Args:
        queries: reads the knowledge base.
        noun: the noun, such as `projects`.
        filters: the filters that select the rows.
        number: the number of rows that the filters select.
        amounts: the amounts of projects; the largest come first, and the latest fill the rest.
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
    """Return the table of rows that have been read.

    Args:
        queries: reads the knowledge base.
        noun: the noun of the rows.
        rows: the rows.
        leave_out: names of columns to be left out, as all rows have the same value.
        amounts: the amounts of projects, shown as a column; None for no such column.
        usual: by name of a column, the value that hides the column if all rows have it.
    """
    note = ""
    columns = tuple(
        replace(column, usual=(usual or {}).get(column.name, ""))
        for column in COLUMNS[noun]
        if column.name not in leave_out
    )
    if noun == "projects" and amounts is not None:
        after = 1 + [column.name for column in columns].index("status")
        columns = (*columns[:after], amounts.column, *columns[after:])
        rows = [{**row, amounts.column.name: amounts.of(row["key"])} for row in rows]
        # Without any amount, the note on how amounts are counted would be misleading.
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
    """Return the `bricoop query` command that lists all rows of a noun."""
    return " ".join(("bricoop query", noun, *options(filters)))


def options(filters: Filters) -> list[str]:
    """Return filters as options of a command, quoted for a shell."""
    return [
        f"--{name.replace('_', '-')} {_quoted(value)}"
        for name, values in filters.items()
        for value in values
    ]


def truncated_table(
    table: Table, noun: str, filters: Filters, number: int, amounts: Amounts | None = None
) -> Table:
    """Return a table marked as showing the first of more rows, with the command that lists all."""
    order = "latest" if noun in _SORT else "first"
    if noun == "projects" and amounts is not None and table.note.endswith(amounts.note):
        order = "largest"
    listed = Command(f"all {counted_or_no(number, noun)}", command(noun, filters))
    return replace(table, extent=Extent(number, noun, order), commands=(listed,))


def _quoted(value: str) -> str:
    plain = value and all(character.isalnum() or character in "-_." for character in value)
    return value if plain else "'" + value.replace("'", "'\\''") + "'"
