"""The report on what is missing where it matters: dates, places, money, links, financiers."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.domain.grammar import counted
from bricoop.query.execute import execute
from bricoop.query.groups.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.blocks import Chart, ChartKind, Column, Command, Line, Series, Table
from bricoop.report.data import Asking, Filters
from bricoop.report.differences import differences
from bricoop.report.quality import quality_table
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from bricoop.report.tables import command

#: What a project should have, and the condition that it is without.
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
#: What a project should have, that rows of another noun say.
_MISSING_BESIDE = (("no place on the map", "locations"), ("no finance", "finance"))
_COLUMNS = (
    Column("what", "What is missing"),
    Column("rows", "Rows", number=True),
    Column("share", "Share", number=True),
)
#: The same of money.
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
    """Return the report on what is missing, in everything or in one country.

    Raises:
        NotFoundError: no country is known by the name.
    """
    asking = Asking(connection)
    where: Filters = {"country": (request.name,)} if request.names else {}
    section = gaps_section(asking, where)
    number = asking.number("projects", where)
    sections = [section]
    if number:
        sections.append(Section("quality", "Quality", (quality_table(asking, where),)))
    sections += differences(asking, where)
    said = f"{number:,} projects and {asking.number('finance', where):,} rows of finance"
    place = f" in {request.name}" if request.names else ""
    titles = (f"What is missing{place}", "projects and their money")
    summary = f"What is missing from {said}{place}."
    return asking.finished("gaps", "", titles, summary, sections)


def gaps_section(asking: Asking, where: Filters) -> Section:
    """Return the section of what is missing in a subject's projects and their money."""
    parts = [*_parts(asking, "projects", where, _MISSING)]
    parts += _parts(asking, "finance", where, _MISSING_OF_MONEY)
    return Section("gaps", "What is missing", tuple(parts) or (Table((), ()),))


def _parts(
    asking: Asking, noun: str, where: Filters, missing: tuple[tuple[str, str, str], ...]
) -> Iterator[Chart | Table]:
    every = asking.number(noun, where)
    if not every:
        return
    said = asking.speaking(noun, where)
    rows = _counted(asking, noun, where, missing, every)
    what = "Projects" if noun == "projects" else "Rows of finance"
    found = [(title, number) for title, number, _ in rows if number]
    if len(found) > 1:
        yield Chart(
            f"missing_in_{noun}",
            f"{what} with something missing",
            ChartKind.BARS,
            "Missing",
            tuple(title for title, _ in found),
            (Series(what, tuple(number for _, number in found)),),
            note=f"Of {every:,}.",
            citations=said,
        )
    lines = tuple(
        Line((title, number, _share(number, of)), said) for title, number, of in rows if of
    )
    commands = tuple(
        Command(f"{what.lower()} with {title}", f"{command(noun, where)} --where '{condition}'")
        for (title, number, _), (_, _, condition) in zip(rows, missing, strict=False)
        if number
    )
    title = f"{what}: what is missing"
    yield Table(_COLUMNS, lines, title, f"Of {every:,}.", commands=commands)


def _share(number: int, of: int) -> str:
    """Return a share in per cent, of which few rows are not none, and most are not all."""
    if 0 < number < of:
        least, most = number * 200 < of, (of - number) * 200 < of
        if least or most:
            return "<1%" if least else ">99%"
    return f"{number / of:.0%}"


def _counted(
    asking: Asking,
    noun: str,
    where: Filters,
    missing: tuple[tuple[str, str, str], ...],
    every: int,
) -> list[tuple[str, int, int]]:
    """Return for each thing its title, how many rows lack it, and of how many rows."""
    loans = asking.number_where(noun, where, _LOANS) if noun == "finance" else 0
    rows = [
        (
            title.format(counted(loans, "loans")),
            asking.number_where(noun, where, condition),
            loans if condition.startswith(_LOANS) else every,
        )
        for _, title, condition in missing
    ]
    if noun == "projects":
        rows += [
            (title, every - _with(asking, other, where), every) for title, other in _MISSING_BESIDE
        ]
    return rows


def _with(asking: Asking, noun: str, where: Filters) -> int:
    """Return how many projects there are rows of a noun about."""
    grouping = Grouping((), ("distinct:project_key",), add_sources=True)
    rows = execute(asking.connection, Question(noun, where, grouping=grouping)).rows
    return sum(int(row[-1] or 0) for row in rows)
