"""The columns of grouped answers: dimensions, level, measures, and units of sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.cells import Cell, Row
from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import Measure
from bricoop.query.nouns.noun import Field, Type

_LEVEL = Field("level", "number of fields that the group is made by", Type.INTEGER)


class Columns:
    """Builds the columns and rows of a grouped answer."""

    def __init__(
        self, connection: Connection, dimensions: Sequence[Dimension], measures: Sequence[Measure]
    ) -> None:
        """Keep the dimensions, the measures, and a connection for reading labels."""
        self._connection = connection
        self._dimensions = dimensions
        self._measures = measures
        self._levels = False
        self._names: list[Mapping[Any, Row] | None] = []

    def add_level_column(self) -> None:
        """Add the column `level`, for answers with subtotals."""
        self._levels = True

    def load_labels(self, groups: Mapping[tuple[int, ...], Iterable[Group]]) -> None:
        """Read the displayed labels of the values of some groups.

        Args:
            groups: groups by grouping set (indexes of dimensions).
        """
        values: list[set[Any]] = [set() for _ in self._dimensions]
        for grouping_set, set_groups in groups.items():
            for group in set_groups:
                for index, value in zip(grouping_set, group, strict=True):
                    values[index].add(value)
        self._names = [
            dimension.shown and dict(dimension.shown(self._connection, [*(own - {None})]))
            for dimension, own in zip(self._dimensions, values, strict=True)
        ]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the answer."""
        by = [field for dimension in self._dimensions for field in dimension.fields]
        measured = [
            Field(
                measure.name,
                "",
                measure.type,
                in_table=True,
                money=measure.is_money,
                identifies=measure.identifies,
            )
            for measure in self._measures
        ]
        figures = self._figures()
        extra: list[Field] = []
        for field in figures:
            if field.based:
                extra.append(_figure_column(f"{field.name}_base", "in", figures))
            extra += [
                _figure_column(f"{has}_{field.name}", has, figures, Type.INTEGER)
                for has in ("with", "without")
            ]
        return (*by, *((_LEVEL,) if self._levels else ()), *measured, *extra)

    def _figures(self) -> list[Field]:
        return [
            field
            for field in dict.fromkeys(measure.of_figures for measure in self._measures)
            if field
        ]

    def row(self, grouping_set: tuple[int, ...], group: Group, counted: Counted) -> Row:
        """Return the row of a group; dimensions outside its grouping set are None."""
        level = (len(grouping_set),) if self._levels else ()
        of_figures = self._of_figures(counted)
        return (
            *self._by(dict(zip(grouping_set, group, strict=True))),
            *level,
            *counted.values,
            *of_figures,
        )

    def _by(self, group: Mapping[int, Cell]) -> Iterator[Cell]:
        for index, dimension in enumerate(self._dimensions):
            names = self._names[index]
            if names is None:
                yield group.get(index)
            else:
                yield from names.get(group.get(index), (None,) * len(dimension.fields))

    def _of_figures(self, counted: Counted) -> Iterator[Cell]:
        for field in self._figures():
            figures = counted.figures[field.name]
            if field.based:
                yield figures.base
            yield from (figures.having, figures.lacking)


def _figure_column(
    name: str, label: str, figures: Sequence[Field], type_: Type = Type.TEXT
) -> Field:
    """Return a column about the figures of a field; its label is short if there is only one."""
    return Field(name, "", type_, in_table=True, label=label if len(figures) == 1 else "")
