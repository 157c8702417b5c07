"""The nouns of facts: statistics, findings, finance, locations."""

from bricoop.domain.vocabularies import (
    FinanceKind,
    FindingKind,
    Instrument,
    LocationPrecision,
    ProjectKind,
    ProjectStatus,
    Qualifier,
)
from bricoop.query.nouns.noun import Field, Filter, Noun, Type
from bricoop.query.nouns.shared import (
    BY_COUNTRY,
    BY_FINANCIER,
    BY_LINK,
    BY_REGION,
    BY_SOURCE,
    BY_YEAR,
    LOCATOR,
    SOURCE,
    by_kind,
    kind,
)

#: Of the projects that money and places are for: what narrows and groups rows, and none shows.
OF_PROJECTS = (
    Field(
        "sector", "OECD DAC sector code of the project, 210 holding 21020, or its name", sector=True
    ),
    Field("status", "status of the project", codes=ProjectStatus),
    Field("project_kind", "kind of the project", codes=ProjectKind),
)
_BY_PROJECT = tuple(Filter(one.name, one.help, one.codes) for one in OF_PROJECTS)

STATISTICS = Noun(
    "statistics",
    "Figures that sources state, each with its subject.",
    (
        Field("indicator", "what is measured", in_table=True),
        Field("subject", "what it is about", in_table=True),
        Field(
            "value",
            "the figure, exactly as stated",
            Type.DECIMAL,
            in_table=True,
            base=("indicator", "unit", "price_base"),
            based="{unit} {price_base}",
        ),
        Field("unit", "its unit; empty where the source gives none", in_table=True),
        Field("price_base", "in what prices, for money"),
        Field("qualifier", "how exact it is meant to be", in_table=True, codes=Qualifier),
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
        kind(FindingKind, "opportunity, challenge or prospect"),
        Field("link", "code of the link it comes under", in_table=True),
        Field("statement", "what the source finds, in our words", in_table=True),
        Field("subject", "what it is about, if not the link"),
        SOURCE,
        LOCATOR,
    ),
    (
        by_kind(FindingKind),
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
        kind(FinanceKind, "kind of flow"),
        Field("financier", "who gives it", in_table=True),
        Field("instrument", "how it is given", in_table=True, codes=Instrument),
        Field(
            "amount",
            "as stated",
            Type.DECIMAL,
            in_table=True,
            base=("currency",),
            based="{currency}",
        ),
        Field("currency", "ISO 4217 code of the amount", in_table=True),
        Field("amount_usd", "in nominal US dollars", Type.DECIMAL, based="nominal USD"),
        Field(
            "amount_usd_constant",
            "in constant US dollars",
            Type.DECIMAL,
            base=("price_year",),
            based="constant {price_year} USD",
        ),
        Field("price_year", "base year of the constant amount", Type.INTEGER),
        Field("date", "of the commitment or payment", Type.DATE, in_table=True),
        Field("estimated", "whether the amount is an estimate", Type.YES_NO),
        Field("counted", "whether the source counts it in its totals", Type.YES_NO),
        Field("umbrella", "whether other rows hold the same money in parts", Type.YES_NO),
        Field(
            "adjusted_amount",
            "the amount without what is rolled over, where it is another one",
            Type.DECIMAL,
            base=("currency",),
            based="{currency}",
        ),
        Field("adjusted_usd", "the same in nominal US dollars", Type.DECIMAL, based="nominal USD"),
        Field(
            "adjusted_usd_constant",
            "the same in constant US dollars",
            Type.DECIMAL,
            base=("price_year",),
            based="constant {price_year} USD",
        ),
        Field("maturity", "of a loan, in years", Type.DECIMAL),
        Field("grace_period", "of a loan, in years", Type.DECIMAL),
        Field("interest_rate", "of a loan, in percent a year", Type.DECIMAL),
        Field("grant_element", "in percent, by the OECD's grant equivalent", Type.DECIMAL),
        Field("collateral", "what secures it"),
        Field("note", "what a reader must know"),
        SOURCE,
        LOCATOR,
        Field("project_key", "key of the project"),
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        BY_FINANCIER,
        by_kind(FinanceKind),
        BY_YEAR,
        BY_SOURCE,
        Filter("project", "of a project, by any of its names"),
        *_BY_PROJECT,
        Filter("name", "part of any name of the project"),
    ),
    "project",
    "finance --country Pakistan",
)

LOCATIONS = Noun(
    "locations",
    "Where projects stand, in WGS 84 degrees, and how near that is.",
    (
        Field("project", "the project", in_table=True),
        Field("name", "name of the place", in_table=True),
        Field("latitude", "degrees, north positive", Type.FLOAT, in_table=True),
        Field("longitude", "degrees, east positive", Type.FLOAT, in_table=True),
        Field("precision", "how near that is", in_table=True, codes=LocationPrecision),
        SOURCE,
        LOCATOR,
        Field("project_key", "key of the project"),
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        Filter("precision", "how near it is", LocationPrecision),
        BY_SOURCE,
        Filter("project", "of a project, by any of its names"),
        *_BY_PROJECT,
        Filter("name", "part of any name of the project"),
    ),
    "project",
    "locations --country Kenya",
)
