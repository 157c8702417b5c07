"""Builds the SQL that marks each row of finance with the step of a rule that leaves it out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    null,
    or_,
    select,
)

from bricoop.db.claims import rank
from bricoop.db.schema import finance, record, source
from bricoop.db.types import Exact
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import Narrower
from bricoop.query.execute import narrowed, plan_of
from bricoop.query.plan import Plan
from bricoop.query.question import Question
from bricoop.totals.parents import circular_projects, left_out_by_parents
from bricoop.totals.rule import Base, Parents, Rollovers, Rule, Speaker, Step

#: Steps that follow from the settings of a rule; all other steps are defined by the rule.
PARENTS = Step("parents", "Wholes or parts, whichever the rule does not count", ())
NO_AMOUNT = Step("no-amount", "Without an amount in this base", ())
OTHER_SOURCES = Step("other-sources", "Of projects that a better source covers", ())
ROLLED_OVER = Step("rolled-over", "Rolled over: the part of an amount that was there before", ())
_AMOUNTS = {
    Base.NOMINAL: (finance.c.amount_usd, "adjusted_usd"),
    Base.CONSTANT: (finance.c.amount_usd_constant, "adjusted_usd_constant"),
    Base.STATED: (finance.c.amount, "adjusted_amount"),
}
_UNITS: dict[Base, ColumnElement[Any]] = {
    Base.CONSTANT: finance.c.price_year,
    Base.STATED: finance.c.currency,
}


@dataclass(frozen=True)
class Counting:
    """A question on finance, and the rule by which it is counted.

    Attributes:
        question: which rows of finance are considered; its limit, order and columns are ignored.
        rule: the rule that decides which of them count.
        base: the price base of the amounts.
        add_sources: whether several sources are added together.
    """

    question: Question
    rule: Rule
    base: Base
    add_sources: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps that leave rows out, in order; a row is marked with the index of its step."""
        more = [NO_AMOUNT]
        if self.rule.parents is not Parents.AS_FLAGGED:
            more.insert(0, PARENTS)
        if self.add_sources and self.rule.speaker is Speaker.BEST:
            more.append(OTHER_SOURCES)
        return (*self.rule.steps, *more)


def marked(connection: Connection, counting: Counting) -> Subquery:
    """Return the rows of a counting, marked with their steps, as a subquery.

    Its columns: `identity`, the id of the record; `entity`, the id of the project; `source_id`;
    `step`, the index of the step that leaves the row out, or NULL if it counts; `amount`; `unit`,
    the price year or currency of the amount; `adjusted`, the amount without what is rolled over, if
    stated and if the rule leaves that out; `estimated`; `kind`.
    """
    # Which rows count must not depend on an order or a limit, so only the conditions are kept.
    plain = replace(counting.question, columns=(), sort="", limit=None, offset=0, grouping=None)
    plan, conditions = narrowed(connection, plain)
    amount, adjusted = _AMOUNTS[counting.base]
    columns = [
        finance.c.record_id.label("identity"),
        finance.c.entity_id.label("entity"),
        record.c.source_id.label("source_id"),
        _step(connection, counting).label("step"),
        amount.label("amount"),
        # A currency or year beside an empty amount is no unit: it would make the sum look mixed.
        case((amount.is_not(None), _UNITS.get(counting.base, cast(null(), Text)))).label("unit"),
        _adjusted(counting, plan, adjusted).label("adjusted"),
        finance.c.estimated.label("estimated"),
        finance.c.kind.label("kind"),
    ]
    rows = plan.tables.needed(*columns, *conditions)
    statement = select(*columns).select_from(rows).where(*conditions)
    if OTHER_SOURCES in counting.steps:
        statement = _of_best(connection, counting, statement.subquery("each"))
    return statement.subquery("marked")


def _adjusted(counting: Counting, plan: Plan, name: str) -> ColumnElement[Any]:
    if counting.rule.rollovers is not Rollovers.LEAVE_OUT:
        return cast(null(), Exact)
    column = plan.scalars[name]
    if counting.base is not Base.NOMINAL:
        return column
    # An adjusted amount stated in US dollars is used if the column in dollars is empty.
    stated = case((finance.c.currency == "USD", plan.scalars["adjusted_amount"]))
    return func.coalesce(column, stated, type_=column.type)


def _step(connection: Connection, counting: Counting) -> ColumnElement[Any]:
    narrower = Narrower(connection, noun_of("finance"), plan_of("finance"))
    amount, _ = _AMOUNTS[counting.base]
    # One CASE, whose first match takes the row: no row is left out twice, and the steps add up.
    whens: list[tuple[ColumnElement[bool], int]] = []
    for position, step in enumerate(counting.steps):
        if step is PARENTS:
            # Ids of a subquery instead of a join, which would repeat rows with several parts.
            left_out = left_out_by_parents(
                connection,
                counting.rule.parents,
                circular_projects(connection),
                across_sources=counting.add_sources,
            )
            whens.append((left_out, position))
        elif step is NO_AMOUNT:
            whens.append((amount.is_(None), position))
        elif step is not OTHER_SOURCES:
            whens.append((or_(*map(narrower.stated, step.leave_out)), position))
    return case(*whens)


def _of_best(connection: Connection, counting: Counting, each: Subquery) -> Select[Any]:
    """Also leave out rows of projects for which a better source has rows that count."""
    order = list(_ranked(connection, counting.rule.sources))
    speaks = case(
        {number: position for position, number in enumerate(order)}, value=each.c.source_id
    )
    # Only rows that count so far let a source speak: one whose rows all fell to earlier steps
    # must not silence others. The window function reads the marked rows once.
    best = func.min(case((each.c.step.is_(None), speaks))).over(partition_by=each.c.entity)
    ranked = select(each, speaks.label("speaks"), best.label("best")).subquery("ranked")
    columns = [column for column in ranked.c if column.name not in {"step", "speaks", "best"}]
    other_sources = counting.steps.index(OTHER_SOURCES)
    step = case(
        (ranked.c.step.is_not(None), ranked.c.step),
        (ranked.c.speaks > ranked.c.best, other_sources),
    )
    return select(*columns, step.label("step"))


def _ranked(connection: Connection, first: tuple[str, ...]) -> Iterator[int]:
    """Yield ids of sources by precedence: those in `first` in their order, then by rank."""
    named = {key: position for position, key in enumerate(first)}
    rows = connection.execute(
        select(source.c.id, source.c.key, source.c.tier, source.c.published)
    ).all()
    yield from (
        row.id
        for row in sorted(
            rows,
            key=lambda row: (named.get(row.key, len(named)), rank(row.tier, row.published, row.id)),
        )
    )
