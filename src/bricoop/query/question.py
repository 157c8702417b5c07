"""The value classes `Question` and `Answer`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bricoop.domain.arguments import checked_fields
from bricoop.domain.cells import Row
from bricoop.domain.english import as_subject
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.grouping import Grouping
from bricoop.query.nouns.noun import Field, Noun

#: The filter for rows that are left out by default.
ALL = "all"
#: Words for yes and no, in filters and conditions.
BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


@checked_fields
@dataclass(frozen=True)
class Question:
    """A query for rows or groups of one noun.

    Attributes:
        noun: name of the noun.
        filters: values by filter or field; several values are combined by *or*, several filters by
            *and*; `!` before a value negates it.
        columns: names of the fields to return, in order; empty for the usual fields.
        sort: comma-separated field names, `-` before a name for descending; empty for the noun's
            default order.
        limit: the largest number of rows; None for all.
        offset: number of rows to skip.
        where: conditions in the language of `query.conditions.parser`, combined by *and*.
        search: full-text search for the entities of rows, as in `bricoop search`; empty for none.
        raw: conditions on source cells, such as `Flow Class=ODA-like`, combined by *and*.
        grouping: how rows are grouped; None to return the rows themselves.
        unmerged: whether entities are as loads made them, without what decisions join and part.
    """

    noun: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""
    limit: int | None = None
    offset: int = 0
    where: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    search: str = ""
    grouping: Grouping | None = None
    unmerged: bool = False

    @property
    def is_of_all(self) -> bool:
        """Whether rows that are left out by default are asked for: `--all`, or `all=True`.

        Raises:
            UsageError: the filter `all` is neither yes nor no.
        """
        values = self.filters.get(ALL, ())
        for value in values:
            if value not in BOOLEANS:
                message = f"The filter {ALL} is {value!r}, which is neither yes nor no."
                raise UsageError(message, f"Write yes, or leave {ALL} out.")
        return any(BOOLEANS[value] for value in values)

    def fields(self) -> tuple[Field, ...]:
        """Return the requested fields.

        Raises:
            UsageError: the noun has no such field.
        """
        noun = noun_of(self.noun)
        if not self.columns:
            return noun.usual
        return tuple(_field(noun, name) for name in self.columns)

    def order(self) -> tuple[tuple[Field, bool], ...]:
        """Return the fields to sort by, the most significant first, each with True for descending.

        Raises:
            UsageError: the noun has no such field, or rows cannot be sorted by it.
        """
        noun = noun_of(self.noun)
        order = sort_keys(self.sort or noun.order)
        return tuple((_sortable(noun, name), downward) for name, downward in order)


@dataclass(frozen=True)
class Answer:
    """The result of a question.

    Attributes:
        noun: the noun of the rows; None for the result of an SQL query.
        fields: the fields of the rows, in order.
        rows: the rows, read from the database while they are consumed.
        notes: notes for the reader on how groups were counted.
        named: whether the fields were requested by name, so that empty columns are displayed too.
    """

    noun: Noun | None
    fields: tuple[Field, ...]
    rows: Iterator[Row]
    notes: tuple[str, ...] = ()
    named: bool = False

    def by_name(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as cells by the names of fields, whose types the caller knows."""
        names = [field.name for field in self.fields]
        for row in self.rows:
            yield dict(zip(names, row, strict=True))


def sort_keys(sort: str) -> list[tuple[str, bool]]:
    """Parse comma-separated sort keys into names, each with True for descending.

    >>> sort_keys("status, -started")
    [('status', False), ('started', True)]
    """
    words = [word.strip() for word in sort.split(",")]
    return [(word.removeprefix("-"), word.startswith("-")) for word in words]


def _sortable(noun: Noun, name: str) -> Field:
    field = _field(noun, name)
    if not field.sortable:
        can = ", ".join(other.name for other in noun.fields if other.sortable)
        message = f"{as_subject(noun.name)} cannot be sorted by {field.name}, which is a list."
        raise UsageError(message, f"Possible: {can}.")
    return field


def _field(noun: Noun, name: str) -> Field:
    field = noun.field(name)
    if field is None:
        names = {normalise(other.name): other.name for other in noun.fields}
        near = nearest(name, names)
        hint = f"Did you mean: {'; '.join(near)}? " if near else ""
        message = f"{as_subject(noun.name)} have no field {name!r}."
        raise UsageError(message, f"{hint}They have: {', '.join(names.values())}.")
    return field
