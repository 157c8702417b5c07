"""Builds the report on missing values of projects and finance: dates, locations, money, links."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.domain.english import counted
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.blocks import Chart, ChartKind, Column, Command, Line, Series, Table
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.quality import quality_table
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from bricoop.report.tables import command

#: For each field a project should have: its name, what lacks it is called, and the condition.
_MISSING = (
    ("country", "no country or region", "country is empty and region is empty"),
    ("link", "no link", "link is empty"),
    ("kind", "no kind", "kind is empty"),
    ("status", "no status", "status is empty"),
    ("sector", "no sector", "sector is empty"),
    ("dates", "no date", "announced is empty and started is empty and completed is empty"),
    ("financiers", "no financier", "financier is empty"),
    ("description", "no description", "description is empty"),
)
#: What a project should have in rows of another noun: what lacks it is called, and the noun.
_MISSING_ROWS = (("no place on the map", "locations"), ("no finance", "finance"))
_COLUMNS = (
    Column("what", "What is missing"),
    Column("rows", "Rows", number=True),
    Column("share", "Share", number=True),
)
#: The same for rows of finance; `{}` stands for the number of loans.
_MISSING_OF_MONEY = (
    ("amount", "no amount in any base",
     "amount is empty and amount_usd is empty and amount_usd_constant is empty"),
    ("financier", "no financier", "financier is empty"),
    ("instrument", "no instrument", "instrument is empty"),
    ("date", "no date", "date is empty"),
    ("interest_rate", "no interest rate (of {})",
     "instrument = loan and interest_rate is empty"),
    ("maturity", "no maturity (of {})", "instrument = loan and maturity is empty"),
)  # fmt: skip
_LOANS = "instrument = loan"


def gaps_report(connection: Connection, request: Request) -> Report:
    """Build the report on missing values, in all projects or in those of one country.

    Raises:
        NotFoundError: no country is known by the name.
    """
    queries = ReportQueries(connection)
    filters: Filters = {"country": (request.name,)} if request.names else {}
    section = gaps_section(queries, filters)
    number = queries.number("projects", filters)
    sections = [section]
    if number:
        sections.append(Section("quality", "Quality", (quality_table(queries, filters),)))
    sections += differences(queries, filters)
    counts = f"{number:,} projects and {queries.number('finance', filters):,} rows of finance"
    scope = f" in {request.name}" if request.names else ""
    titles = (f"What is missing{scope}", "projects and their money")
    summary = f"What is missing from {counts}{scope}."
    return queries.report("gaps", "", titles, summary, sections)


def gaps_section(queries: ReportQueries, filters: Filters) -> Section:
    """Return the section of missing values in projects and in their finance."""
    blocks = [*_blocks(queries, "projects", filters, _MISSING)]
    blocks += _blocks(queries, "finance", filters, _MISSING_OF_MONEY)
    return Section("gaps", "What is missing", tuple(blocks) or (Table((), ()),))


def _blocks(
    queries: ReportQueries, noun: str, filters: Filters, missing: tuple[tuple[str, str, str], ...]
) -> Iterator[Chart | Table]:
    """Yield a chart of missing fields, where there are several, and a table of all of them."""
    row_count = queries.number(noun, filters)
    if not row_count:
        return
    citations = queries.source_citations(noun, filters)
    rows = _missing_counts(queries, noun, filters, missing, row_count)
    subject = "Projects" if noun == "projects" else "Rows of finance"
    lacking = [(title, number) for title, number, _ in rows if number]
    if len(lacking) > 1:
        yield Chart(
            f"missing_in_{noun}",
            f"{subject} with something missing",
            ChartKind.BARS,
            "Missing",
            tuple(title for title, _ in lacking),
            (Series(subject, tuple(number for _, number in lacking)),),
            note=f"Of {row_count:,}.",
            citations=citations,
        )
    lines = tuple(
        Line((title, number, _share(number, possible)), citations)
        for title, number, possible in rows
        if possible
    )
    commands = tuple(
        Command(
            f"{subject.lower()} with {title}", f"{command(noun, filters)} --where '{condition}'"
        )
        for (title, number, _), (_, _, condition) in zip(rows, missing, strict=False)
        if number
    )
    title = f"{subject}: what is missing"
    yield Table(_COLUMNS, lines, title, f"Of {row_count:,}.", commands=commands)


def _share(number: int, row_count: int) -> str:
    """Return a share in per cent, with `<1%` and `>99%` instead of a rounded 0% or 100%.

    "0%" would be read as none and "100%" as all, though some rows are otherwise.
    """
    if 0 < number < row_count:
        is_small, is_large = number * 200 < row_count, (row_count - number) * 200 < row_count
        if is_small or is_large:
            return "<1%" if is_small else ">99%"
    return f"{number / row_count:.0%}"


def _missing_counts(
    queries: ReportQueries,
    noun: str,
    filters: Filters,
    missing: tuple[tuple[str, str, str], ...],
    row_count: int,
) -> list[tuple[str, int, int]]:
    """Return for each missing field its title, the number of rows that lack it, and of how many."""
    loans = queries.number_where(noun, filters, _LOANS) if noun == "finance" else 0
    rows = [
        (
            title.format(counted(loans, "loans")),
            queries.number_where(noun, filters, condition),
            loans if condition.startswith(_LOANS) else row_count,
        )
        for _, title, condition in missing
    ]
    if noun == "projects":
        rows += [
            (title, row_count - _projects_with(queries, other, filters), row_count)
            for title, other in _MISSING_ROWS
        ]
    return rows


def _projects_with(queries: ReportQueries, noun: str, filters: Filters) -> int:
    """Return the number of projects that have rows of a noun."""
    grouping = Grouping((), ("distinct:project_key",), add_sources=True)
    rows = execute(queries.connection, Question(noun, filters, grouping=grouping)).rows
    return sum(row[-1] for row in rows if isinstance(row[-1], int))
