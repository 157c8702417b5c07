"""The native layouts of the nouns that describe entities."""

from bricoop.domain import nouns
from bricoop.domain.vocabularies import CountryRole, OrganizationRole, ParticipationRole
from bricoop.ingest.layouts.clean import choice, partial_date, short, text, tier, url, whole, yes_no
from bricoop.ingest.layouts.layout import (
    Acts,
    Classified,
    Column,
    Layout,
    Party,
    Placed,
    Takes,
    codes,
)
from bricoop.ingest.layouts.lists import ListOf
from bricoop.ingest.layouts.shared import (
    COUNTRIES_BASIS,
    ID,
    KEY,
    LINKED,
    LOCATOR,
    NAMES,
    columns_of,
    countries,
    links,
    name,
    named,
)

_ROLES = (
    ("financiers", ParticipationRole.FUNDING, "organizations that fund it"),
    ("accountable", ParticipationRole.ACCOUNTABLE, "organizations accountable for it"),
    ("extending", ParticipationRole.EXTENDING, "organizations that pass the money on"),
    ("implementers", ParticipationRole.IMPLEMENTING, "organizations that implement it"),
    ("contractors", ParticipationRole.CONTRACTOR, "organizations that build it"),
    ("receivers", ParticipationRole.RECEIVING, "organizations that receive the money"),
    ("guarantors", ParticipationRole.GUARANTOR, "organizations that guarantee it"),
    ("insurers", ParticipationRole.INSURER, "organizations that insure it"),
    ("operators", ParticipationRole.OPERATOR, "organizations that operate it"),
    ("acquirers", ParticipationRole.ACQUIRER, "organizations that acquire it"),
    ("acquired", ParticipationRole.ACQUIRED, "organization that is acquired"),
)

COUNTRIES = Layout(
    nouns.COUNTRIES,
    may_create=False,
    columns=(
        ID,
        Column("name", short, "the country, in any usual spelling", "Belarus", required=True),
        *columns_of(nouns.COUNTRIES.values),
        *named("Belarus", "白俄罗斯"),
        LOCATOR,
    ),
    identity=("name",),
    facts=NAMES,
)

REGIONS = Layout(
    nouns.REGIONS,
    columns=(
        ID,
        KEY,
        name("region", "Southeast Asia"),
        *named("Southeast Asia", "东南亚"),
        LOCATOR,
    ),
    identity=("name",),
    facts=NAMES,
)

LINK_NOUN = Layout(
    nouns.LINKS,
    columns=(
        ID,
        KEY,
        name("link", "facilities connectivity"),
        *columns_of(nouns.LINKS.values),
        *named("facility interconnection", "设施联通"),
        LOCATOR,
    ),
    identity=("code",),
    facts=NAMES,
)

ORGANIZATIONS = Layout(
    nouns.ORGANIZATIONS,
    columns=(
        ID,
        KEY,
        name("organization", "Example Bank"),
        *columns_of(nouns.ORGANIZATIONS.values),
        Column("roles", ListOf(choice(OrganizationRole)), codes(OrganizationRole), "financier"),
        *named("Example Bank Limited", "示例银行"),
        *links("finance"),
        LOCATOR,
    ),
    identity=("name",),
    facts=(*NAMES, Acts("roles"), LINKED),
)

PROJECTS = Layout(
    nouns.PROJECTS,
    columns=(
        ID,
        KEY,
        name("project", "Example Port"),
        # Kind and status stand before the countries, as in answers.
        *columns_of(nouns.PROJECTS.values[:2]),
        countries("Pakistan"),
        COUNTRIES_BASIS,
        *links("facility"),
        *columns_of(nouns.PROJECTS.values[2:]),
        Column("planned_completion", partial_date, "when it was planned to be completed"),
        Column("located", yes_no, "whether the source states its location"),
        Column(
            "official_sources", whole, "number of official sources that the source cites for it"
        ),
        Column("source_tiers", ListOf(tier), "tiers, 1 to 8, of the sources that it cites"),
        *(Column(role, ListOf(short), description) for role, _, description in _ROLES),
        Column("parent", short, "id in the source, or key, of the project that it is part of"),
        Column("url", url, "web address of the project at its source"),
        Column("source_urls", ListOf(text), "web addresses that the source cites", long=True),
        *named("Port of Example", "示例港"),
        LOCATOR,
    ),
    identity=("name",),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.LOCATION, "countries_basis"),
        LINKED,
        *(Takes(column, role) for column, role, _ in _ROLES),
        Classified(),
    ),
)

AGREEMENTS = Layout(
    nouns.AGREEMENTS,
    columns=(
        ID,
        KEY,
        name("agreement", "Example Memorandum"),
        *columns_of(nouns.AGREEMENTS.values[:1]),
        countries("China; Kenya"),
        COUNTRIES_BASIS,
        Column("organizations", ListOf(short), "organizations that are parties to it"),
        *columns_of(nouns.AGREEMENTS.values[1:]),
        *named("Memorandum of Example", "示例备忘录"),
        *links("policy"),
        LOCATOR,
    ),
    identity=("name",),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.PARTY, "countries_basis"),
        Party("organizations"),
        LINKED,
    ),
)

POLICIES = Layout(
    nouns.POLICIES,
    columns=(
        ID,
        KEY,
        name("policy", "Example Strategy"),
        *columns_of(nouns.POLICIES.values[:1]),
        countries("China"),
        COUNTRIES_BASIS,
        *columns_of(nouns.POLICIES.values[1:]),
        Column("issuers", ListOf(short), "organizations that issued it", "Example Ministry"),
        *named("Strategy of Example", "示例战略"),
        *links("facility"),
        LOCATOR,
    ),
    identity=("name",),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.OWNER, "countries_basis"),
        Takes("issuers", ParticipationRole.ISSUING),
        LINKED,
    ),
)

LAYOUTS = (COUNTRIES, REGIONS, LINK_NOUN, ORGANIZATIONS, PROJECTS, AGREEMENTS, POLICIES)
