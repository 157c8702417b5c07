"""Dimensions by which rows are grouped: a field, a list, or the year or month of a date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, Text, func, null, select, type_coerce

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity
from bricoop.domain.english import as_subject
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.plan import Members, Plan
from bricoop.query.tables import Expression

_YEAR, _MONTH = "year", "month"
_LETTERS = {_YEAR: 4, _MONTH: 7}
#: Returns the displayed texts, one for each column, of some values of a dimension.
Shown = Callable[[Connection, Sequence[Any]], Mapping[Any, tuple[Any, ...]]]


@dataclass(frozen=True)
class Dimension:
    """One dimension by which rows are grouped.

    Attributes:
        name: name of the dimension, as requested.
        fields: the columns that display it.
        value: the expression to group by; not used for a list, which has `pairs`.
        pairs: for a list, selects the pairs of owner and value, possibly with duplicates; a row
            with several values is in several groups.
        shown: returns the displayed texts of values; None if values are displayed themselves.
        of_row: whether the row itself owns the pairs, not the entity it is about.
        ordered_by: index of the column by which groups are sorted: the one that people read.
    """

    name: str
    fields: tuple[Field, ...]
    value: Expression
    pairs: Select[Any] | None = None
    shown: Shown | None = None
    of_row: bool = False
    ordered_by: int = 0

    @property
    def is_time(self) -> bool:
        """Whether the values are dates, so that groups are sorted by them."""
        return self.fields[0].type in {Type.DATE, Type.MOMENT}


def dimension(noun: Noun, plan: Plan, name: str) -> Dimension:
    """Return the dimension of a given name: a field, list or filter, `year`, or `FIELD:month`.

    Raises:
        UsageError: rows of the noun cannot be grouped by it.
    """
    term = name.strip().replace("-", "_")
    field, _, unit = term.partition(":")
    if (members := list_named(noun, plan, term)) is not None:
        return members
    if term == _YEAR and plan.dates:
        first = func.coalesce(*(plan.scalars[date] for date in plan.dates), None)
        return _cut(term, first, _YEAR)
    scalar = noun.field(field) or plan.related.get(field)
    if scalar is None or scalar.many or scalar.type in {Type.DECIMAL, Type.FLOAT}:
        raise _unfit(noun, plan, name)
    if unit:
        if unit not in _LETTERS or scalar.type not in {Type.DATE, Type.MOMENT}:
            raise _unfit(noun, plan, name)
        return _cut(f"{field}_{unit}", plan.scalars[field], unit)
    if (key := noun.field(f"{term}_key")) is not None:
        # Different entities may have the same name: group by key.
        fields = (scalar, replace(key, in_table=False))
        return Dimension(term, fields, plan.scalars[key.name], shown=_named)
    return Dimension(term, (scalar,), plan.scalars[field])


def _named(connection: Connection, keys: Sequence[Any]) -> Mapping[Any, tuple[Any, ...]]:
    """Return the name and key of entities, by key."""
    columns = (entity.c.key, entity.c.name, entity.c.key)
    rows = connection.execute(select(*columns).where(in_values(connection, entity.c.key, keys)))
    return {key: tuple(shown) for key, *shown in rows}


def list_named(noun: Noun, plan: Plan, name: str) -> Dimension | None:
    """Return the dimension of a list field, by the name of the field or of its filter."""
    if name in plan.groups:
        return _listed(name, plan.groups[name])
    for field in noun.fields:
        if field.many and name in {field.name, field.filter}:
            return _listed(field.filter or field.name, plan.lists[field.name])
    return None


def _listed(name: str, members: Members) -> Dimension:
    fields = tuple(
        # Tables for people show only the names, without codes or keys.
        Field(f"{name}{ending}", "", in_table=ending == members.read, label=name.replace("_", " "))
        for ending in members.endings
    )
    read = members.endings.index(members.read)
    return Dimension(name, fields, null(), members.pairs, members.shown, members.of_row, read)


def _cut(name: str, column: Expression, unit: str) -> Dimension:
    text = func.substr(type_coerce(column, Text), 1, _LETTERS[unit])
    return Dimension(name, (Field(name, "", Type.DATE, in_table=True),), text)


def _unfit(noun: Noun, plan: Plan, name: str) -> UsageError:
    known = [
        *plan.groups,
        *plan.related,
        *([_YEAR] if plan.dates else ()),
        *(
            field.filter or field.name
            for field in noun.fields
            if field.many or field.type not in {Type.DECIMAL, Type.FLOAT}
        ),
    ]
    near = nearest(name, {normalise(candidate): candidate for candidate in known})
    message = f"{as_subject(noun.name)} cannot be grouped by {name!r}."
    listed = ", ".join(dict.fromkeys(known))
    hint = f"Did you mean: {'; '.join(near)}?" if near else f"Possible: {listed}."
    return UsageError(message, f"{hint} Dates can also be grouped by FIELD:year and FIELD:month.")
