"""Builds the report on one of the five links: its projects, agreements, policies and findings."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.domain.english import counted_or_no
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.charts import charts_and_maps, country_map
from bricoop.report.country import financiers
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.glance_notes import with_notes
from bricoop.report.link_sections import findings
from bricoop.report.money import money_section
from bricoop.report.notes import notes_section, without_notes
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited
from bricoop.report.summary import Glance
from bricoop.report.tables import TITLES, table

_NOUNS = ("projects", "agreements", "policies")
_CHART_DIMENSIONS = ("year", "kind", "country", "status")
_KINDS = {
    "opportunity": "Opportunities",
    "challenge": "Challenges",
    "prospect": "Prospects",
}


def link_report(connection: Connection, request: Request) -> Report:
    """Build the report on the link with a name or code.

    Raises:
        NotFoundError: no link is known by that name.
        AmbiguousNameError: several links have that name.
    """
    link = find_entity(connection, request.name, [EntityKind.LINK])
    queries = ReportQueries(connection)
    code = next(code for code, name in queries.links.items() if f"link-{code}" == link.key)
    filters = {"link": (code,)}
    nouns = (*_NOUNS, "findings")
    glance = Glance(queries, {noun: without_notes(noun, filters) for noun in nouns})
    sections = [*_sections(queries, glance, filters, request)]
    name = queries.links[code]
    sources = counted_or_no(len(cited(sections)), "sources")
    summary = f"The knowledge base has {glance.phrase()} under {name}, from {sources}."
    sections = with_notes(queries, filters, sections)
    titles = (f"{name[:1].upper()}{name[1:]}", f"link {code}")
    return queries.report("link", link.key, titles, summary, sections)


def _sections(
    queries: ReportQueries, glance: Glance, filters: Filters, request: Request
) -> Iterator[Section]:
    map_ = country_map(queries, "projects", filters)
    yield glance.section(charts_and_maps(queries, "projects", filters, _CHART_DIMENSIONS, map_))
    counting = request.counting(Question("finance", filters))
    yield money_section(queries.connection, counting)
    amounts = amounts_of(queries.connection, counting)
    for noun in _NOUNS:
        if glance.numbers[noun]:
            rows = table(queries, noun, filters, leave_out=("links",), amounts=amounts)
            yield Section(noun, TITLES[noun], (rows,))
    yield financiers(queries, filters)
    yield from differences(queries, filters)
    for kind, title in _KINDS.items():
        tables = tuple(findings(queries, {**filters, "kind": (kind,)}, title))
        if tables:
            yield Section(kind, title, tables)
    name = queries.links[filters["link"][0]]
    yield from notes_section(queries, filters, about=name)
