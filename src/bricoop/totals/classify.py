"""Builds the SQL that marks each row of finance with the step of a rule that leaves it out."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Text,
    case,
    cast,
    func,
    null,
    or_,
    select,
)

from bricoop.db.dialect import in_order
from bricoop.db.schema import finance, record
from bricoop.db.types import Exact
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import Narrower
from bricoop.query.execute import narrowed, plan_of
from bricoop.query.plan import Plan
from bricoop.query.question import Question
from bricoop.totals.counted_once import Falls, counted_once
from bricoop.totals.decided_wholes import wholes_by_decision, without_circles
from bricoop.totals.parents import (
    circular_projects,
    left_out_by_decision,
    left_out_by_parents,
)
from bricoop.totals.rule import Base, Parents, Rollovers, Rule, Speaker, Step

#: Steps that follow from the settings of a rule; all other steps are defined by the rule.
PARENTS = Step("parents", "Wholes or parts, whichever the rule does not count", ())
NO_AMOUNT = Step("no-amount", "Without an amount in this base", ())
DUPLICATES = Step("duplicates", "Deals that a source states twice, by decisions", ())
SAME_DEAL = Step("same-deal", "Deals that a better source states as well, by decisions", ())
WORSE_SIDE = Step("parents", "Wholes or parts of which a better source has the other side", ())
OTHER_SOURCES = Step("other-sources", "Of projects that a better source covers", ())
#: Steps that leave rows out because of decisions; waterfalls without such rows do not have them.
BY_DECISION = (DUPLICATES, SAME_DEAL, WORSE_SIDE)
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
        is_flagged = self.rule.parents is Parents.AS_FLAGGED
        more = [NO_AMOUNT] if is_flagged else [PARENTS, NO_AMOUNT]
        if self.rule.speaker is Speaker.BEST:
            more.append(DUPLICATES)
            if self.add_sources:
                more += [SAME_DEAL, *([WORSE_SIDE] if is_flagged else []), OTHER_SOURCES]
        return (*self.rule.steps, *more)

    @property
    def rows_question(self) -> Question:
        """The question without what must not matter for which rows count: order, limit, columns."""
        return replace(self.question, columns=(), sort="", limit=None, offset=0, grouping=None)


def marked(connection: Connection, counting: Counting) -> Subquery:
    """Return the rows of a counting, marked with their steps, as a subquery.

    Its columns: `identity`, the id of the record; `entity`, the id of the project; `source_id`;
    `step`, the index of the step that leaves the row out, or NULL if it counts; `amount`; `unit`,
    the price year or currency of the amount; `adjusted`, the amount without what is rolled over, if
    stated and if the rule leaves that out; `estimated`; `kind`.
    """
    plan, conditions = narrowed(connection, counting.rows_question)
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
    if counting.rule.speaker is Speaker.BEST:
        statement = counted_once(connection, statement, counting.rule.sources, _falls(counting))
        if counting.add_sources:
            # They are in the order of projects already.
            return statement.subquery("marked")
    return in_order(connection, statement, "identity").subquery("marked")


def _falls(counting: Counting) -> Falls:
    numbers = {step: number for number, step in enumerate(counting.steps)}
    return Falls(
        numbers[DUPLICATES],
        numbers.get(SAME_DEAL),
        numbers.get(WORSE_SIDE),
        numbers.get(OTHER_SOURCES),
    )


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
            whens.append((_other_side(connection, counting), position))
        elif step is NO_AMOUNT:
            whens.append((amount.is_(None), position))
        elif step.leave_out:
            whens.append((or_(*map(narrower.stated, step.leave_out)), position))
    return case(*whens)


def _other_side(connection: Connection, counting: Counting) -> ColumnElement[bool]:
    """Return the condition that the rule counts the whole, or the parts, of a row instead."""
    side, across = counting.rule.parents, counting.add_sources
    pairs = wholes_by_decision(connection)
    circular = circular_projects(connection, pairs)
    # Ids of a subquery instead of a join, which would repeat rows with several parts.
    stated = left_out_by_parents(connection, side, circular, across_sources=across)
    if not pairs:
        return stated
    pairs = without_circles(pairs, circular)
    return stated | left_out_by_decision(connection, side, pairs, across_sources=across)
