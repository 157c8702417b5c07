"""Builds the report on one financier: the projects it funds, their countries, links and money."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from bricoop.domain.english import counted_or_no
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.entity_decisions import with_decisions
from bricoop.lookup.entities import find_entity
from bricoop.query.entity.citations import Citation
from bricoop.query.entity.funding import funding_sources
from bricoop.query.entity.recorded import EntityProfile, entity_profile
from bricoop.query.notes.joint_finance import joint_note
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.blocks import Note
from bricoop.report.charts import charts_and_maps, country_map
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.decisions import decision_sections
from bricoop.report.disagreements import differences
from bricoop.report.entity_sections import names_section, values_section
from bricoop.report.glance_notes import with_notes
from bricoop.report.money import money_section
from bricoop.report.notes import notes_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from bricoop.report.summary import Glance
from bricoop.report.tables import table

_CHART_DIMENSIONS = ("year", "country", "link", "status")


def financier_report(connection: Connection, request: Request) -> Report:
    """Build the report on the organization with a name or key.

    Raises:
        NotFoundError: no organization is known by that name.
        AmbiguousNameError: several organizations have that name.
    """
    financier = find_entity(connection, request.name, [EntityKind.ORGANIZATION])
    queries = ReportQueries(connection)
    profile = with_decisions(connection, entity_profile(connection, financier.key))
    filters = {"financier": (financier.key,)}
    citations = tuple(
        Citation(key, counted_or_no(number, "projects"))
        for key, number in funding_sources(connection, financier.id)
    )
    glance = Glance(queries, {"projects": filters}, {"projects": citations})
    sections = [*_sections(queries, glance, filters, profile, request)]
    sources = counted_or_no(len(citations), "sources")
    summary = f"{financier.name} funds {glance.phrase()}, according to {sources}."
    if glance.is_empty:
        summary = f"No source names a project that {financier.name} funds."
    sections = with_notes(queries, filters, [*sections, *decision_sections(profile)])
    titles = (financier.name, f"key {financier.key}")
    return queries.report("financier", financier.key, titles, summary, sections)


def _sections(
    queries: ReportQueries,
    glance: Glance,
    filters: Filters,
    profile: EntityProfile,
    request: Request,
) -> Iterator[Section]:
    if not glance.is_empty:
        map_ = country_map(queries, "projects", filters)
        yield glance.section(charts_and_maps(queries, "projects", filters, _CHART_DIMENSIONS, map_))
        counting = request.counting(Question("finance", filters))
        money = money_section(queries.connection, counting)
        joint = joint_note(queries.connection, counting.question)
        yield replace(money, parts=(*money.parts, Note(joint))) if joint else money
        amounts = amounts_of(queries.connection, counting)
        leave_out = ("financiers",)
        projects = table(queries, "projects", filters, leave_out=leave_out, amounts=amounts)
        yield Section("projects", "Projects", (projects,))
    yield from notes_section(queries, {"subject": (profile.key,)}, about=profile.name)
    yield from differences(queries, {"about": (profile.key,)}, profile.name)
    yield from names_section(profile)
    yield from values_section(profile)
