"""A question is a frozen value, and so is its answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bricoop.domain.arguments import checked_fields
from bricoop.domain.grammar import as_subject
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.groups.grouping import Grouping
from bricoop.query.nouns.noun import Field, Noun

Row = tuple[Any, ...]


@checked_fields
@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        noun: the noun's name.
        filters: for each filter or field its values; several values mean *any of*, several filters
            *and*; a value after a `!` means *not*.
        columns: the fields asked for, in order; empty for all of them.
        sort: fields with commas between them, each with `-` before it for descending; empty for the
            noun's own order.
        limit: at most so many rows; None for all.
        offset: so many rows are skipped.
        where: conditions in the language of `query.where`; all of them hold.
        search: words that find what a row is about, as `bricoop search` takes them; empty for all.
        raw: conditions on cells as files print them: `Flow Class=ODA-like`; all of them hold.
        grouping: how rows are put into groups; None where the rows themselves are asked for.
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

    def fields(self) -> tuple[Field, ...]:
        """Return the fields asked for.

        Raises:
            UsageError: the noun has no such field.
        """
        noun = noun_of(self.noun)
        if not self.columns:
            return noun.usual
        return tuple(_field(noun, name) for name in self.columns)

    def order(self) -> tuple[tuple[Field, bool], ...]:
        """Return the fields to sort by, the first that decides first, and whether downward.

        Raises:
            UsageError: the noun has no such field, or rows cannot be sorted by it.
        """
        noun = noun_of(self.noun)
        order = sort_keys(self.sort or noun.order)
        return tuple((_sortable(noun, name), downward) for name, downward in order)


@dataclass(frozen=True)
class Answer:
    """The rows that answer a question.

    Attributes:
        noun: what the rows are; None where they are what a query in SQL selects.
        fields: the fields of every row, in order.
        rows: the rows; they are read from the database as they are taken.
        notes: what a reader must know of how they were counted.
        named: whether a person asked for the fields by name, and sees each of them, also where no
            row has a value.
    """

    noun: Noun | None
    fields: tuple[Field, ...]
    rows: Iterator[Row]
    notes: tuple[str, ...] = ()
    named: bool = False


def sort_keys(sort: str) -> list[tuple[str, bool]]:
    """Return the names that a text says to sort by, and whether each goes downward.

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
