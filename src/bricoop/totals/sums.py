"""Sums of marked rows: exact in any order, with what of them is estimated or rolled over."""

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
    """Rows that are put together.

    Attributes:
        rows: so many.
        with_amount: so many of them have an amount in the base.
        amount: the money of these, with what is rolled over.
        estimated_rows: so many of them have an amount that the source estimated.
        estimated: the money of these, without what is rolled over.
        reduced: so many lose a part of their amount, which is rolled over.
        rolled_over: those parts.
        raised: so many have an adjusted amount that is larger than the amount, which nothing that
            is rolled over explains.
        raised_by: by how much it is larger, together.
        units: the price years or currencies of the amounts.
        kinds: the kinds of flow.
        sources: the numbers of the sources.
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
        """The money without what is rolled over."""
        return WIDE.subtract(self.amount, self.rolled_over)

    def add(self, other: "Sum") -> None:
        """Take in what another one holds."""
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
    """Yield sums of marked rows; a key comes again for each unit and kind of its rows.

    Args:
        connection: an open connection.
        rows: the rows, as `marked` gives them.
        keys: what rows are told apart by.
        tables: the rows joined to what the keys speak of; None for the rows alone.
        conditions: which rows are added.
    """
    estimated = case((rows.c.estimated.is_(True), rows.c.amount))
    changed = case((rows.c.adjusted.is_not(None), rows.c.amount))
    larger = exact_greater(connection, rows.c.adjusted, rows.c.amount)
    raised = case((larger, rows.c.amount))
    numbers = [
        func.count(column)
        for column in (rows.c.identity, rows.c.amount, estimated, changed, raised)
    ]
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
        WIDE.subtract(estimated, WIDE.subtract(rolled_estimate, adjusted_part)),
        reduced,
        WIDE.subtract(changed, adjusted),
        raised,
        WIDE.subtract(large, small),
    )
