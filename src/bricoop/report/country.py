"""The report on a country: what is recorded about it, under the five links, and who says so."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.db.schema import country
from bricoop.lookup.entities import Found
from bricoop.query.entity_profile import claims_about
from bricoop.query.question import Question
from bricoop.report.amounts import amounts_of
from bricoop.report.blocks import Column, Extent, Line, Part, Table
from bricoop.report.charts import pictures, places
from bricoop.report.countries import find_country
from bricoop.report.data import Asking, Filters, Rows, counted
from bricoop.report.differences import differences
from bricoop.report.entity_sections import descriptions_section
from bricoop.report.links import Links, findings
from bricoop.report.money import money_section
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited
from bricoop.report.summary import Glance
from bricoop.report.tables import of_rows
from bricoop.report.tables import table as rows_table

#: So many financiers are listed, each with who says so.
_FINANCIERS = 20


def country_report(connection: Connection, request: Request) -> Report:
    """Return the report on the country that a name or code means.

    Raises:
        NotFoundError: no country is known by that name.
        AmbiguousNameError: the name means several countries.
    """
    found = find_country(connection, request.name)
    return _Making(Asking(connection), found, request).report()


class _Making:
    """One report in the making: what its sections share is read once."""

    def __init__(self, asking: Asking, found: Found, request: Request) -> None:
        self._asking = asking
        self._found = found
        self._here = {"country": (found.key,)}
        self._own = {"subject": (found.key,)}
        self._request = request
        nouns = ("projects", "agreements", "policies", "statistics", "organizations")
        self._glance = Glance(asking, dict.fromkeys(nouns, self._here))
        amounts = amounts_of(asking.connection, request.counting(Question("finance", self._here)))
        self._links = Links(asking, self._here, amounts, found.name)
        row = select(country).where(country.c.id == found.id)
        self._row = asking.connection.execute(row).one()
        claims = claims_about(asking.connection, found.id)
        self._descriptions = tuple(descriptions_section(claims))

    def report(self) -> Report:
        """Arrange what is asked for."""
        name = self._found.name
        known = self._descriptions or self._asking.number("findings", self._own)
        if self._glance.is_empty and not known:
            nothing = f"Nothing is recorded about {name} in this knowledge base."
            return self._finished(nothing, [])
        sections = [*self._sections()]
        sources = counted(len(cited(sections)), "sources")
        summary = f"The knowledge base has {self._glance.said()} for {name}, from {sources}."
        return self._finished(summary, sections)

    def _finished(self, summary: str, sections: list[Section]) -> Report:
        row = self._row
        codes = f"{row.alpha2} · {row.alpha3}"
        place = ", ".join(part for part in (row.subregion, row.region) if part)
        titles = (self._found.name, f"{codes} · {place}" if place else codes)
        return self._asking.finished("country", self._found.key, titles, summary, sections)

    def _sections(self) -> Iterator[Section]:
        counting = self._request.counting(Question("finance", self._here))
        money = money_section(self._asking.connection, counting)
        glance = self._glance.section(self._pictures())
        # Money comes first, where there is any.
        yield from (glance, money) if money.is_empty else (money, glance)
        yield from self._descriptions
        yield self._links.overview()
        about_others = [
            row
            for row in self._asking.rows("statistics", self._here)
            if row["subject_key"] != self._found.key
        ]
        yield from self._links.sections(about_others)
        yield financiers(self._asking, self._here)
        yield from self._rest(about_others)

    def _pictures(self) -> list[Part]:
        found = places(self._asking, self._here, (self._row.alpha3,))
        return pictures(self._asking, "projects", self._here, ("year", "kind"), found)

    def _rest(self, about_others: Rows) -> Iterator[Section]:
        name = self._found.name
        own = self._asking.rows("statistics", self._own)
        for key, title, rows in (
            ("figures", f"Figures about {name}", own),
            ("other_figures", "Other figures", about_others),
        ):
            if rows:
                yield Section(key, title, (of_rows(self._asking, "statistics", rows),))
        if self._glance.numbers["organizations"]:
            organizations = rows_table(self._asking, "organizations", self._here)
            yield Section("organizations", "Organizations based there", (organizations,))
        yield from differences(self._asking, self._here)
        about = tuple(findings(self._asking, {"subject": (self._found.key, *self._links.printed)}))
        if about:
            yield Section("findings", f"Findings about {name} and its projects", about)


def financiers(asking: Asking, subject: Filters) -> Section:
    """Return the section of those who fund a subject's projects, by how many."""
    counts = [one for one in asking.counts("projects", subject, "financier") if one.code]
    columns = (Column("name", "Name"), Column("projects", "Projects", number=True))
    said = asking.speaking_each("projects", subject, "financier")
    lines = tuple(Line((one.name, one.number), said[str(one.code)]) for one in counts[:_FINANCIERS])
    made = Table(
        columns,
        lines,
        empty="No source names a financier of its projects.",
        extent=Extent(len(counts), "financiers", ranked="with the most projects"),
    )
    return Section("financiers", "Financiers of its projects", (made,))
