"""Exact sums of marked rows by group, with estimated and rolled-over amounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, case, func, select

from bricoop.db.aggregates import Read, exact_greater, exact_sum
from bricoop.domain.amounts import WIDE

_ZERO = Decimal(0)
_NUMBERS = ("rows", "with_amount", "estimated_rows", "reduced", "raised")
_AMOUNTS = ("amount", "estimated", "rolled_over", "raised_by")


@dataclass
class Sum:
    """Counts and sums of a group of rows.

    Attributes:
        rows: the number of rows.
        with_amount: the number of rows with an amount in the price base.
        amount: the sum of these amounts, including what is rolled over.
        estimated_rows: the number of rows with an amount that the source estimated.
        estimated: the sum of the estimated amounts without what is rolled over.
        reduced: the number of rows with an adjusted amount.
        rolled_over: the sum of the differences between their amounts and adjusted amounts.
        raised: the number of rows whose adjusted amount exceeds the amount, which rollovers do not
            explain.
        raised_by: the sum of these excesses.
        units: the price years or currencies of the amounts.
        kinds: the kinds of finance.
        sources: the ids of the sources.
    """

    rows: int = 0
    with_amount: int = 0
    amount: Decimal = _ZERO
    estimated_rows: int = 0
    estimated: Decimal = _ZERO
    reduced: int = 0
    rolled_over: Decimal = _ZERO
    raised: int = 0
    raised_by: Decimal = _ZERO
    units: set[Any] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    @property
    def once(self) -> Decimal:
        """The sum of the amounts without what is rolled over."""
        return WIDE.subtract(self.amount, self.rolled_over)

    def add(self, other: "Sum") -> None:
        """Add the counts and sums of another group."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _AMOUNTS:
            setattr(self, name, WIDE.add(getattr(self, name), getattr(other, name)))
        self.units |= other.units
        self.kinds |= other.kinds
        self.sources |= other.sources


def sums_of(
    connection: Connection,
    rows: Subquery,
    keys: Sequence[ColumnElement[Any]],
    tables: FromClause | None = None,
    *conditions: ColumnElement[bool],
) -> Iterator[tuple[tuple[Any, ...], Sum]]:
    """Yield sums of marked rows with their keys; keys repeat for each unit and kind.

    Args:
        connection: an open connection.
        rows: the subquery that `marked` returns.
        keys: the columns to group by.
        tables: `rows` joined to the tables of the keys; None for `rows` alone.
        conditions: conditions on the rows to add.
    """
    estimated = case((rows.c.estimated.is_(True), rows.c.amount))
    changed = case((rows.c.adjusted.is_not(None), rows.c.amount))
    larger = exact_greater(connection, rows.c.adjusted, rows.c.amount)
    raised = case((larger, rows.c.amount))
    numbers = [
        func.count(column)
        for column in (rows.c.identity, rows.c.amount, estimated, changed, raised)
    ]
    # A sum may need several columns, as SQLite has no exact decimals; `read` combines them.
    exact = [
        exact_sum(connection, column)
        for column in (
            rows.c.amount,
            estimated,
            changed,
            rows.c.adjusted,
            case((rows.c.estimated.is_(True), changed)),
            case((rows.c.estimated.is_(True), rows.c.adjusted)),
            raised,
            case((larger, rows.c.adjusted)),
        )
    ]
    # Units and kinds are grouped too: that they differ is noticed while adding, without a query
    # of its own.
    group_columns = [*keys, rows.c.unit, rows.c.kind]
    columns = [column for selected, _ in exact for column in selected]
    statement = (
        select(*group_columns, *numbers, *columns).group_by(*group_columns).where(*conditions)
    )
    for row in connection.execute(statement.select_from(rows if tables is None else tables)):
        subtotal = _read(
            row[len(group_columns) :], [(len(selected), read) for selected, read in exact]
        )
        *key, unit, kind = row[: len(group_columns)]
        subtotal.units, subtotal.kinds = ({unit} if subtotal.with_amount else set()), {kind}
        yield tuple(key), subtotal


def _read(row: Sequence[Any], reads: Sequence[tuple[int, Read]]) -> Sum:
    rows, with_amount, estimated_rows, reduced, raised, *rest = row
    values = []
    for width, read in reads:
        values.append(read(rest[:width]) or _ZERO)
        rest = rest[width:]
    amount, estimated, changed, adjusted, rolled_estimate, adjusted_part, small, large = values
    return Sum(
        rows,
        with_amount,
        amount,
        estimated_rows,
        # Estimated amounts are stated without what is rolled over, as the figure is.
        WIDE.subtract(estimated, WIDE.subtract(rolled_estimate, adjusted_part)),
        reduced,
        WIDE.subtract(changed, adjusted),
        raised,
        WIDE.subtract(large, small),
    )
