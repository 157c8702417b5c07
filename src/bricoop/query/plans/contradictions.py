"""SQL for claims that contradict the displayed value of a field, or the displayed sum of money."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from bricoop.db.claims import RULE, claims_name_in_sql, rank_in_sql
from bricoop.db.schema import alias, finance, record, source
from bricoop.db.types import Dollars, Id, Name
from bricoop.domain.nouns import CONTESTED, CONTESTED_DATES, DESCRIBING
from bricoop.query.tables import Expression

#: Amounts of one project, kind of flow and price base are summed by source before comparing them.
MONEY_RULE = f"{RULE}; amounts are summed by source and kind of flow"


def contested(entity_id: int | None = None) -> Subquery:
    """Return a subquery with a row for each claim that differs from the displayed value.

    Every listing of disagreements uses it; the database view `v_disagreements` is its equivalent.

    Columns: `number`, `entity_id`, `field`, `shown`, `shown_source_id`, `shown_locator`, `says`,
    `source_id`, `locator`, for money `shown_amount`, `amount` and `unit`, and `rule`.

    Args:
        entity_id: limits the claims to one entity, which is much faster; None for all entities.
    """
    words, money = _words(entity_id), _money(entity_id)
    both = union_all(select(*_columns(words)), select(*_columns(money))).subquery("both")
    order = (both.c.entity_id, both.c.field, both.c.source_id, both.c.record_id)
    return select(func.row_number(type_=Id).over(order_by=order).label("number"), both).subquery(
        "contested"
    )


def _columns(rows: Subquery) -> list[Expression]:
    names = (
        "entity_id", "record_id", "field", "shown", "shown_source_id", "shown_locator", "says",
        "source_id", "locator", "shown_amount", "amount", "unit", "rule",
    )  # fmt: skip
    return [rows.c[name] for name in names]


def _words(entity_id: int | None) -> Subquery:
    records = _several(entity_id)
    claims = union_all(*(_claims(records, name) for name in CONTESTED)).subquery("claims")
    ranked = _with_shown(claims).cte("ranked")
    namings = _namings(ranked)
    # A partial date and a day within it agree: 2013 and 2013-05-21.
    within = and_(
        ranked.c.field.in_(CONTESTED_DATES),
        or_(_within(ranked.c.says, ranked.c.shown), _within(ranked.c.shown, ranked.c.says)),
    )
    means_the_same = tuple_(ranked.c.entity_id, ranked.c.form).in_(
        select(namings.c.entity_id, namings.c.form)
    )
    # A CASE instead of NOT IN: for NOT IN with two columns SQLite scans all names for each claim.
    is_naming = case((and_(ranked.c.field == "name", means_the_same), 1), else_=0)
    return (
        select(
            ranked,
            cast(null(), Dollars).label("shown_amount"),
            cast(null(), Dollars).label("amount"),
            cast(null(), Text).label("unit"),
            literal(RULE).label("rule"),
        )
        .where(ranked.c.form != ranked.c.shown_form, not_(within))
        .where(is_naming == 0)
        .subquery("words")
    )


def _namings(ranked: CTE) -> CTE:
    """Return the names that are synonyms of the displayed name of an entity.

    Two names in one record, such as a name and an alias, are synonyms. The relation is transitive:
    if one record has A and B and another B and C, all three are synonyms.
    """
    shown = select(ranked.c.entity_id, ranked.c.shown_form.label("form")).where(
        ranked.c.field == "name", ranked.c.form != ranked.c.shown_form
    )
    known = shown.cte("namings", recursive=True)
    matched, other = alias.alias("matched"), alias.alias("other")
    return known.union(
        select(known.c.entity_id, other.c.normalised)
        .join(
            matched,
            and_(matched.c.normalised == known.c.form, matched.c.entity_id == known.c.entity_id),
        )
        .join(
            other,
            and_(
                other.c.record_id == matched.c.record_id, other.c.entity_id == matched.c.entity_id
            ),
        )
    )


def _several(entity_id: int | None) -> CTE:
    """Return the describing records of entities that have more than one of them."""
    entity_ids = (
        select(record.c.entity_id)
        .where(record.c.noun.in_(DESCRIBING), _is(record.c.entity_id, entity_id))
        .group_by(record.c.entity_id)
        .having(func.count() > 1)
    )
    return (
        select(
            record.c.id, record.c.entity_id, record.c.source_id, record.c.noun, record.c.locator,
            record.c.fields, source.c.tier, source.c.published,
        )
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.noun.in_(DESCRIBING), record.c.entity_id.in_(entity_ids))
        .cte("several")
    )  # fmt: skip


def _is(column: Expression, entity_id: int | None) -> ColumnElement[bool]:
    return column.is_not(None) if entity_id is None else column == entity_id


def _claims(records: CTE, field: str) -> Select[Any]:
    value = records.c.fields[field].as_string()
    form: Expression = value
    is_stated = value.is_not(None)
    if field == "name":
        form = func.coalesce(_normal_form(records.c.id, value), value)
        is_stated = and_(is_stated, claims_name_in_sql(records.c.noun, records.c.fields))
    return select(
        records.c.entity_id,
        records.c.id.label("record_id"),
        records.c.source_id,
        records.c.locator,
        records.c.tier,
        records.c.published,
        literal(field, Name).label("field"),
        value.label("says"),
        form.label("form"),
    ).where(is_stated)


def _normal_form(record_id: Expression, name: Expression) -> Expression:
    """Return the normal form of a name in a record, without differences of case and accents."""
    forms = select(func.min(alias.c.normalised)).where(
        alias.c.record_id == record_id, alias.c.name == name
    )
    return forms.correlate_except(alias).scalar_subquery()


def _with_shown(claims: Subquery) -> Select[Any]:
    """Add to each claim the displayed claim of the same entity and field."""
    value = claims.c.says
    by = (claims.c.entity_id, claims.c.field)
    order = rank_in_sql(claims.c.tier, claims.c.published, claims.c.record_id)
    first: dict[str, Any] = {"partition_by": by, "order_by": order}
    return select(
        claims,
        func.first_value(value).over(**first).label("shown"),
        func.first_value(claims.c.form).over(**first).label("shown_form"),
        func.first_value(claims.c.source_id).over(**first).label("shown_source_id"),
        func.first_value(claims.c.locator).over(**first).label("shown_locator"),
    )


def _within(longer: Expression, value: Expression) -> ColumnElement[bool]:
    return func.substr(longer, 1, func.length(value)) == value


def _money(entity_id: int | None) -> Subquery:
    """Return the sums by source that differ from the sum of the displayed source."""
    entity_ids = (
        select(finance.c.entity_id)
        .join(record, record.c.id == finance.c.record_id)
        .where(_is(finance.c.entity_id, entity_id))
        .group_by(finance.c.entity_id)
        .having(func.count(record.c.source_id.distinct()) > 1)
    )
    constant = "constant " + cast(finance.c.price_year, Text) + " USD"
    bases = (
        ("amount_usd", finance.c.amount_usd, literal("nominal USD", Text)),
        ("amount_usd_constant", finance.c.amount_usd_constant, constant),
    )
    sums = union_all(*(_sums(entity_ids, *base) for base in bases)).subquery("sums")
    by = (sums.c.entity_id, sums.c.field, sums.c.unit, sums.c.kind)
    order = rank_in_sql(sums.c.tier, sums.c.published, sums.c.record_id)
    first: dict[str, Any] = {"partition_by": by, "order_by": order}
    ranked = select(
        sums,
        func.first_value(sums.c.amount).over(**first).label("shown_amount"),
        func.first_value(sums.c.source_id).over(**first).label("shown_source_id"),
        func.first_value(sums.c.locator).over(**first).label("shown_locator"),
    ).subquery("ranked_sums")
    columns = [
        column for column in ranked.c if column.name not in {"unit", "shown_amount", "amount"}
    ]
    return (
        select(
            *columns,
            cast(ranked.c.shown_amount, Dollars).label("shown_amount"),
            cast(ranked.c.amount, Dollars).label("amount"),
            (ranked.c.unit + ", " + ranked.c.kind).label("unit"),
            cast(null(), Text).label("shown"),
            cast(null(), Text).label("says"),
            literal(MONEY_RULE).label("rule"),
        )
        .where(ranked.c.amount != ranked.c.shown_amount)
        .subquery("money")
    )


def _sums(entity_ids: Select[Any], field: str, amount: Expression, unit: Expression) -> Select[Any]:
    keys = (
        finance.c.entity_id, finance.c.kind, record.c.source_id, source.c.tier,
        source.c.published, unit,
    )  # fmt: skip
    return (
        select(
            finance.c.entity_id,
            finance.c.kind,
            record.c.source_id,
            source.c.tier,
            source.c.published,
            literal(field, Name).label("field"),
            unit.label("unit"),
            func.min(record.c.id).label("record_id"),
            func.min(record.c.locator).label("locator"),
            func.sum(amount).label("amount"),
        )
        .select_from(finance)
        .join(record, record.c.id == finance.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(finance.c.entity_id.in_(entity_ids), amount.is_not(None))
        .group_by(*keys)
    )
