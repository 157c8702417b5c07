"""Passes over the rows to group: for each list, rows with values and rows without any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Label,
    Select,
    Subquery,
    or_,
    select,
)

from bricoop.query.groups.dimensions import Dimension
from bricoop.query.plan import Plan
from bricoop.query.tables import Expression


@dataclass(frozen=True)
class Pass:
    """A subset of the rows, each repeated for its distinct values in the lists to group by.

    Attributes:
        rows: the FROM clause.
        conditions: the conditions on the rows.
        values: the expression of each dimension; None if these rows have no value of it.
    """

    rows: FromClause
    conditions: Sequence[ColumnElement[bool]]
    values: Sequence[Expression | None]

    @property
    def present(self) -> list[Expression]:
        """The expressions of the dimensions of which the rows have values."""
        return [value for value in self.values if value is not None]

    def group(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return the group of a row that begins with the values of `present`."""
        values = iter(row)
        return tuple(None if value is None else next(values) for value in self.values)


def passes(
    plan: Plan,
    dimensions: Sequence[Dimension],
    conditions: Sequence[ColumnElement[bool]],
    figures: Sequence[Expression],
    *,
    is_small: bool = False,
) -> Iterator[Pass]:
    """Yield passes that together cover all rows.

    Rows with and without values in a list are read separately, so that the list can be inner-joined
    in the order of its index. With an outer join, the database would look up the pairs of each row
    in a subquery without an index.

    Args:
        plan: the plan of the noun.
        dimensions: the dimensions to group by.
        conditions: the conditions on the rows.
        figures: the expressions that are aggregated.
        is_small: whether the rows are few without any condition.
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
        values: list[Expression | None] = []
        for dimension in dimensions:
            if dimension.pairs is None:
                values.append(dimension.value)
            elif has[dimension.name]:
                rows, value = _joined(plan, dimension, rows, conditions, is_small=is_small)
                values.append(value)
            else:
                values.append(None)
        yield Pass(rows, every, values)


def _joined(
    plan: Plan,
    dimension: Dimension,
    rows: FromClause,
    conditions: Sequence[ColumnElement[bool]],
    *,
    is_small: bool,
) -> tuple[FromClause, Expression]:
    pairs, owner = dimension.pairs, plan.owner(of_row=dimension.of_row)
    if pairs is None or owner is None:
        message = "only a list that rows own is joined"
        raise TypeError(message)
    if conditions or is_small:
        # Limits the pairs to the owners of matching rows, so that not all of them are read.
        owners = select(owner).select_from(plan.tables.needed(owner, *conditions))
        pairs = pairs.where(_owner(pairs).in_(owners.where(*conditions)))
    values = pairs.distinct().subquery(f"of_{dimension.name}")
    return rows.join(values, values.c.owner == owner), values.c.value


def _owned(plan: Plan, dimension: Dimension, pairs: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that a row has at least one value in a list.

    Each member of a union is looked up by itself, in its index: SQLite would compute the union anew
    for each row.
    """
    owner = plan.owner(of_row=dimension.of_row)
    has_value = []
    for member in _union_members(pairs):
        own = member.where(_owner(member) == owner)
        has_value.append(own.correlate_except(*member.get_final_froms()).exists())
    return or_(*has_value)


def _union_members(pairs: Select[Any]) -> list[Select[Any]]:
    """Return the selects of a union of pairs; any other pairs as they are."""
    (table, *others) = pairs.get_final_froms()
    union = table.element if isinstance(table, Subquery) and not others else None
    if not isinstance(union, CompoundSelect) or pairs.whereclause is not None:
        return [pairs]
    members = [member for member in union.selects if isinstance(member, Select)]
    return members if len(members) == len(union.selects) else [pairs]


def _owner(pairs: Select[Any]) -> Expression:
    label = next(iter(pairs.selected_columns))
    return label.element if isinstance(label, Label) else label
