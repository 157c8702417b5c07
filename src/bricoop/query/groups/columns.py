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

    def tell_levels(self) -> None:
        """Tell of each group its level, because there are several."""
        self._levels = True

    def learn(self, groups: Mapping[tuple[int, ...], Iterable[Group]]) -> None:
        """Read what is shown of the values that some groups have.

        Args:
            groups: those that are made by each choice of the dimensions, by their places.
        """
        values: list[set[Any]] = [set() for _ in self._dimensions]
        for kept, found in groups.items():
            for group in found:
                for place, value in zip(kept, group, strict=True):
                    values[place].add(value)
        self._names = [
            one.shown and dict(one.shown(self._connection, [*(own - {None})]))
            for one, own in zip(self._dimensions, values, strict=True)
        ]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns."""
        by = [field for one in self._dimensions for field in one.fields]
        made = [
            Field(
                one.name,
                "",
                one.type,
                in_table=True,
                money=one.is_money,
                identifies=one.identifies,
            )
            for one in self._measures
        ]
        figures = self._figures()
        extra: list[Field] = []
        for field in figures:
            if field.based:
                extra.append(_told(f"{field.name}_base", "in", figures))
            extra += [
                _told(f"{has}_{field.name}", has, figures, Type.INTEGER)
                for has in ("with", "without")
            ]
        return (*by, *((_LEVEL,) if self._levels else ()), *made, *extra)

    def _figures(self) -> list[Field]:
        return [one for one in dict.fromkeys(x.of_figures for x in self._measures) if one]

    def row(self, kept: tuple[int, ...], group: Group, counted: Counted) -> Row:
        """Return the values of a group's columns; of what is taken together there are none."""
        level = (len(kept),) if self._levels else ()
        of_figures = self._of_figures(counted)
        return (
            *self._by(dict(zip(kept, group, strict=True))),
            *level,
            *counted.values,
            *of_figures,
        )

    def _by(self, group: Mapping[int, Any]) -> Iterator[Any]:
        for place, one in enumerate(self._dimensions):
            names = self._names[place]
            if names is None:
                yield group.get(place)
            else:
                yield from names.get(group.get(place), (None,) * len(one.fields))

    def _of_figures(self, counted: Counted) -> Iterator[Any]:
        for field in self._figures():
            figures = counted.figures[field.name]
            if field.based:
                yield figures.base
            yield from (figures.having, figures.lacking)


def _told(name: str, label: str, figures: Sequence[Field], type_: Type = Type.TEXT) -> Field:
    """Return a column about figures; where all are of one field, people need not read of which."""
    return Field(name, "", type_, in_table=True, label=label if len(figures) == 1 else "")
