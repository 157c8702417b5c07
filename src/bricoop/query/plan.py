"""How a noun's rows are read: a from-clause, an expression a field, and lists gathered by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause

#: For a page of ids, the list of each.
Gather = Callable[[Connection, Sequence[int]], Mapping[int, list[str]]]
#: The condition that the values of a filter state.
Condition = Callable[[Connection, tuple[str, ...]], ColumnElement[bool]]


@dataclass(frozen=True)
class Plan:
    """How to read the rows of a noun.

    Attributes:
        rows: what is selected from.
        identity: the column by which lists are gathered and ties are broken.
        scalars: an expression for each field that is one value.
        lists: a gatherer for each field that is a list.
        filters: the condition of each filter.
        always: what holds for every row, unless the filter `all` is given.
        order: expressions to sort by where they differ from the field's own.
    """

    rows: FromClause
    identity: ColumnElement[Any]
    scalars: Mapping[str, ColumnElement[Any]]
    lists: Mapping[str, Gather] = field(default_factory=dict)
    filters: Mapping[str, Condition] = field(default_factory=dict)
    always: ColumnElement[bool] | None = None
    order: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    ties: tuple[ColumnElement[Any], ...] = ()
