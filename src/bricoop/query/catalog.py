"""What can be asked: every noun with its fields and filters, as plain data."""

from dataclasses import dataclass
from enum import StrEnum

from bricoop.domain.vocabularies import (
    AgreementKind,
    FinanceKind,
    FindingKind,
    Link,
    OrganizationKind,
    PolicyKind,
    ProjectKind,
    ProjectStatus,
    SourceKind,
)
from bricoop.errors import NotFoundError


@dataclass(frozen=True)
class Field:
    """One field of a noun's rows.

    Attributes:
        name: as it stands in JSON, CSV and `--columns`.
        help: what it holds.
        in_table: whether a table for people shows it unasked.
        coded: whether its values are codes that a table shows by their labels.
        sortable: whether rows can be sorted by it; lists cannot.
        number: whether its values are numbers, which a table aligns to the right.
    """

    name: str
    help: str
    in_table: bool = False
    coded: bool = False
    sortable: bool = True
    number: bool = False


@dataclass(frozen=True)
class Filter:
    """One filter of a noun; its values mean *any of*.

    Attributes:
        name: the option, without dashes.
        help: what it narrows to.
        vocabulary: the codes it takes, where they are a closed list.
        completed: the codes that a shell completes, where it takes names too.
    """

    name: str
    help: str
    vocabulary: type[StrEnum] | None = None
    completed: type[StrEnum] | None = None


@dataclass(frozen=True)
class Noun:
    """Something that can be asked for.

    Attributes:
        name: the word of the command line, in the plural.
        help: what a row is, in a sentence.
        fields: its fields, in the order in which rows give them.
        filters: its filters.
        order: the field by which rows are sorted unasked.
        example: an example question for the help text, without `bricoop query`.
    """

    name: str
    help: str
    fields: tuple[Field, ...]
    filters: tuple[Filter, ...]
    order: str
    example: str

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((field for field in self.fields if field.name == name), None)


def _lists(name: str, help_: str, *, in_table: bool = False, coded: bool = False) -> Field:
    return Field(name, help_, in_table=in_table, coded=coded, sortable=False)


KEY = Field("key", "stable key")
NAME = Field("name", "name shown", in_table=True)
KIND = Field("kind", "kind", in_table=True, coded=True)
LINKS = _lists("links", "codes of the links it comes under", in_table=True)
SOURCES = _lists("sources", "keys of the sources that speak about it")
COUNTRIES = _lists("countries", "ISO 3166-1 alpha-3 codes")
DESCRIPTION = Field("description", "a sentence about it")
SOURCE = Field("source", "key of the source", in_table=True)
LOCATOR = Field("locator", "where the source says so", in_table=True)

BY_NAME = Filter("name", "part of any of its names, in any script")
BY_LINK = Filter(
    "link", "a link: its code, any of its names, or a unique beginning", completed=Link
)
BY_COUNTRY = Filter("country", "a country: any name or code; or a region that sources name")
BY_SOURCE = Filter("source", "a source: its key, or part of its title")
BY_YEAR = Filter("year", "a year or a span: 2013, 2013..2018, ..2018")
BY_FINANCIER = Filter("financier", "who funds it: any name of an organization")


def _kind(vocabulary: type[StrEnum]) -> Filter:
    return Filter("kind", "a kind", vocabulary)


def _country_names(what: str, *, in_table: bool = True) -> Field:
    return _lists("country_names", what, in_table=in_table)


PROJECTS = Noun(
    "projects",
    "Railways, ports, parks, corridors and whatever else is built, run or bought.",
    (
        KEY,
        NAME,
        KIND,
        Field("status", "how far it has come", in_table=True, coded=True),
        COUNTRIES,
        _country_names("the countries it lies in"),
        LINKS,
        _lists("financiers", "who funds it", in_table=True),
        Field("sector", "OECD DAC CRS code"),
        Field("announced", "when it was announced"),
        Field("started", "when work began", in_table=True),
        Field("completed", "when it was done", in_table=True),
        DESCRIPTION,
        SOURCES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        _kind(ProjectKind),
        Filter("status", "a status", ProjectStatus),
        BY_FINANCIER,
        BY_SOURCE,
        Filter("year", "announced, started or completed in a year or span: 2013..2018"),
        BY_NAME,
    ),
    "name",
    "projects --link facility --kind railway",
)

COUNTRY_NOUN = Noun(
    "countries",
    "Countries, with how much is recorded about each.",
    (
        KEY,
        NAME,
        Field("alpha2", "ISO 3166-1 alpha-2 code"),
        Field("alpha3", "ISO 3166-1 alpha-3 code", in_table=True),
        Field("numeric", "ISO 3166-1 numeric code"),
        Field("region", "UN M49 region", in_table=True),
        Field("subregion", "UN M49 subregion"),
        Field("projects", "how many projects lie there", in_table=True, number=True),
        Field("agreements", "to how many agreements it is party", in_table=True, number=True),
        Field("policies", "how many policies are its own", in_table=True, number=True),
        Field("statistics", "how many figures are about it", in_table=True, number=True),
        SOURCES,
    ),
    (
        Filter("region", "a UN M49 region or subregion"),
        Filter("link", "with a project or policy under a link", completed=Link),
        BY_SOURCE,
        BY_NAME,
        Filter("all", "also countries about which nothing is recorded"),
    ),
    "name",
    "countries --region Europe",
)

AGREEMENTS = Noun(
    "agreements",
    "Memoranda, cooperation documents, treaties and contracts.",
    (
        KEY,
        NAME,
        KIND,
        COUNTRIES,
        _country_names("the countries that are party to it"),
        _lists("organizations", "the organizations that are party to it", in_table=True),
        LINKS,
        Field("signed", "when it was signed", in_table=True),
        Field("in_force", "when it came into force"),
        Field("ended", "when it ended"),
        DESCRIPTION,
        SOURCES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        _kind(AgreementKind),
        BY_SOURCE,
        Filter("year", "signed, in force or ended in a year or span"),
        BY_NAME,
    ),
    "name",
    "agreements --country China",
)

POLICIES = Noun(
    "policies",
    "Initiatives, strategies, plans and guidance of countries and regions.",
    (
        KEY,
        NAME,
        KIND,
        COUNTRIES,
        _country_names("the countries or regions whose it is"),
        _lists("issuers", "the organizations that issued it"),
        LINKS,
        Field("adopted", "when it was adopted or proposed", in_table=True),
        DESCRIPTION,
        SOURCES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        _kind(PolicyKind),
        BY_SOURCE,
        Filter("year", "adopted in a year or span"),
        BY_NAME,
    ),
    "name",
    "policies --country Kazakhstan",
)


def _organization_fields(projects: str) -> tuple[Field, ...]:
    return (
        KEY,
        NAME,
        KIND,
        Field("country", "ISO 3166-1 alpha-3 code of its home country", in_table=True),
        _lists("roles", "in what capacities it acts", in_table=True, coded=True),
        Field("projects", projects, in_table=True, number=True),
        DESCRIPTION,
        SOURCES,
    )


_ORGANIZATION_FILTERS = (
    Filter("country", "its home country: any name or code"),
    _kind(OrganizationKind),
    BY_LINK,
    BY_SOURCE,
    BY_NAME,
)

FINANCIERS = Noun(
    "financiers",
    "Organizations that a source calls financiers, or that fund something.",
    _organization_fields("how many projects it funds"),
    _ORGANIZATION_FILTERS,
    "name",
    "financiers --kind policy-bank",
)

ORGANIZATIONS = Noun(
    "organizations",
    "Financiers, enterprises and public bodies.",
    _organization_fields("in how many projects it takes part"),
    _ORGANIZATION_FILTERS,
    "name",
    "organizations --country Italy",
)

LINK_NOUN = Noun(
    "links",
    "The five links, with how much is recorded under each.",
    (
        KEY,
        NAME,
        Field("kind", "always link"),
        Field("code", "code", in_table=True),
        Field("position", "its place in the usual order", number=True),
        _lists("names", "its other names", in_table=True),
        Field("projects", "how many projects come under it", in_table=True, number=True),
        Field("agreements", "how many agreements", number=True),
        Field("policies", "how many policies", in_table=True, number=True),
        Field("findings", "how many findings", in_table=True, number=True),
        SOURCES,
    ),
    (BY_NAME,),
    "position",
    "links",
)

STATISTICS = Noun(
    "statistics",
    "Figures that sources state, each with its subject.",
    (
        Field("indicator", "what is measured", in_table=True),
        Field("subject", "what it is about", in_table=True),
        Field("value", "the figure, exactly as stated", in_table=True, number=True),
        Field("unit", "its unit; empty where the source gives none", in_table=True),
        Field("price_base", "in what prices, for money"),
        Field("qualifier", "how exact it is meant to be", in_table=True, coded=True),
        Field("period", "when it held", in_table=True),
        Field("stated", "the figure as printed"),
        Field("note", "what a reader must know"),
        SOURCE,
        LOCATOR,
        Field("subject_key", "key of what it is about"),
    ),
    (
        Filter("country", "about a country: any name or code"),
        Filter("subject", "about any entity, by any of its names"),
        Filter("indicator", "part of the indicator"),
        Filter(
            "year",
            "of a period that touches a year or span; one without a start counts as of its end, "
            "one without an end as of its start",
        ),
        BY_SOURCE,
    ),
    "indicator",
    "statistics --year 2018",
)

FINDINGS = Noun(
    "findings",
    "Opportunities, challenges and prospects that sources see.",
    (
        Field("kind", "opportunity, challenge or prospect", in_table=True, coded=True),
        Field("link", "code of the link it comes under", in_table=True),
        Field("statement", "what the source finds, in our words", in_table=True),
        Field("subject", "what it is about, if not the link"),
        SOURCE,
        LOCATOR,
    ),
    (
        _kind(FindingKind),
        BY_LINK,
        Filter("subject", "about any entity, by any of its names"),
        BY_SOURCE,
        Filter("name", "words in the statement"),
    ),
    "locator",
    "findings --kind challenge --link facility",
)

FINANCE = Noun(
    "finance",
    "Money for projects, row by row, as sources state it; never added up here.",
    (
        Field("project", "the project", in_table=True),
        Field("kind", "kind of flow", in_table=True, coded=True),
        Field("financier", "who gives it", in_table=True),
        Field("instrument", "how it is given", in_table=True, coded=True),
        Field("amount", "as stated", in_table=True, number=True),
        Field("currency", "ISO 4217 code of the amount", in_table=True),
        Field("amount_usd", "in nominal US dollars", number=True),
        Field("amount_usd_constant", "in constant US dollars", number=True),
        Field("price_year", "base year of the constant amount", number=True),
        Field("date", "of the commitment or payment", in_table=True),
        Field("estimated", "whether the amount is an estimate"),
        Field("counted", "whether the source counts it in its totals"),
        Field("note", "what a reader must know"),
        SOURCE,
        LOCATOR,
        Field("project_key", "key of the project"),
    ),
    (
        BY_COUNTRY,
        BY_FINANCIER,
        _kind(FinanceKind),
        BY_YEAR,
        BY_SOURCE,
        Filter("project", "of a project, by any of its names"),
        Filter("name", "part of any name of the project"),
    ),
    "project",
    "finance --country Pakistan",
)

SOURCE_NOUN = Noun(
    "sources",
    "Who says it: documents, datasets and standards.",
    (
        Field("key", "stable key", in_table=True),
        Field("name", "title", in_table=True),
        KIND,
        Field("tier", "1 (government) to 8 (social media)", in_table=True, number=True),
        Field("tier_name", "what the tier means", in_table=True),
        Field("authors", "authors"),
        Field("publisher", "publisher"),
        Field("published", "when it was published", in_table=True),
        Field("edition", "edition"),
        Field("url", "web address"),
        Field("archived_url", "address of an archived copy"),
        Field("licence", "licence"),
        Field("language", "ISO 639 code"),
        Field("note", "what a reader must know"),
        Field("records", "how many records it gives", in_table=True, number=True),
    ),
    (
        _kind(SourceKind),
        Filter("tier", "a tier, 1 to 8"),
        Filter("year", "published in a year or span"),
        Filter("name", "part of the title"),
    ),
    "key",
    "sources --tier 4",
)

LOADS = Noun(
    "loads",
    "Runs of the door: what was loaded when, from which file.",
    (
        Field("key", "number of the load", in_table=True, number=True),
        Field("name", "name of the file", in_table=True),
        Field("kind", "the noun that was loaded", in_table=True),
        Field("source", "key of the source", in_table=True),
        Field("rows_read", "rows read", in_table=True, number=True),
        Field("rows_new", "of these, new", in_table=True, number=True),
        Field("rows_changed", "of these, changed", in_table=True, number=True),
        Field("rows_unchanged", "of these, unchanged", in_table=True, number=True),
        Field("rows_rejected", "of these, rejected", number=True),
        Field("started", "when it began, UTC"),
        Field("finished", "when it ended, UTC", in_table=True),
        Field("profile", "the layout it was read by"),
        Field("sha256", "digest of the file"),
        Field("tool_version", "version of bricoop"),
        Field("undone", "when it was undone, UTC"),
    ),
    (
        BY_SOURCE,
        Filter("kind", "the noun that was loaded"),
        Filter("name", "part of the file's name"),
        Filter("all", "also loads that were undone"),
    ),
    "key",
    "loads --source manufacturing-cooperation-paper",
)

NOUNS: tuple[Noun, ...] = (
    PROJECTS,
    COUNTRY_NOUN,
    AGREEMENTS,
    POLICIES,
    FINANCIERS,
    ORGANIZATIONS,
    LINK_NOUN,
    STATISTICS,
    FINDINGS,
    FINANCE,
    SOURCE_NOUN,
    LOADS,
)


def noun_of(name: str) -> Noun:
    """Return the noun of that name.

    Raises:
        NotFoundError: nothing can be asked for by that name.
    """
    found = next((noun for noun in NOUNS if noun.name == name), None)
    if found is None:
        raise NotFoundError("noun", name, [noun.name for noun in NOUNS])
    return found
