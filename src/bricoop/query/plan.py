"""How a noun's rows are read: a from-clause, an expression a field, and lists gathered by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select

from bricoop.query.nouns.noun import Field
from bricoop.query.tables import Tables

#: For a page of ids, the list of each.
Gather = Callable[[Connection, Sequence[int]], Mapping[int, list[str]]]
#: The condition that the values of a filter state.
Condition = Callable[[Connection, tuple[str, ...]], ColumnElement[bool]]
#: For the values of a list's pairs, the texts that are shown of each.
Shown = Callable[[Connection, Sequence[Any]], Mapping[Any, tuple[str | None, ...]]]


@dataclass(frozen=True)
class Members:
    """The values of a list that rows carry, and how rows are told apart by them.

    Attributes:
        gather: reads the lists of a page of rows.
        pairs: selects each owner with each of its values, as `owner` and `value`; perhaps twice.
        means: the values of pairs that typed words mean.
        shown: what a group of a value shows; None where the value itself is shown.
        endings: what the names of the columns that show it end in.
        read: the ending of the column that people read.
        of_row: whether each row has a list of its own, by its identity; else what it is about does.
    """

    gather: Gather
    pairs: Select[Any]
    means: Callable[[Connection, tuple[str, ...]], Sequence[Any]]
    shown: Shown | None = None
    endings: tuple[str, ...] = ("",)
    read: str = ""
    of_row: bool = False


@dataclass(frozen=True)
class Plan:
    """How to read the rows of a noun.

    Attributes:
        tables: what is selected from.
        identity: the column that tells rows apart, by which ties are broken.
        scalars: an expression for each field that is one value.
        about: the entity that a row is about, which owns most lists; None where it is none.
        is_record: whether each row is read from one record, whose id is its identity.
        lists: the members of each field that is a list.
        related: fields of what a row is about, which narrow and group rows and which none shows;
            `scalars` has their expressions.
        filters: the condition of each filter that means more than its field.
        always: what holds for every row, unless the filter `all` is given.
        order: expressions to sort by where they differ from the field's own.
        ties: what rows that are alike are sorted by before their identity.
        dates: the fields of which `year` speaks, the first that is known for a group.
        undated: that a row is of no year, where that is not that it has none of those dates.
        groups: what rows can be grouped by besides their own fields and lists.
    """

    tables: Tables
    identity: ColumnElement[Any]
    scalars: Mapping[str, ColumnElement[Any]]
    about: ColumnElement[Any] | None = None
    is_record: bool = False
    lists: Mapping[str, Members] = field(default_factory=dict)
    related: Mapping[str, Field] = field(default_factory=dict)
    filters: Mapping[str, Condition] = field(default_factory=dict)
    always: ColumnElement[bool] | None = None
    order: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    ties: tuple[ColumnElement[Any], ...] = ()
    dates: tuple[str, ...] = ()
    undated: ColumnElement[bool] | None = None
    groups: Mapping[str, Members] = field(default_factory=dict)

    def owner(self, *, of_row: bool) -> ColumnElement[Any] | None:
        """Return the column that owns a list: of the row itself, or of what it is about."""
        return self.identity if of_row else self.about
