"""Groups are counted and measured: one statement for the rows of a pass, and medians apart."""

from collections import Counter as Counts
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bricoop.errors import UsageError
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import COUNT, Measure, bases, mean
from bricoop.query.groups.pairs import numbers
from bricoop.query.groups.passes import Pass, passes
from bricoop.query.nouns.noun import Field
from bricoop.query.plan import Plan

#: What tells a group apart: the value of each of its dimensions.
Group = tuple[Any, ...]
#: What is selected of each group beside its measures, by what it is for.
Asides = Mapping[str, Sequence[ColumnElement[Any]]]
#: What the rows of one group are called where they do not go together.
_ONE = "one group"


@dataclass(frozen=True)
class Figures:
    """Of one field of a group's rows: what its figures are in, and how many rows have one."""

    base: str | None
    having: int
    lacking: int


@dataclass(frozen=True)
class Counted:
    """A group's rows.

    Attributes:
        number: how many there are.
        values: what was measured of them.
        figures: of each field of figures, what they are in and how many have one.
        asides: what was selected beside.
    """

    number: int
    values: list[Any]
    figures: dict[str, Figures] = field(default_factory=dict)
    asides: dict[str, list[Any]] = field(default_factory=dict)


class Counter:
    """Counts the rows that some conditions leave, by any of the dimensions."""

    def __init__(
        self,
        connection: Connection,
        plan: Plan,
        conditions: Sequence[ColumnElement[bool]],
        measures: Sequence[Measure],
        asides: Asides = MappingProxyType({}),
        what: str = _ONE,
    ) -> None:
        """Count nothing yet.

        Args:
            connection: an open connection.
            plan: how rows are read.
            conditions: which rows are counted.
            measures: what is measured of each group.
            asides: what is selected beside.
            what: how a message calls a group whose figures do not go together.
        """
        self._connection = connection
        self._plan = plan
        self._conditions = conditions
        self._measures = measures
        self._asides = asides
        self._what = what
        self._figures = [one for one in dict.fromkeys(x.of_figures for x in measures) if one]

    def groups(self, dimensions: Sequence[Dimension]) -> dict[Group, Counted]:
        """Return the groups that some dimensions make; without any, one of all rows.

        Raises:
            UsageError: what is measured of a group would mix figures of different bases.
        """
        short = self._counted_in_an_index(dimensions)
        if short is not None:
            return short
        found: dict[Group, Counted] = {}
        for one in self._passes(dimensions):
            found.update(self._measured(one))
        for place, measured in enumerate(self._measures):
            values: Mapping[Group, Any]
            if measured.listed is not None:
                values = self._distinct(dimensions, measured.listed)
            elif measured.kind == "median" and measured.field is not None:
                values = self._medians(dimensions, measured.field)
            else:
                continue
            for group, counted in found.items():
                counted.values[place] = values.get(group, 0 if measured.listed else None)
        return found

    def _counted_in_an_index(self, dimensions: Sequence[Dimension]) -> dict[Group, Counted] | None:
        """Return the groups where that is the short way: all entities of a kind, and one list."""
        kind = self._plan.tables.kind
        only_counted = all(one == Measure(COUNT) for one in self._measures)
        if kind is None or self._conditions or not only_counted or len(dimensions) != 1:
            return None
        found = numbers(self._connection, self._plan, dimensions[0], kind)
        if found is None:
            return None
        return {
            group: Counted(number, [number] * len(self._measures))
            for group, number in found.items()
        }

    def _passes(self, dimensions: Sequence[Dimension]) -> Iterator[Pass]:
        figures = [
            self._plan.scalars[name]
            for one in self._measures
            if one.field is not None and one.listed is None
            for name in (one.field.name, *one.field.base)
        ]
        beside = [column for columns in self._asides.values() for column in columns]
        return passes(self._plan, dimensions, self._conditions, [*figures, *beside])

    def _measured(self, rows: Pass) -> Iterator[tuple[Group, Counted]]:
        parts = [one.selected(self._connection, self._plan) for one in self._measures]
        told = [
            (func.count(self._plan.scalars[one.name]), *bases(self._plan, one))
            for one in self._figures
        ]
        values = rows.present
        beside = chain.from_iterable((*(one for one, _ in parts), *told, *self._asides.values()))
        statement: Select[Any] = (
            select(*values, func.count(), *beside)
            .select_from(rows.rows)
            .where(*rows.conditions)
            .group_by(*values)
        )
        for row in self._connection.execute(statement):
            rest = iter(row[len(values) :])
            number = next(rest)
            if not number and rows.values:
                continue
            read = [one([next(rest) for _ in columns]) for columns, one in parts]
            figures = {}
            for one, columns in zip(self._figures, told, strict=True):
                having, *base = [next(rest) for _ in columns]
                figures[one.name] = Figures(self._base(one, having, base), having, number - having)
            asides = {name: [next(rest) for _ in columns] for name, columns in self._asides.items()}
            yield rows.group(row), Counted(number, read, figures, asides)

    def _distinct(self, dimensions: Sequence[Dimension], listed: Dimension) -> dict[Group, int]:
        """Return how many different values of a list the rows of each group have."""
        # The rows may be put into groups by the same list: its values are then joined twice.
        own = replace(listed, name=f"distinct_{listed.name}")
        found: Counts[Group] = Counts()
        for rows in self._passes([*dimensions, own]):
            if rows.values[-1] is None:
                continue
            pairs = select(*rows.present).select_from(rows.rows).where(*rows.conditions).distinct()
            found.update(rows.group(row)[:-1] for row in self._connection.execute(pairs))
        return dict(found)

    def _medians(self, dimensions: Sequence[Dimension], asked: Field) -> dict[Group, Any]:
        found: dict[Group, list[Any]] = {}
        for rows in self._passes(dimensions):
            for row in self._connection.execute(self._middle(rows, asked)):
                found.setdefault(rows.group(row), []).append(row[-1])
        return {group: mean(sum(two), len(two)) for group, two in found.items()}

    def _middle(self, rows: Pass, asked: Field) -> Select[Any]:
        """Return the statement that finds the one or two figures in the middle of each group."""
        figure, apart = self._plan.scalars[asked.name], rows.present
        by = apart or None
        ordered = (
            select(
                *(one.label(f"by_{at}") for at, one in enumerate(apart)),
                figure.label("figure"),
                func.row_number()
                .over(partition_by=by, order_by=self._plan.order.get(asked.name, figure))
                .label("place"),
                func.count().over(partition_by=by).label("number"),
            )
            .select_from(rows.rows)
            .where(*rows.conditions, figure.is_not(None))
            .subquery()
        )
        twice = ordered.c.place * 2
        columns = [ordered.c[f"by_{at}"] for at in range(len(apart))]
        return select(*columns, ordered.c.figure).where(
            twice >= ordered.c.number, twice <= ordered.c.number + 2
        )

    def _base(self, figure: Field, number: int, found: Sequence[Any]) -> str | None:
        """Return in what a group's figures are; None where that is not told.

        Raises:
            UsageError: they are not all in the same.
        """
        said = {}
        for at, name in enumerate(figure.base):
            least, largest, there = found[3 * at : 3 * at + 3]
            if least != largest or there not in {0, number}:
                known = [f"{least or 'none'}", f"{largest or 'none'}"]
                if least == largest:
                    known[1] = "none"
                mixed = f"The {figure.name.replace('_', ' ')} of {self._what} would mix {name}"
                wanted = f"--group-by {name},… or keep one: --where '{name} = {least}'."
                raise UsageError(f"{mixed}: {' and '.join(known)}.", f"Group by it, {wanted}")
            said[name] = "" if least is None else f"{least}"
        return figure.based.format(**said).strip() or None if number else None
