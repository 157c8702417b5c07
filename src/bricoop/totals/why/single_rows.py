"""The counted rows of two sources, with what is told of those that only one has."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bricoop.query.catalog import noun_of
from bricoop.query.execute import plan_of, rows_of
from bricoop.totals.classify import marked
from bricoop.totals.rule import Base
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.paired_rows import Side

_SHOWN = (
    "project", "countries", "status", "date", "counted", "umbrella", "source", "external_id",
    "project_key",
)  # fmt: skip
#: The field of the amounts of each price base.
_AMOUNTS = {
    Base.NOMINAL: "amount_usd", Base.CONSTANT: "amount_usd_constant", Base.STATED: "amount",
}  # fmt: skip


class SingleRow(NamedTuple):
    """A row of finance that counts in the total of its source.

    Attributes:
        side: its source.
        id: its id within the source.
        record_id: the id of its record.
        amount: what it adds to the total.
        project: the name of its project.
        project_key: the key of its project.
        countries: alpha-3 codes of the countries of its project.
        status: the status of its project; None where none is recorded.
        date: the date of its money; None where none is recorded.
        is_avoided: whether its source leaves it out of its own totals.
        is_umbrella: whether other rows state parts of its money.
    """

    side: Side
    id: str
    record_id: int
    amount: Decimal
    project: str
    project_key: str
    countries: tuple[str, ...]
    status: str | None
    date: str | None
    is_avoided: bool
    is_umbrella: bool

    @property
    def change(self) -> Decimal:
        """What it adds to the difference: the total of the right source less that of the left."""
        return self.amount if self.side is Side.RIGHT else self.amount.copy_negate()

    @property
    def size(self) -> tuple[Decimal, str]:
        """The sort key of its size: its amount without its sign, then its id."""
        return self.amount.copy_abs(), self.id


def single_rows(
    connection: Connection, comparison: Comparison, *, in_order: bool
) -> Iterator[SingleRow]:
    """Yield the rows of both sources that count.

    Args:
        connection: an open connection.
        comparison: the sources, the question and the rule.
        in_order: whether they are sorted, the largest amounts first.
    """
    counting = comparison.counting
    rows = marked(connection, counting)
    plan, noun = plan_of("finance"), noun_of("finance")
    fields = [field for field in noun.fields if field.name in _SHOWN]
    columns = [plan.scalars[field.name].label(field.name) for field in fields if not field.many]
    ends = [rows.c.amount.label("full"), rows.c.adjusted, rows.c.identity]
    statement = (
        select(rows.c.entity, plan.identity, *columns, *ends)
        .select_from(
            plan.tables.needed(plan.identity, *columns).join(rows, rows.c.identity == plan.identity)
        )
        .where(rows.c.step.is_(None))
    )
    if in_order:
        amount = _AMOUNTS[counting.base]
        by_amount = plan.order.get(amount, plan.scalars[amount]).desc()
        statement = statement.order_by(by_amount, plan.scalars["external_id"], plan.identity)
    names = [field.name for field in fields] + ["full", "adjusted", "identity"]
    for cells in rows_of(connection, plan, fields, statement):
        row: dict[str, Any] = dict(zip(names, cells, strict=True))
        yield SingleRow(
            comparison.sides[row["source"]],
            row["external_id"],
            row["identity"],
            row["full"] if row["adjusted"] is None else row["adjusted"],
            row["project"],
            row["project_key"],
            tuple(row["countries"]),
            row["status"],
            row["date"],
            is_avoided=row["counted"] is False,
            is_umbrella=row["umbrella"] is True,
        )
