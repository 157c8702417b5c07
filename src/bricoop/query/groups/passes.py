"""The passes in which groups are read: of rows with values in a list, and of rows without any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Select, select

from bricoop.query.groups.dimensions import Dimension
from bricoop.query.plan import Plan


@dataclass(frozen=True)
class Pass:
    """Some of the rows, each as often as it has different values in the lists it is grouped by.

    Attributes:
        rows: what is selected from.
        conditions: which rows they are.
        values: what tells groups apart, of each dimension; None where these rows have no value.
    """

    rows: FromClause
    conditions: Sequence[ColumnElement[bool]]
    values: Sequence[ColumnElement[Any] | None]

    @property
    def present(self) -> list[ColumnElement[Any]]:
        """The values that there are."""
        return [value for value in self.values if value is not None]

    def group(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return the values of a group, of which `present` were read."""
        values = iter(row)
        return tuple(None if value is None else next(values) for value in self.values)


def passes(
    plan: Plan,
    dimensions: Sequence[Dimension],
    conditions: Sequence[ColumnElement[bool]],
    figures: Sequence[ColumnElement[Any]],
) -> Iterator[Pass]:
    """Yield the passes in which all rows are read.

    A list's pairs are joined from their own side, which an index has in order; an outer join would
    have them looked up row by row in a table without an index.

    Args:
        plan: how the rows are read.
        dimensions: what they are grouped by.
        conditions: which rows are counted.
        figures: what is measured of them.
    """
    lists = [dimension for dimension in dimensions if dimension.pairs is not None]
    own = [dimension.value for dimension in dimensions if dimension.pairs is None]
    owners = {plan.owner(of_row=dimension.of_row) for dimension in lists}
    about = [owner for owner in (plan.about, *owners) if owner is not None]
    for choice in product((True, False), repeat=len(lists)):
        has = dict(zip([dimension.name for dimension in lists], choice, strict=True))
        without = [
            ~_owned(plan, dimension, dimension.pairs)
            for dimension in lists
            if dimension.pairs is not None and not has[dimension.name]
        ]
        every = [*conditions, *without]
        rows = plan.tables.needed(*every, *own, *figures, *about)
        values: list[ColumnElement[Any] | None] = []
        for dimension in dimensions:
            if dimension.pairs is None:
                values.append(dimension.value)
            elif has[dimension.name]:
                rows, value = _joined(plan, dimension, rows, conditions)
                values.append(value)
            else:
                values.append(None)
        yield Pass(rows, every, values)


def _joined(
    plan: Plan, dimension: Dimension, rows: FromClause, conditions: Sequence[ColumnElement[bool]]
) -> tuple[FromClause, ColumnElement[Any]]:
    pairs, owner = dimension.pairs, plan.owner(of_row=dimension.of_row)
    if pairs is None or owner is None:
        message = "only a list that rows own is joined"
        raise TypeError(message)
    if conditions:
        # Few rows have few pairs: not all of them need be read.
        owners = select(owner).select_from(plan.tables.needed(owner, *conditions))
        pairs = pairs.where(_owner(pairs).in_(owners.where(*conditions)))
    values = pairs.distinct().subquery(f"of_{dimension.name}")
    return rows.join(values, values.c.owner == owner), values.c.value


def _owned(plan: Plan, dimension: Dimension, pairs: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that a row has a value in a list."""
    own = pairs.where(_owner(pairs) == plan.owner(of_row=dimension.of_row))
    return own.correlate_except(*pairs.get_final_froms()).exists()


def _owner(pairs: Select[Any]) -> ColumnElement[Any]:
    label = next(iter(pairs.selected_columns))
    return label.element if isinstance(label, Label) else label
