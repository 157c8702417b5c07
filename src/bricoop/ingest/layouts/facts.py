"""The native layouts of the nouns whose rows are facts about an entity."""

from bricoop.domain import nouns
from bricoop.domain.vocabularies import (
    AliasKind,
    FinanceKind,
    FindingKind,
    Instrument,
    Link,
    LocationPrecision,
    ParticipationRole,
    Qualifier,
)
from bricoop.ingest.layouts.clean import (
    choice,
    currency,
    decimal,
    degrees,
    dollars,
    figure,
    language,
    partial_date,
    percentage,
    period,
    price_base,
    short,
    text,
    url,
    year,
    yes_no,
)
from bricoop.ingest.layouts.layout import Column, Layout, OwnFact, codes
from bricoop.ingest.layouts.lists import Joint
from bricoop.ingest.layouts.shared import ID, LOCATOR, NOTE

#: Rows with the word `example` in a cell are recognized as examples, and refused when loaded.
_INDICATOR = "example: trains run, cumulative"
_FOUND = "Example: terrain and missing transport facilities hold back many places along the route."


def _subject(example: str) -> Column:
    help_ = "name, code or key of the entity it is about"
    return Column("subject", text, help_, example, required=True)


def _project(example: str) -> Column:
    return Column("project", short, "name or key of the project", example, required=True)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


STATISTICS = Layout(
    nouns.STATISTICS,
    subject="subject",
    may_create=False,
    columns=(
        ID,
        _subject("China Railway Express"),
        Column("indicator", short, "what is measured", _INDICATOR, required=True),
        Column("value", figure, "a plain number, exactly as stated", "14000", required=True),
        Column("unit", text, "its unit; empty if the source gives none", "trains"),
        Column("price_base", price_base, "nominal, unstated or constant-2021, for money"),
        Column("qualifier", choice(Qualifier), f"{codes(Qualifier)}; default: exactly"),
        Column("period", period, "2018, 2013..2018 or ..2019-02", "..2019-02"),
        Column("stated", text, "the figure as the source prints it", "14000"),
        NOTE,
        LOCATOR,
    ),
    identity=("subject", "indicator", "unit", "period"),
    own=OwnFact(
        nouns.STATISTICS.fact,
        _same("indicator", "value", "unit", "price_base", "qualifier", "period", "note"),
    ),
)

FINDINGS = Layout(
    nouns.FINDINGS,
    subject="subject",
    may_create=False,
    columns=(
        ID,
        Column("kind", choice(FindingKind), codes(FindingKind), "challenge", required=True),
        Column("link", choice(Link), f"the link it belongs to: {codes(Link)}", "facility"),
        Column(
            "statement", text, "what the source finds, in your own words", _FOUND, required=True
        ),
        Column("subject", short, "entity it is about, if not the link"),
        NOTE,
        LOCATOR,
    ),
    identity=("kind", "link", "statement"),
    own=OwnFact(nouns.FINDINGS.fact, _same("kind", "statement"), links={"link": "link_id"}),
)

FINANCE = Layout(
    nouns.FINANCE,
    subject="project",
    columns=(
        ID,
        _project("Example Port"),
        Column("kind", choice(FinanceKind), codes(FinanceKind), "commitment", required=True),
        Column(
            "financier",
            Joint(short),
            "organization that provides the money; several provide it jointly",
            "Example Bank",
        ),
        Column("instrument", choice(Instrument), codes(Instrument), "loan"),
        Column("amount", decimal, "amount as stated, a plain number", "1620000000"),
        Column("currency", currency, "ISO 4217 code of the amount", "CNY"),
        Column(
            "amount_usd",
            dollars,
            "amount in nominal US dollars; of an amount in USD it is the same",
            "248000000",
        ),
        Column("amount_usd_constant", dollars, "amount in constant US dollars of price_year"),
        Column("price_year", year, "base year of the constant amount"),
        Column("date", partial_date, "date of the commitment or payment", "2013-12"),
        Column("date_estimated", yes_no, "whether the date is an estimate"),
        Column("estimated", yes_no, "whether the amount is an estimate"),
        Column("counted", yes_no, "whether the source counts it in its totals"),
        Column("umbrella", yes_no, "whether other rows state parts of the same money"),
        Column("adjusted_amount", decimal, "amount without rolled-over debt, if there is any"),
        Column("adjusted_usd", dollars, "adjusted amount in nominal US dollars"),
        Column("adjusted_usd_constant", dollars, "adjusted amount in constant US dollars"),
        Column("maturity", decimal, "maturity of a loan, in years", "20"),
        Column("grace_period", decimal, "grace period of a loan, in years", "5"),
        Column("interest_rate", percentage, "interest rate of a loan, in percent per year", "2"),
        Column("grant_element", percentage, "grant element in percent, by the OECD's method"),
        Column("collateral", text, "collateral that secures it"),
        Column("url", url, "web address of the row at its source"),
        NOTE,
        LOCATOR,
    ),
    identity=("project", "kind", "financier", "instrument", "date"),
    own=OwnFact(
        nouns.FINANCE.fact,
        _same(
            "kind",
            "instrument",
            "amount",
            "currency",
            "amount_usd",
            "amount_usd_constant",
            "price_year",
            "date",
            "estimated",
            "counted",
            "note",
        ),
        organizations={"financier": "financier_id"},
    ),
)

LOCATIONS = Layout(
    nouns.LOCATIONS,
    subject="project",
    columns=(
        ID,
        _project("Example Port"),
        Column("name", short, "name of the location", "Example Bay"),
        Column("latitude", degrees(90), "WGS 84 degrees, north positive", "25.11", required=True),
        Column("longitude", degrees(180), "WGS 84 degrees, east positive", "62.33", required=True),
        Column(
            "precision",
            choice(LocationPrecision),
            f"precision: {codes(LocationPrecision)}",
            "near",
            required=True,
        ),
        LOCATOR,
    ),
    identity=("project", "name", "latitude", "longitude"),
    own=OwnFact(nouns.LOCATIONS.fact, _same("name", "latitude", "longitude", "precision")),
)

PARTICIPATIONS = Layout(
    nouns.PARTICIPATIONS,
    subject="project",
    columns=(
        ID,
        _project("Example Port"),
        Column(
            "organization", short, "name or key of the organization", "Example Bank", required=True
        ),
        Column(
            "role", choice(ParticipationRole), codes(ParticipationRole), "funding", required=True
        ),
        LOCATOR,
    ),
    identity=("project", "organization", "role"),
    own=OwnFact(
        nouns.PARTICIPATIONS.fact, _same("role"), organizations={"organization": "organization_id"}
    ),
)

NAMES_NOUN = Layout(
    nouns.NAMES,
    subject="subject",
    may_create=False,
    columns=(
        ID,
        _subject("Belarus"),
        Column("name", short, "the name", "Белоруссия", required=True),
        Column("kind", choice(AliasKind), codes(AliasKind), "translation", required=True),
        Column("language", language, "ISO 639 code of the name's language", "ru"),
        LOCATOR,
    ),
    identity=("subject", "name"),
    own=OwnFact(nouns.NAMES.fact, _same("name", "kind", "language")),
)

LAYOUTS = (STATISTICS, FINDINGS, FINANCE, LOCATIONS, PARTICIPATIONS, NAMES_NOUN)
