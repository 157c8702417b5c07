"""Lists the rows behind a figure: those of a step, those that count, or all."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, select, true

from bricoop.db.schema import record, source
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError
from bricoop.query.catalog import noun_of
from bricoop.query.execute import plan_of, rows_of
from bricoop.query.question import Answer
from bricoop.totals.classify import ROLLED_OVER, Counting, marked

EVERYTHING = "everything"
COUNTED = "counted"
_SHOWN = (
    "project", "countries", "status", "kind", "financier", "instrument", "amount", "currency",
    "amount_usd", "amount_usd_constant", "price_year", "date", "estimated", "counted", "umbrella",
    "adjusted_amount", "adjusted_usd", "adjusted_usd_constant", "source", "locator", "external_id",
    "url", "project_key",
)  # fmt: skip


@dataclass(frozen=True)
class MarkedRow:
    """A row of finance with the step of the rule that leaves it out.

    Attributes:
        source: key of the source.
        id: its id within the source.
        step: the name of the step that leaves it out; None if it counts.
        amount: the amount that it adds to the figure, or would add; None without an amount.
        load: id of the load that last wrote it.
        locator: its position in the source.
    """

    source: str
    id: str
    step: str | None
    amount: Decimal | None
    load: int
    locator: str | None


def listed(connection: Connection, counting: Counting, step: str) -> Answer:
    """Return the rows of a step, of `counted` or of `everything`, as `query finance` shows them.

    Raises:
        NotFoundError: the rule has no such step.
    """
    rows = marked(connection, counting)
    plan, noun = plan_of("finance"), noun_of("finance")
    fields = tuple(field for field in noun.fields if field.name in _SHOWN)
    columns = [plan.scalars[field.name].label(field.name) for field in fields if not field.many]
    order = [plan.scalars["source"], record.c.external_id, plan.identity]
    tables = plan.tables.needed(plan.identity, *columns, *order)
    statement = (
        select(rows.c.entity, plan.identity, *columns)
        .select_from(tables.join(rows, rows.c.identity == plan.identity))
        .where(_of_step(rows, counting, step))
        .order_by(*order)
    )
    return Answer(noun, fields, rows_of(connection, plan, fields, statement))


def marked_rows(connection: Connection, counting: Counting) -> Iterator[MarkedRow]:
    """Yield all rows that are considered, with their steps, sorted by source and id."""
    rows = marked(connection, counting)
    columns = (source.c.key, record.c.external_id, record.c.load_id, record.c.locator)
    result = connection.execute(
        select(rows.c.step, rows.c.amount, rows.c.adjusted, *columns)
        .join(record, record.c.id == rows.c.identity)
        .join(source, source.c.id == record.c.source_id)
    )
    # Sorted here by code point, as the databases have different collations.
    for row in sorted(result, key=lambda row: (row.key, row.external_id)):
        amount = row.amount if row.adjusted is None else row.adjusted
        step = None if row.step is None else counting.steps[row.step].name
        yield MarkedRow(row.key, row.external_id, step, amount, row.load_id, row.locator)


def _of_step(rows: Subquery, counting: Counting, step: str) -> ColumnElement[Any]:
    names = [rule_step.name for rule_step in counting.steps]
    if step in names:
        return rows.c.step == names.index(step)
    if step == COUNTED:
        return rows.c.step.is_(None)
    if step == EVERYTHING:
        return true()
    # These rows count with a part of their amount, so they are listed here and under `counted`.
    if step == ROLLED_OVER.name:
        return rows.c.step.is_(None) & rows.c.adjusted.is_not(None)
    steps = [EVERYTHING, *names, ROLLED_OVER.name, COUNTED]
    near = nearest(step, {name: name for name in steps})
    raise NotFoundError("step of the rule", step, near or steps)
