"""Nouns of entities: projects, countries, agreements, policies, organizations, links."""

from bricoop.domain import nouns
from bricoop.domain.vocabularies import (
    AgreementKind,
    Basis,
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
    fields_of,
    lists,
)

#: Fields of records whose values are codes, which people read by their labels.
CODED_FIELDS = nouns.CODED | {"roles", "instrument"}
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
    nouns.PROJECTS,
    (
        KEY,
        NAME,
        Field(
            "short_name",
            "its name without giver, money and remarks, by rule",
            in_table=True,
            sparse=True,
        ),
        *fields_of(nouns.PROJECTS.values[:1]),
        Field("kind_basis", "whether a source states the kind or it follows by rule", codes=Basis),
        lists("kinds", "all its kinds, those that sources state first", codes=ProjectKind),
        *fields_of(nouns.PROJECTS.values[1:2]),
        COUNTRIES,
        country_names("countries it is located in"),
        LINKS,
        lists("financiers", "organizations that fund it", in_table=True, by="financier"),
        *fields_of(nouns.PROJECTS.values[2:]),
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
    nouns.COUNTRIES,
    (
        KEY,
        NAME,
        *fields_of(nouns.COUNTRIES.values),
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
    nouns.AGREEMENTS,
    (
        KEY,
        NAME,
        *fields_of(nouns.AGREEMENTS.values[:1]),
        COUNTRIES,
        country_names("countries that are parties to it"),
        lists("organizations", "organizations that are parties to it", in_table=True),
        LINKS,
        *fields_of(nouns.AGREEMENTS.values[1:]),
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
    nouns.POLICIES,
    (
        KEY,
        NAME,
        *fields_of(nouns.POLICIES.values[:1]),
        COUNTRIES,
        country_names("countries or regions that adopted it"),
        lists("issuers", "organizations that issued it"),
        LINKS,
        *fields_of(nouns.POLICIES.values[1:]),
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
        *fields_of(nouns.ORGANIZATIONS.values),
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
    nouns.FINANCIERS,
    _organization_fields("number of projects it funds"),
    _ORGANIZATION_FILTERS,
    "name",
    "financiers --kind policy-bank",
)

ORGANIZATIONS = Noun(
    nouns.ORGANIZATIONS,
    _organization_fields("number of projects it takes part in"),
    _ORGANIZATION_FILTERS,
    "name",
    "organizations --country Italy",
)

LINK_NOUN = Noun(
    nouns.LINKS,
    (
        KEY,
        NAME,
        Field("kind", "always link"),
        *fields_of(nouns.LINKS.values),
        lists("names", "its other names", in_table=True),
        Field("projects", "number of projects that belong to it", Type.INTEGER, in_table=True),
        Field("agreements", "number of agreements that belong to it", Type.INTEGER),
        Field("policies", "number of policies that belong to it", Type.INTEGER, in_table=True),
        Field(
            "findings", "number of findings about it, without notes", Type.INTEGER, in_table=True
        ),
        SOURCES,
    ),
    (BY_NAME,),
    "position",
    "links",
)

#: The nouns of entities, in the order of the help text.
NOUNS = (PROJECTS, COUNTRY_NOUN, AGREEMENTS, POLICIES, FINANCIERS, ORGANIZATIONS, LINK_NOUN)
