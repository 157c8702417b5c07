"""Query plans: the tables, field expressions, lists and filters of a noun."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select

from bricoop.query.nouns.noun import Field
from bricoop.query.tables import Expression, Tables

if TYPE_CHECKING:
    from bricoop.query.question import Question

#: Reads the lists of a page of owner ids.
Gather = Callable[[Connection, Sequence[int]], Mapping[int, list[str]]]
#: Returns the SQL condition for the values of a filter.
Condition = Callable[[Connection, tuple[str, ...]], ColumnElement[bool]]
#: Returns the displayed texts for some values of a list's pairs.
Shown = Callable[[Connection, Sequence[Any]], Mapping[Any, tuple[str | None, ...]]]


@dataclass(frozen=True)
class Members:
    """A list field: how it is read, filtered by and grouped by.

    Attributes:
        gather: reads the lists of a page of rows.
        pairs: selects the pairs of owner and value, as `owner` and `value`; may have duplicates.
        means: resolves typed words to values of the pairs.
        shown: returns the displayed texts of values; None if values are displayed themselves.
        endings: suffixes of the names of a group's columns that display a value.
        read: suffix of the column that is displayed to people.
        of_row: whether the row itself owns the list, by its identity, not the entity it is about.
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
    """How to select the rows of a noun.

    Attributes:
        tables: the tables to select from.
        identity: the unique id of a row, which is also the last sort key.
        scalars: the SQL expression of each field with a single value.
        about: id of the entity that a row is about, which owns most lists; None if there is none.
        is_record: whether each row is one record, and `identity` its id.
        lists: the list fields.
        related: fields of the entity that a row is about, by which rows can be filtered and
            grouped, but which are not displayed; their expressions are in `scalars`.
        filters: conditions of filters that are more than a comparison with a field.
        always: default condition, unless the filter `all` is given.
        order: sort expressions of fields that are not sorted by their own expression.
        ties: sort keys before `identity`.
        dates: fields to which `year` applies; groups by year use the first that is known.
        undated: condition that a row has no year; None if it is that all `dates` are empty.
        groups: further lists by which rows can be grouped.
        never_empty: fields of computed rows that always have a value; counting the rows without one
            would compute all rows.
        narrowing: returns the plan for one question, which computes only rows that can be in its
            answer; for nouns whose rows are not stored, but computed for each question.
    """

    tables: Tables
    identity: Expression
    scalars: Mapping[str, Expression]
    about: Expression | None = None
    is_record: bool = False
    lists: Mapping[str, Members] = field(default_factory=dict)
    related: Mapping[str, Field] = field(default_factory=dict)
    filters: Mapping[str, Condition] = field(default_factory=dict)
    always: ColumnElement[bool] | None = None
    order: Mapping[str, Expression] = field(default_factory=dict)
    ties: tuple[Expression, ...] = ()
    dates: tuple[str, ...] = ()
    undated: ColumnElement[bool] | None = None
    groups: Mapping[str, Members] = field(default_factory=dict)
    never_empty: frozenset[str] = frozenset()
    narrowing: Callable[[Connection, "Question"], "Plan"] | None = None

    def owner(self, *, of_row: bool) -> Expression | None:
        """Return the id of a list's owner: of the row itself, or of the entity it is about."""
        return self.identity if of_row else self.about
