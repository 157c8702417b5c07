"""SQL for claims that contradict the displayed value of a field, or the displayed sum of money."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
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
from bricoop.db.json_fields import json_fields
from bricoop.db.schema import alias, finance, record, source
from bricoop.db.types import Dollars, Id, Name
from bricoop.domain.nouns import CONTESTED, CONTESTED_DATES, DESCRIBING
from bricoop.query.tables import Expression

#: Amounts of one project, kind of flow and price base are summed by source before comparing them.
MONEY_RULE = f"{RULE}; amounts are summed by source and kind of flow"
#: The amounts that are summed and compared, each with the price base of rows, which is its unit.
AMOUNTS: dict[str, Callable[[FromClause], Expression]] = {
    "amount_usd": lambda _: literal("nominal USD", Text),
    "amount_usd_constant": lambda rows: "constant " + cast(rows.c.price_year, Text) + " USD",
}
#: The columns that the price base of an amount depends on. Its words are no part of the groups: no
#: database but SQLite groups by a constant, and DuckDB not by a parameter either.
_BASE_COLUMNS = {"amount_usd": (), "amount_usd_constant": ("price_year",)}


@dataclass(frozen=True)
class Scope:
    """Which disagreements are computed.

    Attributes:
        about: returns the condition that a column holds the id of an entity that is asked for.
        fields: the fields that are asked for; None for all, money included.
        is_numbered: whether rows are numbered in order, for which they are all sorted; groups of
            them need no numbers.
    """

    about: Callable[[Expression], ColumnElement[bool]] = lambda column: column.is_not(None)
    fields: tuple[str, ...] | None = None
    is_numbered: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        """The fields of records that are asked for."""
        return tuple(name for name in CONTESTED if self.fields is None or name in self.fields)

    @property
    def amounts(self) -> tuple[str, ...]:
        """The amounts of money that are asked for."""
        return tuple(name for name in AMOUNTS if self.fields is None or name in self.fields)


def contested(scope: Scope = Scope()) -> Subquery:
    """Return a subquery with a row for each claim that differs from the displayed value.

    Every listing of disagreements uses it; the database view `v_disagreements` is its equivalent.

    Columns: `number`, `entity_id`, `field`, `shown`, `shown_source_id`, `shown_locator`, `says`,
    `source_id`, `locator`, for money `shown_amount`, `amount` and `unit`, and `rule`.

    Args:
        scope: limits what is computed, which is much faster; `number` differs between scopes.
    """
    selects = [_words(scope)] if scope.texts else []
    selects += [_money(scope)] if scope.amounts else []
    both = union_all(*(select(*_columns(rows)) for rows in selects)).subquery("both")
    order = (both.c.entity_id, both.c.field, both.c.source_id, both.c.record_id)
    number = func.row_number(type_=Id).over(order_by=order)
    return select(
        (number if scope.is_numbered else cast(null(), Id)).label("number"), both
    ).subquery("contested")


def _columns(rows: Subquery) -> list[Expression]:
    names = (
        "entity_id", "record_id", "field", "shown", "shown_source_id", "shown_locator", "says",
        "source_id", "locator", "shown_amount", "amount", "unit", "rule",
    )  # fmt: skip
    return [rows.c[name] for name in names]


def _words(scope: Scope) -> Subquery:
    records = _several(scope)
    ranked = _with_shown(_claims(records, scope.texts).cte("claims")).cte("ranked")
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
        .where(not_(within), is_naming == 0)
        .subquery("words")
    )


def _namings(ranked: CTE) -> CTE:
    """Return the names that are synonyms of the displayed name of an entity.

    Two names in one record, such as a name and an alias, are synonyms. The relation is transitive:
    if one record has A and B and another B and C, all three are synonyms.
    """
    shown = select(ranked.c.entity_id, ranked.c.shown_form.label("form")).where(
        ranked.c.field == "name"
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


def _several(scope: Scope) -> CTE:
    """Return the describing records of entities that have more than one of them, without fields.

    Column `precedence` numbers those of an entity in the order of precedence. A lake would read all
    fields of a record for a common table, and not only those that are asked for.
    """
    entity_ids = (
        select(record.c.entity_id)
        .where(record.c.noun.in_(DESCRIBING), scope.about(record.c.entity_id))
        .group_by(record.c.entity_id)
        .having(func.count() > 1)
    )
    order = rank_in_sql(source.c.tier, source.c.published, record.c.id)
    order_in_entity = func.row_number(type_=Id).over(
        partition_by=record.c.entity_id, order_by=order
    )
    return (
        select(
            record.c.id,
            record.c.entity_id,
            record.c.source_id,
            order_in_entity.label("precedence"),
        )
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.noun.in_(DESCRIBING), record.c.entity_id.in_(entity_ids))
        .cte("several")
    )


def _claims(records: CTE, fields: tuple[str, ...]) -> Select[Any]:
    """Select the values of fields of records, each a claim.

    The fields of a record are parsed once for all: SQLite parses them again for each field that is
    extracted.
    """
    stated = json_fields(record.c.fields, fields)
    field, value = (cast(column, Name) for column in (stated.c.key, stated.c.value))
    is_name = stated.c.key == "name"
    normal = func.coalesce(_normal_form(records.c.id, value), value)
    return select(
        records.c.entity_id,
        records.c.id.label("record_id"),
        records.c.source_id,
        record.c.locator,
        records.c.precedence,
        field.label("field"),
        value.label("says"),
        (case((is_name, normal), else_=value) if "name" in fields else value).label("form"),
    ).where(
        record.c.id == records.c.id,
        stated.c.key.in_(fields),
        value.is_not(None),
        or_(not_(is_name), claims_name_in_sql(record.c.noun, record.c.fields)),
    )


def _normal_form(record_id: Expression, name: Expression) -> Expression:
    """Return the normal form of a name in a record, without differences of case and accents."""
    forms = select(func.min(alias.c.normalised)).where(
        alias.c.record_id == record_id, alias.c.name == name
    )
    return forms.correlate_except(alias).scalar_subquery()


def _with_shown(claims: CTE) -> Select[Any]:
    """Return the claims that differ from the displayed one of their entity and field, with that.

    Most claims agree with all others. Grouping leaves them out; windows would sort all.
    """
    by = (claims.c.entity_id, claims.c.field)
    differing = (
        select(*by, func.min(claims.c.precedence).label("precedence"))
        .group_by(*by)
        .having(func.min(claims.c.form) != func.max(claims.c.form))
        .subquery("differing")
    )
    first = claims.alias("first")
    return (
        select(
            claims,
            first.c.says.label("shown"),
            first.c.form.label("shown_form"),
            first.c.source_id.label("shown_source_id"),
            first.c.locator.label("shown_locator"),
        )
        .select_from(differing)
        .join(first, _is_of(first, differing) & (first.c.precedence == differing.c.precedence))
        .join(claims, _is_of(claims, differing) & (claims.c.form != first.c.form))
    )


def _is_of(claims: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Return the condition that claims are about the same entity and field as other rows."""
    return and_(claims.c.entity_id == other.c.entity_id, claims.c.field == other.c.field)


def _within(longer: Expression, value: Expression) -> ColumnElement[bool]:
    return func.substr(longer, 1, func.length(value)) == value


def _money(scope: Scope) -> Subquery:
    """Return the sums by source that differ from the sum of the displayed source."""
    rows = _money_rows(scope)
    sums = union_all(*(_sums(rows, name) for name in scope.amounts)).subquery("sums")
    by = (sums.c.entity_id, sums.c.field, sums.c.unit, sums.c.kind)
    # As `rank_in_sql`, without a parameter: with one, SQLite would sort for each window again.
    order = (sums.c.tier, sums.c.age.desc(), sums.c.record_id)
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


def _money_rows(scope: Scope) -> CTE:
    """Return the rows of finance of entities for which several sources state money."""
    with_record = finance.join(record, record.c.id == finance.c.record_id)
    entity_ids = (
        select(finance.c.entity_id)
        .select_from(with_record)
        .where(scope.about(finance.c.entity_id))
        .group_by(finance.c.entity_id)
        .having(func.min(record.c.source_id) != func.max(record.c.source_id))
    )
    return (
        select(
            finance.c.entity_id, finance.c.kind, finance.c.record_id, finance.c.amount_usd,
            finance.c.amount_usd_constant, finance.c.price_year, record.c.source_id,
            record.c.locator,
        )
        .select_from(with_record)
        .where(finance.c.entity_id.in_(entity_ids))
        .cte("money_rows")
    )  # fmt: skip


def _sums(rows: CTE, field: str) -> Select[Any]:
    """Select the sums of an amount by entity, kind of flow, source and price base."""
    base = (rows.c[name] for name in _BASE_COLUMNS[field])
    keys = (rows.c.entity_id, rows.c.kind, rows.c.source_id, *base)
    published = func.coalesce(source.c.published, "")
    return (
        select(
            rows.c.entity_id,
            rows.c.kind,
            rows.c.source_id,
            source.c.tier,
            published.label("age"),
            literal(field, Name).label("field"),
            AMOUNTS[field](rows).label("unit"),
            func.min(rows.c.record_id).label("record_id"),
            func.min(rows.c.locator).label("locator"),
            func.sum(rows.c[field]).label("amount"),
        )
        .join_from(rows, source, source.c.id == rows.c.source_id)
        .where(rows.c[field].is_not(None))
        .group_by(*keys, source.c.tier, published)
    )
