"""Builds the report on one country: its money, links, financiers, figures and findings."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.db.schema import country
from bricoop.domain.english import counted_or_no
from bricoop.lookup.entities import EntityMatch
from bricoop.query.entity.recorded import claims_about
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.blocks import Block, Column, Extent, Line, Table
from bricoop.report.charts import charts_and_maps, location_map
from bricoop.report.countries import find_country
from bricoop.report.data import Filters, ReportQueries, Rows
from bricoop.report.disagreements import differences
from bricoop.report.entity_sections import descriptions_section
from bricoop.report.glance_notes import with_notes
from bricoop.report.link_sections import Links, findings
from bricoop.report.money import money_section
from bricoop.report.notes import notes_section, without_notes
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited
from bricoop.report.summary import Glance
from bricoop.report.tables import table as rows_table
from bricoop.report.tables import table_of_rows

#: Financiers are listed up to this number.
_MAX_FINANCIERS = 20


def country_report(connection: Connection, request: Request) -> Report:
    """Build the report on the country with a name or code.

    Raises:
        NotFoundError: no country is known by that name.
        AmbiguousNameError: several countries have that name.
    """
    entity = find_country(connection, request.name)
    return _CountryReport(ReportQueries(connection), entity, request).report()


class _CountryReport:
    """Builds one report, and reads what its sections share only once."""

    def __init__(self, queries: ReportQueries, entity: EntityMatch, request: Request) -> None:
        self._queries = queries
        self._entity = entity
        self._in_country = {"country": (entity.key,)}
        self._about_country = {"subject": (entity.key,)}
        self._request = request
        nouns = ("projects", "agreements", "policies", "statistics", "organizations")
        self._glance = Glance(queries, dict.fromkeys(nouns, self._in_country))
        amounts = amounts_of(
            queries.connection, request.counting(Question("finance", self._in_country))
        )
        self._links = Links(queries, self._in_country, amounts, entity.name)
        row = select(country).where(country.c.id == entity.id)
        self._row = queries.connection.execute(row).one()
        claims = claims_about(queries.connection, entity.id)
        self._descriptions = tuple(descriptions_section(claims))

    def report(self) -> Report:
        """Return the report; without sections where nothing is recorded about the country."""
        name = self._entity.name
        has_text = self._descriptions or self._queries.number("findings", self._about_country)
        if self._glance.is_empty and not has_text:
            nothing = f"Nothing is recorded about {name} in this knowledge base."
            return self._arranged(nothing, [])
        sections = [*self._sections()]
        sources = counted_or_no(len(cited(sections)), "sources")
        summary = f"The knowledge base has {self._glance.phrase()} for {name}, from {sources}."
        sections = with_notes(self._queries, self._in_country, sections)
        return self._arranged(summary, sections)

    def _arranged(self, summary: str, sections: list[Section]) -> Report:
        row = self._row
        codes = f"{row.alpha2} · {row.alpha3}"
        geography = ", ".join(name for name in (row.subregion, row.region) if name)
        titles = (self._entity.name, f"{codes} · {geography}" if geography else codes)
        return self._queries.report("country", self._entity.key, titles, summary, sections)

    def _sections(self) -> Iterator[Section]:
        counting = self._request.counting(Question("finance", self._in_country))
        money = money_section(self._queries.connection, counting)
        glance = self._glance.section(self._drawings())
        # Money comes first, where there is any.
        yield from (glance, money) if money.is_empty else (money, glance)
        yield from self._descriptions
        yield self._links.overview()
        other_statistics = [
            row
            for row in self._queries.rows("statistics", self._in_country)
            if row["subject_key"] != self._entity.key
        ]
        yield from self._links.sections(other_statistics)
        yield financiers(self._queries, self._in_country)
        yield from self._remaining_sections(other_statistics)

    def _drawings(self) -> list[Block]:
        map_ = location_map(self._queries, self._in_country, (self._row.alpha3,))
        return charts_and_maps(self._queries, "projects", self._in_country, ("year", "kind"), map_)

    def _remaining_sections(self, other_statistics: Rows) -> Iterator[Section]:
        name = self._entity.name
        own_statistics = self._queries.rows("statistics", self._about_country)
        for key, title, rows in (
            ("figures", f"Figures about {name}", own_statistics),
            ("other_figures", "Other figures", other_statistics),
        ):
            if rows:
                yield Section(key, title, (table_of_rows(self._queries, "statistics", rows),))
        if self._glance.numbers["organizations"]:
            organizations = rows_table(self._queries, "organizations", self._in_country)
            yield Section("organizations", "Organizations based there", (organizations,))
        yield from differences(self._queries, self._in_country)
        about = {"subject": (self._entity.key, *self._links.listed_keys)}
        finding_tables = tuple(findings(self._queries, without_notes("findings", about)))
        if finding_tables:
            yield Section("findings", f"Findings about {name} and its projects", finding_tables)
        yield from notes_section(self._queries, about, f"Notes on {name} and its projects", name)


def financiers(queries: ReportQueries, subject: Filters) -> Section:
    """Return the section that lists the financiers of projects, by number of projects."""
    counts = [count for count in queries.counts("projects", subject, "financier") if count.code]
    columns = (Column("name", "Name"), Column("projects", "Projects", number=True))
    citations = queries.citations_by("projects", subject, "financier")
    lines = tuple(
        Line((count.name, count.number), citations[str(count.code)])
        for count in counts[:_MAX_FINANCIERS]
    )
    table = Table(
        columns,
        lines,
        empty="No source names a financier of its projects.",
        extent=Extent(len(counts), "financiers", ranked="with the most projects"),
    )
    return Section("financiers", "Financiers of its projects", (table,))
