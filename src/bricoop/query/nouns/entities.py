"""The nouns of entities: projects, countries, agreements, policies, organizations, links."""

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

#: How well a project is known, by AidData's formulas.
SCORES = tuple(
    Field(name, help_, Type.INTEGER, extra=True)
    for name, help_ in (
        ("source_quality", "1 to 5: 4 and 5 rest on official sources, 1 on media alone"),
        ("completeness", "0 to 5: year, amount, kind of flow, and agencies are known"),
        ("implementation_detail", "0 to 5, of what is under way or done: who, when, where, sector"),
        ("loan_detail", "0 to 5, of loans: rate, maturity, grace, amount, and who"),
    )
)

PROJECTS = Noun(
    "projects",
    "Railways, ports, parks, corridors and whatever else is built, run or bought.",
    (
        KEY,
        NAME,
        kind(ProjectKind),
        Field("status", "how far it has come", in_table=True, codes=ProjectStatus),
        COUNTRIES,
        country_names("the countries it lies in"),
        LINKS,
        lists("financiers", "who funds it", in_table=True, by="financier"),
        Field(
            "sector", "OECD DAC sector code, 210 holding 21020, or its name to ask by", sector=True
        ),
        Field("announced", "when it was announced", Type.DATE),
        Field("started", "when work began", Type.DATE, in_table=True),
        Field("completed", "when it was done", Type.DATE, in_table=True),
        DESCRIPTION,
        SOURCES,
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
        Field("projects", "how many projects lie there", Type.INTEGER, in_table=True),
        Field("agreements", "to how many agreements it is party", Type.INTEGER, in_table=True),
        Field("policies", "how many policies are its own", Type.INTEGER, in_table=True),
        Field("statistics", "how many figures are about it", Type.INTEGER, in_table=True),
        SOURCES,
    ),
    (
        BY_REGION,
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
        kind(AgreementKind),
        COUNTRIES,
        country_names("the countries that are party to it"),
        lists("organizations", "the organizations that are party to it", in_table=True),
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
        kind(PolicyKind),
        COUNTRIES,
        country_names("the countries or regions whose it is"),
        lists("issuers", "the organizations that issued it"),
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
        kind(OrganizationKind),
        Field("country", "ISO 3166-1 alpha-3 code of its home country", in_table=True),
        lists("roles", "in what capacities it acts", in_table=True, codes=OrganizationRole),
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
        Field("position", "its place in the usual order", Type.INTEGER),
        lists("names", "its other names", in_table=True),
        Field("projects", "how many projects come under it", Type.INTEGER, in_table=True),
        Field("agreements", "how many agreements", Type.INTEGER),
        Field("policies", "how many policies", Type.INTEGER, in_table=True),
        Field("findings", "how many findings", Type.INTEGER, in_table=True),
        SOURCES,
    ),
    (BY_NAME,),
    "position",
    "links",
)
