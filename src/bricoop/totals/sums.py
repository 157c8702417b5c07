"""Exact sums of marked rows by group, with estimated and rolled-over amounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, case, func, select

from bricoop.db.aggregates import exact_sum
from bricoop.domain.amounts import WIDE

_ZERO = Decimal(0)
#: Groups to fetch at once.
_PAGE = 1000


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
        # Written out, as totals with many rolled-over amounts add thousands of groups.
        self.rows += other.rows
        self.with_amount += other.with_amount
        self.amount = WIDE.add(self.amount, other.amount)
        self.estimated_rows += other.estimated_rows
        if other.estimated:
            self.estimated = WIDE.add(self.estimated, other.estimated)
        self.reduced += other.reduced
        if other.rolled_over:
            self.rolled_over = WIDE.add(self.rolled_over, other.rolled_over)
        self.raised += other.raised
        if other.raised_by:
            self.raised_by = WIDE.add(self.raised_by, other.raised_by)
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
    """Yield sums of marked rows with their keys; keys repeat for each unit, kind and so on.

    Rows with an adjusted amount are grouped by both amounts, and added up here. So the database
    reads the adjusted amount of a row from JSON once, and compares no exact decimals, which SQLite
    can do only in Python.

    Args:
        connection: an open connection.
        rows: the subquery that `marked` returns.
        keys: the columns to group by.
        tables: `rows` joined to the tables of the keys; None for `rows` alone.
        conditions: conditions on the rows to add.
    """
    # Units and kinds are grouped too: that they differ is noticed while adding, without a query
    # of its own.
    group_columns: list[ColumnElement[Any]] = [
        *keys,
        rows.c.unit,
        rows.c.kind,
        rows.c.estimated.is_(True),
        rows.c.adjusted,
        case((rows.c.adjusted.is_not(None), rows.c.amount)),
    ]
    # A sum may need several columns, as SQLite has no exact decimals; `read` combines them.
    columns, read = exact_sum(connection, rows.c.amount)
    numbers = [func.count(), func.count(rows.c.amount)]
    statement = (
        select(*group_columns, *numbers, *columns).group_by(*group_columns).where(*conditions)
    )
    result = connection.execute(statement.select_from(rows if tables is None else tables))
    # In pages, as fetching row by row takes a third longer from a lake.
    for row in chain.from_iterable(result.partitions(_PAGE)):
        *key, unit, kind, is_estimated, adjusted, amount = row[: len(group_columns)]
        number, with_amount, *amounts = row[len(group_columns) :]
        subtotal = Sum(number, with_amount, read(amounts) or _ZERO, kinds={kind})
        if with_amount:
            subtotal.units = {unit}
        if adjusted is not None:
            _roll_over(subtotal, amount, adjusted)
        if is_estimated:
            # Estimated amounts are stated without what is rolled over, as the figure is.
            subtotal.estimated_rows, subtotal.estimated = with_amount, subtotal.once
        yield tuple(key), subtotal


def _roll_over(subtotal: Sum, amount: Decimal | None, adjusted: Decimal) -> None:
    """Complete the sum of rows that all have the same amount and the same adjusted amount."""
    all_adjusted = WIDE.multiply(adjusted, subtotal.rows)
    subtotal.reduced = subtotal.with_amount
    subtotal.rolled_over = WIDE.subtract(subtotal.amount, all_adjusted)
    if amount is not None and adjusted > amount:
        subtotal.raised = subtotal.rows
        subtotal.raised_by = -subtotal.rolled_over
