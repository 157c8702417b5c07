"""Builds the report on the whole knowledge base: numbers, links, money, sources, loads, gaps."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.domain.english import counted_or_no
from bricoop.query.entity.citations import Citation
from bricoop.query.question import Question
from bricoop.report.blocks import Block, Column, Extent, Line, Table
from bricoop.report.charts import charts, country_map
from bricoop.report.data import ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.gaps import gaps_section
from bricoop.report.glance_notes import with_notes
from bricoop.report.link_sections import Links
from bricoop.report.money import money_section
from bricoop.report.notes import without_notes
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, table
from bricoop.report.summary import Glance

_NOUNS = ("projects", "agreements", "policies", "organizations", "statistics", "findings")
_CHART_DIMENSIONS = {
    "projects": ("year", "kind", "status", "country"),
    "agreements": ("year", "kind"),
}
_SOURCE_COLUMNS = (
    Column("name", "Source"), Column("kind", "Kind", coded=True),
    Column("tier", "Tier", number=True), Column("published", "Published"),
    Column("licence", "Licence"), Column("records", "Records", number=True),
)  # fmt: skip
#: Loads are listed up to this number, the newest first.
_MAX_LOADS = 10

#: Sources of decisions alone describe nothing.
_WITH_RECORDS = "records > 0"


def overview_report(connection: Connection, request: Request) -> Report:
    """Build the report on the whole knowledge base."""
    queries = ReportQueries(connection)
    glance = Glance(queries, {noun: without_notes(noun, {}) for noun in _NOUNS})
    sections = with_notes(queries, {}, [*_sections(queries, glance, request)])
    sources = counted_or_no(queries.number_where("sources", {}, _WITH_RECORDS), "sources")
    summary = f"The knowledge base has {glance.phrase()}, from {sources}."
    titles = ("What is recorded", "the knowledge base as a whole")
    return queries.report("overview", "", titles, summary, sections)


def _sections(queries: ReportQueries, glance: Glance, request: Request) -> Iterator[Section]:
    drawn: list[Block] = []
    for noun, by in _CHART_DIMENSIONS.items():
        drawn += charts(queries, noun, {}, by)
    map_ = country_map(queries, "projects", {})
    yield glance.section(drawn + ([map_] if map_ else []))
    yield Links(queries, {}).overview()
    yield money_section(queries.connection, request.counting(Question("finance")))
    rows = queries.rows("sources", {}, sort="-records")
    yield table(
        "by_source",
        "Records by source",
        _SOURCE_COLUMNS,
        [
            Line(
                tuple(row[column.name] for column in _SOURCE_COLUMNS), (Citation(row["key"], None),)
            )
            for row in rows
            if row["records"]
        ],
    )
    yield from differences(queries, {})
    yield _loads(queries)
    yield gaps_section(queries, {})


def _loads(queries: ReportQueries) -> Section:
    columns = (
        Column("key", "Load", number=True, identifies=True), Column("name", "File"),
        Column("kind", "Noun"),
        Column("rows_read", "Rows", number=True), Column("finished", "Finished"),
    )  # fmt: skip
    number = queries.number("loads", {})
    rows = queries.rows("loads", {}, _MAX_LOADS, "-key")
    lines = [
        Line(tuple(row[column.name] for column in columns), (Citation(row["source"], row["name"]),))
        for row in rows
    ]
    loads = Table(columns, tuple(lines), extent=Extent(number, "loads", "latest"))
    return Section("loads", "Loads", (loads,))
