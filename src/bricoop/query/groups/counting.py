"""Compute the measures of groups: one statement for each pass, and one for each median."""

from collections import Counter as Counts
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from bricoop.domain.cells import Cell
from bricoop.errors import UsageError
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import COUNT, Measure, bases, mean
from bricoop.query.groups.pairs import numbers
from bricoop.query.groups.passes import Pass, passes
from bricoop.query.nouns.noun import Field
from bricoop.query.plan import Plan
from bricoop.query.tables import Expression

#: Lists of fewer entities than this are read by entity, those of more as a whole.
_MAX_SMALL = 1000
#: Identifies a group: the value of each of its dimensions.
Group = tuple[Cell, ...]
#: Further aggregates that are selected for each group, by purpose.
Extras = Mapping[str, Sequence[Expression]]
#: Used in the message on figures of different units.
_ONE_GROUP = "one group"


@dataclass(frozen=True)
class Figures:
    """Unit of one field's figures in a group, and the numbers of rows with and without a figure."""

    base: str | None
    having: int
    lacking: int


@dataclass(frozen=True)
class Counted:
    """The aggregates of one group.

    Attributes:
        number: number of rows.
        values: values of the measures, in order.
        figures: unit and completeness of each aggregated field, by name.
        extras: values of the further aggregates, by purpose.
    """

    number: int
    values: list[Cell]
    figures: dict[str, Figures] = field(default_factory=dict)
    extras: dict[str, list[Any]] = field(default_factory=dict)


class Counter:
    """Computes the measures of the rows that meet some conditions, by any dimensions."""

    def __init__(
        self,
        connection: Connection,
        plan: Plan,
        conditions: Sequence[ColumnElement[bool]],
        measures: Sequence[Measure],
        extras: Extras = MappingProxyType({}),
        label: str = _ONE_GROUP,
    ) -> None:
        """Keep the parameters; statements run in `groups`.

        Args:
            connection: an open connection.
            plan: the plan of the noun.
            conditions: SQL conditions on the rows.
            measures: the measures of each group.
            extras: further aggregates of each group.
            label: name of a group in the message on figures of different units.
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
        """Return the groups by some dimensions; without dimensions, one group of all rows.

        Raises:
            UsageError: a measure would mix figures of different units.
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
        """Return counts of all entities of a kind by one list, from the index; else None."""
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
        return passes(
            self._plan,
            dimensions,
            self._conditions,
            [*figures, *beside],
            is_small=not self._conditions and self._is_small(),
        )

    def _is_small(self) -> bool:
        """Return whether there are few entities of the kind that is counted."""
        if self._plan.tables.kind is None:
            return False
        some = select(literal(1)).select_from(self._plan.tables.base).limit(_MAX_SMALL)
        number = self._connection.scalar(select(func.count()).select_from(some.subquery()))
        return number is not None and number < _MAX_SMALL

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
        """Return the number of distinct values of a list in the rows of each group."""
        # If rows are grouped by the same list, its pairs are joined twice, under two names.
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
        """Select the middle figure of each group, or the middle two of an even number."""
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
        """Return the unit of a group's figures; None if it has no figures or the field no unit.

        Args:
            figure: the field.
            number: number of rows with a figure.
            ends: least value, greatest value and count of each field of the unit.

        Raises:
            UsageError: the figures are of different units.
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
