"""The report on the whole knowledge base: what it holds, by whom, and what it lacks."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.query.citations import Citation
from bricoop.query.question import Question
from bricoop.report.blocks import Column, Extent, Line, Part, Table
from bricoop.report.charts import charts, world
from bricoop.report.data import Asking, counted
from bricoop.report.differences import differences
from bricoop.report.gaps import gaps_section
from bricoop.report.links import Links
from bricoop.report.money import money_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, table
from bricoop.report.summary import Glance

_NOUNS = ("projects", "agreements", "policies", "organizations", "statistics", "findings")
_BY = {"projects": ("year", "kind", "status", "country"), "agreements": ("year", "kind")}
_SOURCES = (
    Column("name", "Source"), Column("kind", "Kind", coded=True),
    Column("tier", "Tier", number=True), Column("published", "Published"),
    Column("licence", "Licence"), Column("records", "Records", number=True),
)  # fmt: skip
#: So many loads are listed, the newest first.
_LOADS = 10


def overview_report(connection: Connection, request: Request) -> Report:
    """Return the report on everything that is recorded."""
    asking = Asking(connection)
    glance = Glance(asking, {noun: {} for noun in _NOUNS})
    sections = [*_sections(asking, glance, request)]
    sources = counted(asking.number("sources", {}), "sources")
    summary = f"The knowledge base has {glance.said()}, from {sources}."
    titles = ("What is recorded", "the knowledge base as a whole")
    return asking.finished("overview", "", titles, summary, sections)


def _sections(asking: Asking, glance: Glance, request: Request) -> Iterator[Section]:
    drawn: list[Part] = []
    for noun, by in _BY.items():
        drawn += charts(asking, noun, {}, by)
    found = world(asking, "projects", {})
    yield glance.section(drawn + ([found] if found else []))
    yield Links(asking, {}).overview()
    yield money_section(asking.connection, request.counting(Question("finance")))
    rows = asking.rows("sources", {}, sort="-records")
    yield table(
        "by_source",
        "Records by source",
        _SOURCES,
        [
            Line(tuple(row[one.name] for one in _SOURCES), (Citation(row["key"], None),))
            for row in rows
        ],
    )
    yield from differences(asking, {})
    yield _loads(asking)
    yield gaps_section(asking, {})


def _loads(asking: Asking) -> Section:
    columns = (
        Column("key", "Load", number=True, identifies=True), Column("name", "File"),
        Column("kind", "Noun"),
        Column("rows_read", "Rows", number=True), Column("finished", "Finished"),
    )  # fmt: skip
    number = asking.number("loads", {})
    rows = asking.rows("loads", {}, _LOADS, "-key")
    lines = [
        Line(tuple(row[one.name] for one in columns), (Citation(row["source"], row["name"]),))
        for row in rows
    ]
    made = Table(columns, tuple(lines), extent=Extent(number, "loads", "latest"))
    return Section("loads", "Loads", (made,))
