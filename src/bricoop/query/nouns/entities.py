"""Nouns of entities: projects, countries, agreements, policies, organizations, links."""

from bricoop.domain.vocabularies import (
    AgreementKind,
    Link,
    OrganizationKind,
    OrganizationRole,
    PolicyKind,
    ProjectKind,
    ProjectStatus,
)
from bricoop.query.nouns.noun import Field, Filter, Noun, Type
from bricoop.query.nouns.shared import (
    BY_COUNTRY,
    BY_FINANCIER,
    BY_LINK,
    BY_NAME,
    BY_REGION,
    BY_SOURCE,
    COUNTRIES,
    DESCRIPTION,
    KEY,
    LINKS,
    NAME,
    SOURCES,
    by_kind,
    country_names,
    kind,
    lists,
)

#: Fields whose values are codes that tables display by their labels.
CODED_FIELDS = frozenset({"kind", "status", "roles", "instrument", "sector"})
#: AidData's record-quality scores of a project.
SCORES = tuple(
    Field(name, help_, Type.INTEGER, extra=True)
    for name, help_ in (
        ("source_quality", "1 to 5; 4 and 5 mean official sources, 1 means media only"),
        ("completeness", "0 to 5; whether year, amount, kind of flow and agencies are known"),
        (
            "implementation_detail",
            "0 to 5, for projects under way or completed: agencies, dates, places, sector",
        ),
        ("loan_detail", "0 to 5, for loans: interest, maturity, grace period, amount, parties"),
    )
)

PROJECTS = Noun(
    "projects",
    "Railways, ports, power plants, parks and other projects.",
    (
        KEY,
        NAME,
        kind(ProjectKind),
        Field("status", "status of the project", in_table=True, codes=ProjectStatus),
        COUNTRIES,
        country_names("countries it is located in"),
        LINKS,
        lists("financiers", "organizations that fund it", in_table=True, by="financier"),
        Field(
            "sector",
            "OECD DAC sector code; filters take names too, and 210 includes 21020",
            sector=True,
        ),
        Field("announced", "when it was announced", Type.DATE),
        Field("started", "when work began", Type.DATE, in_table=True),
        Field("completed", "when it was completed", Type.DATE, in_table=True),
        DESCRIPTION,
        SOURCES,
        Field("url", "web address of it, or of its money, at a source that has one", extra=True),
        *SCORES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        by_kind(ProjectKind),
        Filter("status", "a status", ProjectStatus),
        BY_FINANCIER,
        BY_SOURCE,
        Filter("year", "announced, started or completed in a year or range: 2013..2018"),
        BY_NAME,
    ),
    "name",
    "projects --link facility --kind railway",
)

COUNTRY_NOUN = Noun(
    "countries",
    "Countries, with counts of what is recorded about each.",
    (
        KEY,
        NAME,
        Field("alpha2", "ISO 3166-1 alpha-2 code", upper=True),
        Field("alpha3", "ISO 3166-1 alpha-3 code", in_table=True, upper=True),
        Field("numeric", "ISO 3166-1 numeric code"),
        Field("region", "UN M49 region", in_table=True),
        Field("subregion", "UN M49 subregion"),
        Field("projects", "number of projects located there", Type.INTEGER, in_table=True),
        Field("agreements", "number of agreements it is a party to", Type.INTEGER, in_table=True),
        Field("policies", "number of policies it adopted", Type.INTEGER, in_table=True),
        Field("statistics", "number of statistics about it", Type.INTEGER, in_table=True),
        SOURCES,
    ),
    (
        BY_REGION,
        Filter("link", "with a project or policy that belongs to a link", completed=Link),
        BY_SOURCE,
        BY_NAME,
        Filter("all", "also countries with nothing recorded about them"),
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
        kind(AgreementKind),
        COUNTRIES,
        country_names("countries that are parties to it"),
        lists("organizations", "organizations that are parties to it", in_table=True),
        LINKS,
        Field("signed", "when it was signed", Type.DATE, in_table=True),
        Field("in_force", "when it came into force", Type.DATE),
        Field("ended", "when it ended", Type.DATE),
        DESCRIPTION,
        SOURCES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        by_kind(AgreementKind),
        BY_SOURCE,
        Filter("year", "signed, in force or ended in a year or range"),
        BY_NAME,
    ),
    "name",
    "agreements --country China",
)

POLICIES = Noun(
    "policies",
    "Initiatives, strategies and plans of countries and regions.",
    (
        KEY,
        NAME,
        kind(PolicyKind),
        COUNTRIES,
        country_names("countries or regions that adopted it"),
        lists("issuers", "organizations that issued it"),
        LINKS,
        Field("adopted", "when it was adopted or proposed", Type.DATE, in_table=True),
        DESCRIPTION,
        SOURCES,
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        by_kind(PolicyKind),
        BY_SOURCE,
        Filter("year", "adopted in a year or range"),
        BY_NAME,
    ),
    "name",
    "policies --country Kazakhstan",
)


def _organization_fields(projects: str) -> tuple[Field, ...]:
    return (
        KEY,
        NAME,
        kind(OrganizationKind),
        Field("country", "ISO 3166-1 alpha-3 code of its home country", in_table=True),
        lists("roles", "roles it acts in", in_table=True, codes=OrganizationRole),
        Field("projects", projects, Type.INTEGER, in_table=True),
        DESCRIPTION,
        SOURCES,
    )


_ORGANIZATION_FILTERS = (
    Filter("country", "its home country: any name or code"),
    by_kind(OrganizationKind),
    BY_LINK,
    BY_SOURCE,
    BY_NAME,
)

FINANCIERS = Noun(
    "financiers",
    "Organizations that a source names as financiers or funders.",
    _organization_fields("number of projects it funds"),
    _ORGANIZATION_FILTERS,
    "name",
    "financiers --kind policy-bank",
)

ORGANIZATIONS = Noun(
    "organizations",
    "Financiers, companies and public bodies.",
    _organization_fields("number of projects it takes part in"),
    _ORGANIZATION_FILTERS,
    "name",
    "organizations --country Italy",
)

LINK_NOUN = Noun(
    "links",
    "The five links, with counts of what belongs to each.",
    (
        KEY,
        NAME,
        Field("kind", "always link"),
        Field("code", "code", in_table=True),
        Field("position", "its position in the usual order", Type.INTEGER),
        lists("names", "its other names", in_table=True),
        Field("projects", "number of projects that belong to it", Type.INTEGER, in_table=True),
        Field("agreements", "number of agreements that belong to it", Type.INTEGER),
        Field("policies", "number of policies that belong to it", Type.INTEGER, in_table=True),
        Field("findings", "number of findings about it", Type.INTEGER, in_table=True),
        SOURCES,
    ),
    (BY_NAME,),
    "position",
    "links",
)
