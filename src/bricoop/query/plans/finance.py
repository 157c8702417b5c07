"""Query plan of the noun `finance`: amounts of money, row by row as sources state them."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    case,
    cast,
    exists,
)

from bricoop.db.schema import entity, finance, participation, record, source
from bricoop.db.types import Exact, by_value
from bricoop.domain.vocabularies import EntityKind, FinanceKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.plans import members, project_fields
from bricoop.query.tables import Expression, Join, Tables

#: Decimal fields that are stored only in the fields of records, with their decimal places in a
#: lake: amounts need more digits before the decimal point than rates.
TERMS = {
    "adjusted_amount": 6, "adjusted_usd": 6, "adjusted_usd_constant": 6, "maturity": 18,
    "grace_period": 18, "interest_rate": 18, "grant_element": 18,
}  # fmt: skip
#: Displayed instead of a financier if several organizations provide the money together.
JOINT = "joint"
_FINANCIER = entity.alias("financier")


def _by_financier(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
    organization_ids = filters.entity_ids(connection, values, EntityKind.ORGANIZATION)
    return finance.c.financier_id.in_(organization_ids)


def _term(name: str) -> Expression:
    """Return the expression of a decimal field that is stored in the record's JSON."""
    return cast(record.c.fields[name].as_string(), Exact(TERMS[name]))


def financier_of(financier: FromClause) -> Expression:
    """Return the displayed financier of a finance row: the organization's name, or `joint`.

    Args:
        financier: the table of the organization of `financier_id`, outer-joined.
    """
    is_joint = exists().where(participation.c.record_id == finance.c.record_id)
    return case((finance.c.financier_id.is_not(None), financier.c.name), (is_joint, JOINT))


PLAN = Plan(
    tables=Tables(
        finance,
        (
            Join(entity, entity.c.id == finance.c.entity_id),
            project_fields.join(finance.c.entity_id),
            Join(record, record.c.id == finance.c.record_id),
            Join(source, source.c.id == record.c.source_id),
            Join(_FINANCIER, _FINANCIER.c.id == finance.c.financier_id, outer=True),
        ),
    ),
    identity=finance.c.record_id,
    scalars={
        "project": entity.c.name,
        "project_key": entity.c.key,
        "kind": finance.c.kind,
        "financier": financier_of(_FINANCIER),
        "instrument": finance.c.instrument,
        "amount": finance.c.amount,
        "currency": finance.c.currency,
        "amount_usd": finance.c.amount_usd,
        "amount_usd_constant": finance.c.amount_usd_constant,
        "price_year": finance.c.price_year,
        "date": finance.c.date,
        "estimated": finance.c.estimated,
        "counted": finance.c.counted,
        "umbrella": record.c.fields["umbrella"].as_boolean(),
        **{name: _term(name) for name in TERMS},
        "collateral": record.c.fields["collateral"].as_string(),
        "note": finance.c.note,
        **project_fields.SCALARS,
        "source": source.c.key,
        "locator": record.c.locator,
        "external_id": record.c.external_id,
        "url": record.c.fields["url"].as_string(),
    },
    about=finance.c.entity_id,
    is_record=True,
    lists={
        "countries": members.countries(),
        "country_names": members.country_names(),
        "joint_financiers": members.joint_financiers(),
    },
    filters={
        "link": filters.by_link(finance.c.entity_id),
        "country": filters.by_country(finance.c.entity_id),
        "region": filters.by_region(finance.c.entity_id),
        "financier": _by_financier,
        "kind": filters.coded(finance.c.kind, FinanceKind),
        "year": filters.by_year(finance.c.date),
        "source": filters.of_source(record.c.source_id),
        "project": filters.about(finance.c.entity_id, EntityKind.PROJECT),
        "name": filters.by_name(finance.c.entity_id),
    },
    order={
        "amount": by_value(finance.c.amount),
        "project": entity.c.normalised,
        **{name: by_value(_term(name)) for name in TERMS},
    },
    dates=("date",),
    groups={"country": members.countries(), "link": members.links(), **members.regions()},
)
