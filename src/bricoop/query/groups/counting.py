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
Extras = Mapping[str, Sequence[ColumnElement[Any]]]
#: What the rows of one group are called where they do not go together.
_ONE_GROUP = "one group"


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
        extras: what was selected beside.
    """

    number: int
    values: list[Any]
    figures: dict[str, Figures] = field(default_factory=dict)
    extras: dict[str, list[Any]] = field(default_factory=dict)


class Counter:
    """Counts the rows that some conditions leave, by any of the dimensions."""

    def __init__(
        self,
        connection: Connection,
        plan: Plan,
        conditions: Sequence[ColumnElement[bool]],
        measures: Sequence[Measure],
        extras: Extras = MappingProxyType({}),
        label: str = _ONE_GROUP,
    ) -> None:
        """Count nothing yet.

        Args:
            connection: an open connection.
            plan: how rows are read.
            conditions: which rows are counted.
            measures: what is measured of each group.
            extras: what is selected beside.
            label: how a message calls a group whose figures do not go together.
        """
        self._connection = connection
        self._plan = plan
        self._conditions = conditions
        self._measures = measures
        self._extras = extras
        self._label = label
        self._figures = [
            field for field in dict.fromkeys(measure.of_figures for measure in measures) if field
        ]

    def groups(self, dimensions: Sequence[Dimension]) -> dict[Group, Counted]:
        """Return the groups that some dimensions make; without any, one of all rows.

        Raises:
            UsageError: what is measured of a group would mix figures of different bases.
        """
        short = self._counted_in_an_index(dimensions)
        if short is not None:
            return short
        groups: dict[Group, Counted] = {}
        for each_pass in self._passes(dimensions):
            groups.update(self._measured(each_pass))
        for index, measure in enumerate(self._measures):
            values: Mapping[Group, Any]
            if measure.listed is not None:
                values = self._distinct(dimensions, measure.listed)
            elif measure.kind == "median" and measure.field is not None:
                values = self._medians(dimensions, measure.field)
            else:
                continue
            for group, counted in groups.items():
                counted.values[index] = values.get(group, 0 if measure.listed else None)
        return groups

    def _counted_in_an_index(self, dimensions: Sequence[Dimension]) -> dict[Group, Counted] | None:
        """Return the groups where that is the short way: all entities of a kind, and one list."""
        kind = self._plan.tables.kind
        only_counted = all(measure == Measure(COUNT) for measure in self._measures)
        if kind is None or self._conditions or not only_counted or len(dimensions) != 1:
            return None
        counts = numbers(self._connection, self._plan, dimensions[0], kind)
        if counts is None:
            return None
        return {
            group: Counted(number, [number] * len(self._measures))
            for group, number in counts.items()
        }

    def _passes(self, dimensions: Sequence[Dimension]) -> Iterator[Pass]:
        figures = [
            self._plan.scalars[name]
            for measure in self._measures
            if measure.field is not None and measure.listed is None
            for name in (measure.field.name, *measure.field.base)
        ]
        beside = [column for columns in self._extras.values() for column in columns]
        return passes(self._plan, dimensions, self._conditions, [*figures, *beside])

    def _measured(self, rows: Pass) -> Iterator[tuple[Group, Counted]]:
        selections = [measure.selected(self._connection, self._plan) for measure in self._measures]
        figure_columns = [
            (func.count(self._plan.scalars[figure.name]), *bases(self._plan, figure))
            for figure in self._figures
        ]
        values = rows.present
        beside = chain.from_iterable(
            (*(columns for columns, _ in selections), *figure_columns, *self._extras.values())
        )
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
            read = [reader([next(rest) for _ in columns]) for columns, reader in selections]
            figures = {}
            for figure, columns in zip(self._figures, figure_columns, strict=True):
                having, *base = [next(rest) for _ in columns]
                figures[figure.name] = Figures(
                    self._base(figure, having, base), having, number - having
                )
            extras = {name: [next(rest) for _ in columns] for name, columns in self._extras.items()}
            yield rows.group(row), Counted(number, read, figures, extras)

    def _distinct(self, dimensions: Sequence[Dimension], listed: Dimension) -> dict[Group, int]:
        """Return how many different values of a list the rows of each group have."""
        # The rows may be put into groups by the same list: its values are then joined twice.
        own = replace(listed, name=f"distinct_{listed.name}")
        counts: Counts[Group] = Counts()
        for rows in self._passes([*dimensions, own]):
            if rows.values[-1] is None:
                continue
            pairs = select(*rows.present).select_from(rows.rows).where(*rows.conditions).distinct()
            counts.update(rows.group(row)[:-1] for row in self._connection.execute(pairs))
        return dict(counts)

    def _medians(self, dimensions: Sequence[Dimension], field: Field) -> dict[Group, Any]:
        middles: dict[Group, list[Any]] = {}
        for rows in self._passes(dimensions):
            for row in self._connection.execute(self._middle(rows, field)):
                middles.setdefault(rows.group(row), []).append(row[-1])
        return {group: mean(sum(two), len(two)) for group, two in middles.items()}

    def _middle(self, rows: Pass, field: Field) -> Select[Any]:
        """Return the statement that finds the one or two figures in the middle of each group."""
        figure, apart = self._plan.scalars[field.name], rows.present
        by = apart or None
        ordered = (
            select(
                *(column.label(f"by_{index}") for index, column in enumerate(apart)),
                figure.label("figure"),
                func.row_number()
                .over(partition_by=by, order_by=self._plan.order.get(field.name, figure))
                .label("place"),
                func.count().over(partition_by=by).label("number"),
            )
            .select_from(rows.rows)
            .where(*rows.conditions, figure.is_not(None))
            .subquery()
        )
        twice = ordered.c.place * 2
        columns = [ordered.c[f"by_{index}"] for index in range(len(apart))]
        return select(*columns, ordered.c.figure).where(
            twice >= ordered.c.number, twice <= ordered.c.number + 2
        )

    def _base(self, figure: Field, number: int, ends: Sequence[Any]) -> str | None:
        """Return in what a group's figures are; None where that is not told.

        Raises:
            UsageError: they are not all in the same.
        """
        texts = {}
        for index, name in enumerate(figure.base):
            least, largest, there = ends[3 * index : 3 * index + 3]
            if least != largest or there not in {0, number}:
                known = [f"{least or 'none'}", f"{largest or 'none'}"]
                if least == largest:
                    known[1] = "none"
                mixed = f"The {figure.name.replace('_', ' ')} of {self._label} would mix {name}"
                advice = f"--group-by {name},… or keep one: --where '{name} = {least}'."
                raise UsageError(f"{mixed}: {' and '.join(known)}.", f"Group by it, {advice}")
            texts[name] = "" if least is None else f"{least}"
        return figure.based.format(**texts).strip() or None if number else None
