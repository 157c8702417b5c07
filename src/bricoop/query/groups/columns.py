"""The columns of groups: what each is of, its level, what was measured, and what sums are in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from bricoop.query.groups.counting import Counted, Group
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.groups.measures import Measure
from bricoop.query.nouns.noun import Field, Type

Row = tuple[Any, ...]
_LEVEL = Field("level", "number of fields that the group is made by", Type.INTEGER)


class Columns:
    """Makes the columns of the groups of one question."""

    def __init__(
        self, connection: Connection, dimensions: Sequence[Dimension], measures: Sequence[Measure]
    ) -> None:
        """Know what groups are made by, and what is measured of them."""
        self._connection = connection
        self._dimensions = dimensions
        self._measures = measures
        self._levels = False
        self._names: list[Mapping[Any, Row] | None] = []

    def add_level_column(self) -> None:
        """Tell of each group its level, because there are several."""
        self._levels = True

    def load_labels(self, groups: Mapping[tuple[int, ...], Iterable[Group]]) -> None:
        """Read what is shown of the values that some groups have.

        Args:
            groups: those that are made by each choice of the dimensions, by their places.
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
        """The columns."""
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
        """Return the values of a group's columns; of what is taken together there are none."""
        level = (len(grouping_set),) if self._levels else ()
        of_figures = self._of_figures(counted)
        return (
            *self._by(dict(zip(grouping_set, group, strict=True))),
            *level,
            *counted.values,
            *of_figures,
        )

    def _by(self, group: Mapping[int, Any]) -> Iterator[Any]:
        for index, dimension in enumerate(self._dimensions):
            names = self._names[index]
            if names is None:
                yield group.get(index)
            else:
                yield from names.get(group.get(index), (None,) * len(dimension.fields))

    def _of_figures(self, counted: Counted) -> Iterator[Any]:
        for field in self._figures():
            figures = counted.figures[field.name]
            if field.based:
                yield figures.base
            yield from (figures.having, figures.lacking)


def _figure_column(
    name: str, label: str, figures: Sequence[Field], type_: Type = Type.TEXT
) -> Field:
    """Return a column about figures; where all are of one field, people need not read of which."""
    return Field(name, "", type_, in_table=True, label=label if len(figures) == 1 else "")
