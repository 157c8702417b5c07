"""Builds the report on one project: participants, money, locations, values and sources."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.english import counted_or_no, enumerated, with_article
from bricoop.domain.vocabularies import EntityKind, ProjectKind, label
from bricoop.identity.entity_decisions import with_decisions
from bricoop.lookup.entities import EntityMatch, find_entity
from bricoop.query.entity.citations import Citation
from bricoop.query.entity.recorded import EntityProfile, entity_profile
from bricoop.query.entity.related_projects import relatives_of
from bricoop.query.question import Question
from bricoop.report.blocks import Block, Column, Line, Note, Table
from bricoop.report.charts import location_map
from bricoop.report.data import ReportQueries
from bricoop.report.decisions import decision_sections, decision_sentences
from bricoop.report.disagreements import differences
from bricoop.report.entity_sections import (
    descriptions_section,
    facts_sections,
    names_section,
    relations_section,
    values_section,
)
from bricoop.report.money import money_section
from bricoop.report.quality import quality_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited, once, table
from bricoop.report.tables import cells
from bricoop.totals.deals import number_of_shared_deals
from bricoop.totals.rule import Speaker

_MONEY_COLUMNS = (
    Column("kind", "Kind", coded=True),
    Column("financier", "Financier"),
    Column("instrument", "Instrument", coded=True),
    Column("amount", "Amount", number=True, money=True),
    Column("currency", "Currency"),
    Column("amount_usd", "Nominal USD", number=True, money=True),
    Column("amount_usd_constant", "Constant USD", number=True, money=True),
    Column("price_year", "Prices of"),
    Column("date", "Date"),
)
#: Kinds that are no things which can be counted: *a water project*, and not *a water*.
_NO_THINGS = frozenset({
    ProjectKind.TELECOMS, ProjectKind.WATER, ProjectKind.SUPPLIES, ProjectKind.CASH,
    ProjectKind.EXPERTS, ProjectKind.TRAINING, ProjectKind.DEBT, ProjectKind.OIL_GAS,
})  # fmt: skip
#: Phrases for statuses whose label does not fit a sentence.
_STATUS_PHRASES = {"implementation": "under implementation", "operation": "in operation"}


def project_report(connection: Connection, request: Request) -> Report:
    """Build the report on the project with a name or key.

    Raises:
        NotFoundError: no project is known by that name.
        AmbiguousNameError: several projects have that name.
    """
    project = find_entity(connection, request.name, [EntityKind.PROJECT])
    queries = ReportQueries(connection)
    profile = with_decisions(connection, entity_profile(connection, project.key))
    row = queries.rows("projects", {"key": (project.key,)})[0]
    sections = [*_sections(queries, project, profile, request)]
    sources = counted_or_no(len(cited(sections)), "sources")
    summary = f"{_summary(row)} It is described by {sources}.{decision_sentences(profile)}"
    # The sources of decisions do not describe the project.
    sections += decision_sections(profile)
    return queries.report(
        "project", project.key, (project.name, f"key {project.key}"), summary, sections
    )


def _summary(row: dict[str, Any]) -> str:
    """Return one or two sentences: kind, countries, status, dates and financiers of a project."""
    kind = _kind_phrase(row["kind"])
    countries = f" in {enumerated(row['country_names'])}" if row["country_names"] else ""
    status = (
        f", {_STATUS_PHRASES.get(row['status'], label(row['status']))}" if row["status"] else ""
    )
    dates = [
        f"{word} {_at(row[word])}" for word in ("announced", "started", "completed") if row[word]
    ]
    date_phrase = f"; {enumerated(dates)}" if dates else ""
    financiers = enumerated(map(_in_sentence, row["financiers"] or ()))
    by = f" It is funded by {financiers}." if financiers else ""
    return f"{kind}{countries}{status}{date_phrase}.{by}"


def _kind_phrase(kind: str | None) -> str:
    """Return the kind of a project with an article, as the beginning of a sentence."""
    if kind in _NO_THINGS:
        phrase = f"{label(kind)} project"
    else:
        phrase = label(kind) if kind and kind != ProjectKind.OTHER else "project"
    return with_article(phrase).capitalize()


def _at(date: str) -> str:
    """Return a date with its preposition: `in 2012`, `in 2012-05`, `on 2012-05-31`."""
    return f"{'on' if len(date) == len('2012-05-31') else 'in'} {date}"


def _in_sentence(name: str) -> str:
    """Return the name of a financier for a sentence; *Unspecified ...* is no name."""
    first, _, rest = name.partition(" ")
    return f"an unspecified {rest}" if first == "Unspecified" and rest else name


def _sections(
    queries: ReportQueries, project: EntityMatch, profile: EntityProfile, request: Request
) -> Iterator[Section]:
    yield from descriptions_section(profile.claims)
    yield from relations_section(profile, "organizations", "Participants", ("organization",))
    yield from relations_section(
        profile, "places_of", "Countries and regions", ("country", "region")
    )
    yield from _links(profile)
    yield from _money(queries, project, profile, request)
    yield from _places(queries, project, profile)
    yield from _relatives(queries, project)
    yield from facts_sections(queries, profile)
    yield from quality_section(profile)
    yield from differences(queries, {"about": (profile.key,)}, profile.name)
    yield from names_section(profile)
    yield from values_section(profile)
    yield from values_section(profile, finance=True)


def _links(profile: EntityProfile) -> Iterator[Section]:
    columns = (Column("code", "Link"), Column("name", "Name"), Column("basis", "Basis", coded=True))
    lines = [
        Line((link.code, link.name, link.basis), (Citation(link.source, link.locator),))
        for link in profile.links
    ]
    if lines:
        yield table("links", "Links", columns, once(lines))


def _money(
    queries: ReportQueries, project: EntityMatch, profile: EntityProfile, request: Request
) -> Iterator[Section]:
    if not profile.finance:
        return
    lines = tuple(
        Line(cells(_MONEY_COLUMNS, row), (Citation(row["source"], row["locator"]),))
        for row in profile.finance
    )
    note = "Each row as its source states it; nothing is added up."
    stated = Table(_MONEY_COLUMNS, lines, "As stated", note)
    counting = request.counting(Question("finance", {"project": (project.key,)}))
    deals = number_of_shared_deals(queries.connection, project.id)
    counts_once = deals > 0 and counting.rule.speaker is not Speaker.EVERY
    section = money_section(queries.connection, replace(counting, add_sources=counts_once))
    notes = (Note(_shared_deals(deals)),) if counts_once else ()
    yield Section(section.name, section.title, (stated, *notes, *section.parts))


def _shared_deals(number: int) -> str:
    deals, each = ("one deal", "It") if number == 1 else (f"{number:,} deals", "Each")
    return (
        f"By decision, rows of several sources state {deals}. {each} counts once, with the amount "
        "of the best source by the rule."
    )


def _places(
    queries: ReportQueries, project: EntityMatch, profile: EntityProfile
) -> Iterator[Section]:
    """Yield the section of a map and a table of locations, if there are any."""
    countries = queries.rows("projects", {"key": (project.key,)})[0]["countries"]
    map_ = location_map(queries, {"project": (project.key,)}, tuple(countries))
    columns = (
        Column("name", "Place"),
        Column("latitude", "Latitude", number=True),
        Column("longitude", "Longitude", number=True),
        Column("precision", "Precision", coded=True),
    )
    lines = tuple(
        Line(
            (location.name, location.latitude, location.longitude, location.precision),
            (Citation(location.source, location.locator),),
        )
        for location in profile.locations
    )
    if map_:
        blocks: list[Block] = [map_, Table(columns, lines)]
        yield Section("places", "Places", tuple(blocks))


def _relatives(queries: ReportQueries, project: EntityMatch) -> Iterator[Section]:
    """Yield the section of related projects: wholes, parts and siblings, if any."""
    columns = (Column("relation", "Relation"), Column("name", "Project"), Column("key", "Key"))
    lines = [
        Line(
            (relative.relation, relative.name, relative.key),
            (Citation(relative.source, relative.locator),),
        )
        for relative in relatives_of(queries.connection, project.id)
    ]
    note = (
        "Projects that a source groups with this one: the whole, its parts, or others of its group."
    )
    if lines:
        yield table("relatives", "Related projects", columns, lines, note)
