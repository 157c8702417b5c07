"""The native layouts of the nouns that describe entities."""

from bricoop.domain.vocabularies import (
    AgreementKind,
    CountryRole,
    EntityKind,
    OrganizationKind,
    OrganizationRole,
    ParticipationRole,
    PolicyKind,
    ProjectKind,
    ProjectStatus,
)
from bricoop.domain.vocabularies import Link as LinkCode
from bricoop.ingest.layouts.clean import (
    choice,
    digits,
    letters,
    partial_date,
    place,
    sector,
    short,
    text,
    tier,
    url,
    whole,
    yes_no,
)
from bricoop.ingest.layouts.layout import Acts, Column, Layout, Party, Placed, Takes, codes
from bricoop.ingest.layouts.lists import ListOf
from bricoop.ingest.layouts.shared import (
    COUNTRIES_BASIS,
    ID,
    KEY,
    LINKED,
    LOCATOR,
    NAMES,
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
    noun="countries",
    help="A country.",
    kind=EntityKind.COUNTRY,
    may_create=False,
    columns=(
        ID,
        Column("name", short, "the country, in any usual spelling", "Belarus", required=True),
        Column("alpha2", letters(2), "ISO 3166-1 alpha-2; with alpha3, creates a new country"),
        Column("alpha3", letters(3), "ISO 3166-1 alpha-3"),
        Column("numeric", digits(3), "ISO 3166-1 numeric"),
        Column("region", text, "UN M49 region"),
        Column("subregion", text, "UN M49 subregion"),
        *named("Belarus", "白俄罗斯"),
        LOCATOR,
    ),
    identity=("name",),
    values=("alpha2", "alpha3", "numeric", "region", "subregion"),
    facts=NAMES,
)

REGIONS = Layout(
    noun="regions",
    help="A region or group of countries, never taken for a country.",
    kind=EntityKind.REGION,
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
    noun="links",
    help="One of the five links, with its names.",
    kind=EntityKind.LINK,
    columns=(
        ID,
        KEY,
        name("link", "facilities connectivity"),
        Column("code", choice(LinkCode), f"one of {codes(LinkCode)}", "facility", required=True),
        Column("position", whole, "1 to 5, its position in the usual order", "2"),
        *named("facility interconnection", "设施联通"),
        LOCATOR,
    ),
    identity=("code",),
    values=("code", "position"),
    facts=NAMES,
)

ORGANIZATIONS = Layout(
    noun="organizations",
    help="A financier, a company or a public body.",
    kind=EntityKind.ORGANIZATION,
    columns=(
        ID,
        KEY,
        name("organization", "Example Bank"),
        Column("kind", choice(OrganizationKind), codes(OrganizationKind), "policy-bank"),
        Column("country", place, "its home country", "China"),
        Column("roles", ListOf(choice(OrganizationRole)), codes(OrganizationRole), "financier"),
        *named("Example Bank Limited", "示例银行"),
        *links("finance"),
        LOCATOR,
    ),
    identity=("name",),
    values=("kind", "country"),
    facts=(*NAMES, Acts("roles"), LINKED),
)

PROJECTS = Layout(
    noun="projects",
    help="Something that is built, run or acquired.",
    kind=EntityKind.PROJECT,
    columns=(
        ID,
        KEY,
        name("project", "Example Port"),
        Column("kind", choice(ProjectKind), codes(ProjectKind), "port"),
        Column("status", choice(ProjectStatus), codes(ProjectStatus), "implementation"),
        countries("Pakistan"),
        COUNTRIES_BASIS,
        *links("facility"),
        Column("sector", sector, "OECD DAC CRS code", "21040"),
        Column("announced", partial_date, "when it was announced: 2019, 2019-03 or 2019-03-14"),
        Column("started", partial_date, "when work began"),
        Column("completed", partial_date, "when it was completed"),
        Column("planned_completion", partial_date, "when it was planned to be completed"),
        Column("located", yes_no, "whether the source states its location"),
        Column(
            "official_sources", whole, "number of official sources that the source cites for it"
        ),
        Column("source_tiers", ListOf(tier), "tiers, 1 to 8, of the sources that it cites"),
        *(Column(role, ListOf(short), description) for role, _, description in _ROLES),
        Column("parent", short, "id in the source, or key, of the project that it is part of"),
        Column("url", url, "web address of the project at its source"),
        Column("source_urls", ListOf(text), "web addresses that the source cites"),
        *named("Port of Example", "示例港"),
        LOCATOR,
    ),
    identity=("name",),
    values=("kind", "status", "sector", "announced", "started", "completed"),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.LOCATION, "countries_basis"),
        LINKED,
        *(Takes(column, role) for column, role, _ in _ROLES),
    ),
)

AGREEMENTS = Layout(
    noun="agreements",
    help="Something that countries or organizations signed.",
    kind=EntityKind.AGREEMENT,
    columns=(
        ID,
        KEY,
        name("agreement", "Example Memorandum"),
        Column("kind", choice(AgreementKind), codes(AgreementKind), "memorandum"),
        countries("China; Kenya"),
        COUNTRIES_BASIS,
        Column("organizations", ListOf(short), "organizations that are parties to it"),
        Column("signed", partial_date, "when it was signed"),
        Column("in_force", partial_date, "when it came into force"),
        Column("ended", partial_date, "when it ended"),
        *named("Memorandum of Example", "示例备忘录"),
        *links("policy"),
        LOCATOR,
    ),
    identity=("name",),
    values=("kind", "signed", "in_force", "ended"),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.PARTY, "countries_basis"),
        Party("organizations"),
        LINKED,
    ),
)

POLICIES = Layout(
    noun="policies",
    help="An initiative, strategy or plan of a country or region.",
    kind=EntityKind.POLICY,
    columns=(
        ID,
        KEY,
        name("policy", "Example Strategy"),
        Column("kind", choice(PolicyKind), codes(PolicyKind), "national-strategy"),
        countries("China"),
        COUNTRIES_BASIS,
        Column("adopted", partial_date, "when it was adopted or proposed", "2015-05"),
        Column("issuers", ListOf(short), "organizations that issued it", "Example Ministry"),
        *named("Strategy of Example", "示例战略"),
        *links("facility"),
        LOCATOR,
    ),
    identity=("name",),
    values=("kind", "adopted"),
    facts=(
        *NAMES,
        Placed("countries", CountryRole.OWNER, "countries_basis"),
        Takes("issuers", ParticipationRole.ISSUING),
        LINKED,
    ),
)
