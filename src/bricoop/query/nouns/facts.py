"""Nouns of facts: statistics, findings, finance, locations."""

from dataclasses import replace

from bricoop.domain import nouns
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
    COUNTRIES,
    LOCATOR,
    SOURCE,
    by_kind,
    country_names,
    kind,
)

_STATUS = Field("status", "status of the project", codes=ProjectStatus)
_PROJECT_KIND = Field("project_kind", "kind of the project", codes=ProjectKind)
_SECTOR = Field(
    "sector", "OECD DAC sector code of the project; filters take names too", sector=True
)
#: Project fields by which finance and locations can be filtered and grouped; finance also
#: displays them.
OF_PROJECTS = (_SECTOR, _STATUS, _PROJECT_KIND)
_BY_PROJECT = tuple(Filter(field.name, field.help, field.codes) for field in OF_PROJECTS)

STATISTICS = Noun(
    nouns.STATISTICS,
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
        Field("price_base", "price basis, for money"),
        Field(
            "qualifier",
            "whether it is exact, a minimum, a maximum or approximate",
            in_table=True,
            codes=Qualifier,
        ),
        Field("period", "year or period it refers to", in_table=True),
        Field("stated", "the figure as printed"),
        Field("note", "note for the reader"),
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
            "its period overlaps a year or range; a period with only one end is taken as that year",
        ),
        BY_SOURCE,
    ),
    "indicator",
    "statistics --year 2018",
)

FINDINGS = Noun(
    nouns.FINDINGS,
    (
        kind(FindingKind, "opportunity, challenge, prospect or note"),
        Field("link", "code of the link it belongs to", in_table=True),
        Field("statement", "what the source finds, paraphrased", in_table=True),
        Field("subject", "what it is about, if not the link", in_table=True, sparse=True),
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
    nouns.FINANCE,
    (
        Field("project", "the project", in_table=True),
        COUNTRIES,
        country_names("countries of the project"),
        replace(_STATUS, in_table=True),
        _PROJECT_KIND,
        _SECTOR,
        kind(FinanceKind, "kind of flow"),
        Field(
            "financier",
            "organization that provides the money; joint if several do together",
            in_table=True,
        ),
        Field("instrument", "financial instrument: loan, grant and so on", codes=Instrument),
        Field(
            "amount",
            "amount as stated",
            Type.DECIMAL,
            in_table=True,
            base=("currency",),
            based="{currency}",
            money=True,
        ),
        Field("currency", "ISO 4217 code of the amount", in_table=True, currency=True),
        Field(
            "amount_usd",
            "amount in nominal US dollars",
            Type.DECIMAL,
            in_table=True,
            based="nominal USD",
            money=True,
        ),
        Field(
            "amount_usd_constant",
            "amount in constant US dollars",
            Type.DECIMAL,
            base=("price_year",),
            based="constant {price_year} USD",
            money=True,
        ),
        Field("price_year", "base year of the constant amount", Type.INTEGER, identifies=True),
        Field("date", "date of the commitment or payment", Type.DATE, in_table=True),
        Field("estimated", "whether the amount is an estimate", Type.YES_NO),
        Field("counted", "whether the source counts it in its totals", Type.YES_NO),
        Field("umbrella", "whether other rows state parts of the same money", Type.YES_NO),
        Field(
            "adjusted_amount",
            "amount without rolled-over debt, where it differs",
            Type.DECIMAL,
            base=("currency",),
            based="{currency}",
            money=True,
        ),
        Field(
            "adjusted_usd",
            "adjusted amount in nominal US dollars",
            Type.DECIMAL,
            based="nominal USD",
            money=True,
        ),
        Field(
            "adjusted_usd_constant",
            "adjusted amount in constant US dollars",
            Type.DECIMAL,
            base=("price_year",),
            based="constant {price_year} USD",
            money=True,
        ),
        Field("maturity", "maturity of a loan, in years", Type.DECIMAL),
        Field("grace_period", "grace period of a loan, in years", Type.DECIMAL),
        Field("interest_rate", "interest rate of a loan, in percent per year", Type.DECIMAL),
        Field("grant_element", "grant element in percent, by the OECD's method", Type.DECIMAL),
        Field("collateral", "collateral that secures it"),
        Field("joint_financiers", "organizations that provide it together", many=True),
        Field("note", "note for the reader"),
        SOURCE,
        replace(LOCATOR, in_table=False),
        Field("external_id", "the row's own id within the source"),
        Field("url", "web address of the row at its source, where one is recorded"),
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
        Filter("name", "part of any name of the project"),
    ),
    "project",
    "finance --country Pakistan",
)

LOCATIONS = Noun(
    nouns.LOCATIONS,
    (
        Field("project", "the project", in_table=True),
        Field("name", "name of the location", in_table=True),
        Field("latitude", "degrees, north positive", Type.FLOAT, in_table=True),
        Field("longitude", "degrees, east positive", Type.FLOAT, in_table=True),
        Field("precision", "precision of the coordinates", in_table=True, codes=LocationPrecision),
        SOURCE,
        LOCATOR,
        Field("project_key", "key of the project"),
    ),
    (
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        Filter("precision", "precision of the coordinates", LocationPrecision),
        BY_SOURCE,
        Filter("project", "of a project, by any of its names"),
        *_BY_PROJECT,
        Filter("name", "part of any name of the project"),
    ),
    "project",
    "locations --country Kenya",
)

#: The nouns of facts, in the order of the help text.
NOUNS = (STATISTICS, FINDINGS, FINANCE, LOCATIONS)
