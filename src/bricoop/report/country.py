"""The report on a country: what is recorded about it, under the five links, and who says so."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.schema import country, entity, knowledge_base
from bricoop.db.seam import among
from bricoop.domain.vocabularies import EntityKind, label
from bricoop.lookup.entities import Found, find_entity
from bricoop.query.ask import ask
from bricoop.query.citations import Citation, bibliography, citations_of
from bricoop.query.portrait import claims_about
from bricoop.query.question import Question
from bricoop.query.relations import link_names
from bricoop.report.parts import Column, Line
from bricoop.report.sections import Report, Section, cited, table
from bricoop.version import __version__

_NAME = Column("name", "Name")
_KIND = Column("kind", "Kind", coded=True)
_LINKS = Column("links", "Links")
Rows = list[dict[str, Any]]


def country_report(connection: Connection, typed: str) -> Report:
    """Return the report on the country that a name or code means.

    Raises:
        NotFoundError: no country is known by that name.
        AmbiguousNameError: the name means several countries.
    """
    found = find_entity(connection, typed, [EntityKind.COUNTRY])
    return _Making(connection, found).report()


class _Making:
    """One report in the making: the rows that its sections share are read once."""

    def __init__(self, connection: Connection, found: Found) -> None:
        self._connection = connection
        self._found = found
        self._names = link_names(connection)
        here = {"country": (found.key,)}
        self._projects = self._ask("projects", here)
        self._agreements = self._ask("agreements", here)
        self._policies = self._ask("policies", here)
        everything = [*self._projects, *self._agreements, *self._policies]
        keys = [row["key"] for row in everything]
        self._subjects = [found.key, *keys]
        self._statistics = self._ask("statistics", {"subject": tuple(self._subjects)})
        self._own_findings = self._ask("findings", {"subject": tuple(self._subjects)})
        self._links = [
            code for code in self._names if any(code in row["links"] for row in everything)
        ]
        self._link_findings = (
            self._ask("findings", {"link": tuple(self._links)}) if self._links else []
        )
        self._organizations = self._ask("organizations", here)
        self._descriptions = [
            claim for claim in claims_about(connection, found.id) if claim.field == "description"
        ]
        self._citations = self._cite(keys)

    def report(self) -> Report:
        """Arrange what was read."""
        sections = (
            self._links_section(),
            *self._descriptions_sections(),
            self._projects_section(),
            self._agreements_section(),
            self._policies_section(),
            self._financiers_section(),
            self._organizations_section(),
            self._statistics_section(),
            *self._findings_sections(),
        )
        recorded = any(not section.is_empty for section in sections[1:])
        sources = bibliography(self._connection, cited(sections))
        return Report(
            kind="country",
            key=self._found.key,
            title=self._found.name,
            subtitle=self._subtitle(),
            summary=self._summary(len(sources)) if recorded else self._nothing(),
            sections=sections if recorded else (),
            sources=tuple(sources),
            knowledge_base=self._connection.scalar(select(knowledge_base.c.version)) or 0,
            tool_version=__version__,
        )

    def _ask(self, noun: str, filters: Mapping[str, tuple[str, ...]]) -> Rows:
        answer = ask(self._connection, Question(noun, filters))
        names = [field.name for field in answer.fields]
        return [dict(zip(names, row, strict=True)) for row in answer.rows]

    def _cite(self, keys: Sequence[str]) -> dict[str, tuple[Citation, ...]]:
        organizations = [row["key"] for row in self._organizations]
        financiers = {name for row in self._projects for name in row["financiers"]}
        rows = self._connection.execute(
            select(entity.c.id, entity.c.key, entity.c.name).where(
                among(self._connection, entity.c.key, [*keys, *organizations])
                | among(self._connection, entity.c.name, financiers)
            )
        ).all()
        found = citations_of(self._connection, [row.id for row in rows])
        return {row.key: tuple(found.get(row.id, ())) for row in rows}

    def _subtitle(self) -> str:
        row = self._connection.execute(select(country).where(country.c.id == self._found.id)).one()
        codes = f"{row.alpha2} · {row.alpha3}"
        place = ", ".join(part for part in (row.subregion, row.region) if part)
        return f"{codes} · {place}" if place else codes

    def _summary(self, sources: int) -> str:
        kinds = Counter(label(row["kind"]) for row in self._projects if row["kind"])
        of_kinds = (
            f" ({', '.join(_counted(n, kind) for kind, n in kinds.items())})" if kinds else ""
        )
        parts = [
            _counted(len(self._projects), "project") + of_kinds,
            _counted(len(self._agreements), "agreement"),
            _counted(len(self._policies), "policy", "policies"),
            *self._figures(),
        ]
        said = f"{', '.join(parts[:-1])} and {parts[-1]}"
        return (
            f"{self._found.name} stands in this knowledge base with {said}, "
            f"on the word of {_counted(sources, 'source')}."
        )

    def _figures(self) -> Iterable[str]:
        own = sum(row["subject_key"] == self._found.key for row in self._statistics)
        others = len(self._statistics) - own
        figures = _counted(own, "figure")
        yield f"{figures} about the country" if others else figures
        if others:
            yield f"{others} about its projects, agreements and policies"

    def _nothing(self) -> str:
        return f"Nothing is recorded about {self._found.name} in this knowledge base."

    def _links_section(self) -> Section:
        return table(
            "links",
            "The five links",
            (
                Column("code", "Link"),
                Column("name", "Name"),
                Column("projects", "Projects", number=True),
                Column("agreements", "Agreements", number=True),
                Column("policies", "Policies", number=True),
            ),
            tuple(
                Line((code, name, *(_under(code, rows) for rows in self._by_noun())))
                for code, name in self._names.items()
            ),
        )

    def _by_noun(self) -> tuple[Rows, Rows, Rows]:
        return self._projects, self._agreements, self._policies

    def _descriptions_sections(self) -> Iterable[Section]:
        if self._descriptions:
            lines = tuple(
                Line((claim.value,), (Citation(claim.source, claim.locator),))
                for claim in self._descriptions
            )
            columns = (Column("description", "Description"),)
            yield table("descriptions", "What is said of it", columns, lines)

    def _projects_section(self) -> Section:
        columns = (
            _NAME, _KIND, Column("status", "Status", coded=True), _LINKS,
            Column("country_names", "Countries"), Column("started", "Started"),
            Column("completed", "Completed"),
        )  # fmt: skip
        return self._section("projects", "Projects", columns, self._projects)

    def _agreements_section(self) -> Section:
        columns = (
            _NAME,
            _KIND,
            _LINKS,
            Column("country_names", "Parties"),
            Column("signed", "Signed"),
        )
        return self._section("agreements", "Agreements", columns, self._agreements)

    def _policies_section(self) -> Section:
        columns = (_NAME, _KIND, _LINKS, Column("adopted", "Adopted"))
        return self._section("policies", "Policies", columns, self._policies)

    def _financiers_section(self) -> Section:
        funded: dict[str, list[str]] = {}
        cited: dict[str, list[Citation]] = {}
        for row in self._projects:
            for name in row["financiers"]:
                funded.setdefault(name, []).append(row["name"])
                cited.setdefault(name, []).extend(self._citations.get(row["key"], ()))
        return table(
            "financiers",
            "Financiers of its projects",
            (_NAME, Column("projects", "Projects")),
            tuple(
                Line((name, projects), tuple(dict.fromkeys(cited[name])))
                for name, projects in sorted(funded.items())
            ),
            empty="No source names who finances its projects.",
        )

    def _organizations_section(self) -> Section:
        columns = (_NAME, _KIND, Column("roles", "Acts as", coded=True))
        return self._section(
            "organizations", "Organizations at home there", columns, self._organizations
        )

    def _statistics_section(self) -> Section:
        columns = (
            Column("indicator", "Indicator"), Column("subject", "About"),
            Column("qualifier", "", coded=True), Column("value", "Value", number=True),
            Column("unit", "Unit"), Column("period", "Period"),
        )  # fmt: skip
        return table("statistics", "Figures", columns, tuple(_lines(columns, self._statistics)))

    def _findings_sections(self) -> Iterable[Section]:
        columns = (Column("kind", "Kind", coded=True), Column("statement", "Finding"))
        own = [row for row in self._own_findings if row not in self._link_findings]
        if own:
            title = f"Findings about {self._found.name}, its projects and its policies"
            yield table("findings", title, columns, tuple(_lines(columns, own)))
        for code in self._links:
            rows = [row for row in self._link_findings if row["link"] == code]
            yield table(
                f"findings_{code}",
                f"Findings on {self._names[code]}",
                columns,
                tuple(_lines(columns, rows)),
                note="What sources see in the link as a whole, under which something above comes.",
            )

    def _section(self, name: str, title: str, columns: tuple[Column, ...], rows: Rows) -> Section:
        lines = tuple(
            Line(_cells(columns, row), self._citations.get(row["key"], ())) for row in rows
        )
        return table(name, title, columns, lines)


def _lines(columns: tuple[Column, ...], rows: Rows) -> Iterable[Line]:
    for row in rows:
        yield Line(_cells(columns, row), (Citation(row["source"], row["locator"]),))


def _cells(columns: tuple[Column, ...], row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in columns)


def _under(code: str, rows: Rows) -> int:
    return sum(code in row["links"] for row in rows)


def _counted(number: int, noun: str, plural: str = "") -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {plural or noun + 's'}"
