"""Builds the report on one source: what it contributed, its loads, and disagreements."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.schema import source
from bricoop.domain.english import counted_or_no
from bricoop.lookup.sources import find_source
from bricoop.query.entity.citations import Citation
from bricoop.query.question import Question
from bricoop.report import why
from bricoop.report.blocks import Block, Column, Line
from bricoop.report.charts import charts, country_map
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.money import money_section
from bricoop.report.notes import notes_section, number_of_notes, without_notes
from bricoop.report.quality import quality_table
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, table
from bricoop.report.source_decisions import (
    decisions_in_words,
    stated_decisions,
    stated_decisions_section,
)
from bricoop.report.summary import Glance

_NOUNS = ("projects", "agreements", "policies", "organizations", "finance", "locations",
          "statistics", "findings")  # fmt: skip
_SOURCE_FIELDS = ("authors", "publisher", "published", "edition", "licence", "language", "url",
          "archived_url", "note")  # fmt: skip
_LOAD_COLUMNS = (
    Column("key", "Load", number=True, identifies=True), Column("name", "File"),
    Column("kind", "Noun"),
    Column("profile", "Profile"), Column("rows_read", "Rows read", number=True),
    Column("rows_new", "New", number=True), Column("rows_changed", "Changed", number=True),
    Column("rows_rejected", "Rejected", number=True), Column("finished", "Finished"),
    Column("sha256", "SHA-256"),
)  # fmt: skip


def source_report(connection: Connection, request: Request) -> Report:
    """Build the report on the source with a key, a title, or a part of either.

    Raises:
        NotFoundError: no source is known by that name.
        AmbiguousNameError: several sources have that name.
    """
    queries = ReportQueries(connection)
    number = find_source(connection, request.name)
    key = str(connection.scalar(select(source.c.key).where(source.c.id == number)))
    row = queries.rows("sources", {"key": (key,), "all": ("yes",)})[0]
    filters = {"source": (key,)}
    glance = Glance(queries, {noun: without_notes(noun, filters) for noun in _NOUNS})
    records = counted_or_no(row["records"], "records")
    decisions = stated_decisions(connection, key)
    sections = [
        *_sections(queries, glance, filters, row, request),
        *stated_decisions_section(key, decisions),
        _loads(queries, filters, key),
    ]
    notes = number_of_notes(queries, filters)
    them = f" {notes} of them {'is a note' if notes == 1 else 'are notes'}." if notes else ""
    described = f"{records}, which describe {glance.phrase()}"
    if decisions:
        stated = decisions_in_words(decisions)
        described = f"{described}, and {stated}" if row["records"] else stated
    summary = f"{row['name']} contributed {described}.{them}"
    titles = (row["name"], f"{row['kind']}, tier {row['tier']}: {row['tier_name']}, key {key}")
    return queries.report("source", key, titles, summary, sections)


def _sections(
    queries: ReportQueries, glance: Glance, filters: Filters, row: dict[str, Any], request: Request
) -> Iterator[Section]:
    whole = (Citation(row["key"], None),)
    yield table(
        "about",
        "About the source",
        (Column("field", "Field"), Column("value", "Value")),
        [Line((name.replace("_", " "), row[name]), whole) for name in _SOURCE_FIELDS if row[name]],
    )
    drawn: list[Block] = []
    for noun in ("projects", "agreements"):
        drawn += charts(queries, noun, filters, ("year", "kind", "link"))
    map_ = country_map(queries, "projects", filters)
    if row["records"] or not row["decisions"]:
        yield glance.section(drawn + ([map_] if map_ else []))
    if glance.numbers["finance"]:
        counting = request.counting(Question("finance", filters))
        yield money_section(queries.connection, counting)
        everything = request.counting(Question("finance"))
        yield from why.of_source(queries.connection, row["key"], everything)
    if glance.numbers["projects"]:
        yield Section("quality", "Data quality", (quality_table(queries, filters),))
    yield from differences(queries, filters)
    yield from notes_section(queries, filters)


def _loads(queries: ReportQueries, filters: Filters, key: str) -> Section:
    loads = queries.rows("loads", filters, sort="-key")
    whole = (Citation(key, None),)
    return table(
        "loads",
        "Loads",
        _LOAD_COLUMNS,
        [Line(tuple(load[column.name] for column in _LOAD_COLUMNS), whole) for load in loads],
    )
