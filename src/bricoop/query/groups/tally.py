"""Groups are counted: one statement a level, medians apart, shares and the order in Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from bricoop.db.schema import record, source
from bricoop.errors import UsageError
from bricoop.query.groups.dimensions import Dimension, dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.measures import COUNT, Measure, bases, mean, measure
from bricoop.query.groups.passes import Pass, passes
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.plan import Plan

_SOURCE = "source"
_LEVEL = "level"
Row = tuple[Any, ...]
Group = tuple[Any, ...]


@dataclass(frozen=True)
class Tally:
    """Groups, and what was measured of them.

    Attributes:
        dimensions: by what they are made.
        measures: what was measured.
        fields: the columns: those of the dimensions, the level where subtotals are told, those of
            the measures, and what sums are in and of how many rows.
        groups: for each group by how many of the dimensions it is made, and its columns.
        notes: what a reader must know of how they were counted.
    """

    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    fields: tuple[Field, ...]
    groups: list[tuple[int, Row]]
    notes: tuple[str, ...]


class Tallier:
    """Counts the groups of one question."""

    def __init__(
        self,
        connection: Connection,
        noun: Noun,
        plan: Plan,
        grouping: Grouping,
        conditions: Sequence[ColumnElement[bool]],
    ) -> None:
        """Understand what is asked.

        Raises:
            UsageError: rows cannot be put into groups so, or there is no such measure.
        """
        self._connection = connection
        self._noun = noun
        self._plan = plan
        self._grouping = grouping
        self._conditions = conditions
        self._notes: list[str] = []
        names = self._by_source(list(dict.fromkeys(grouping.by)))
        self._dimensions = [dimension(noun, plan, name) for name in names]
        self._measures = [measure(noun, text) for text in grouping.measures or (COUNT,)]

    def tally(self) -> Tally:
        """Return the groups.

        Raises:
            UsageError: a sum would mix figures of different bases.
        """
        depth = len(self._dimensions)
        levels = range(depth + 1) if self._grouping.subtotals else (depth,)
        found = {level: self._level(self._dimensions[:level]) for level in levels}
        shown = [self._shown(place, found.values()) for place in range(depth)]
        groups = [
            (
                level,
                (
                    *self._columns(group, shown),
                    *((level,) if self._grouping.subtotals else ()),
                    *values,
                ),
            )
            for level in levels
            for group, values in found[level].items()
        ]
        self._count_again(found[depth])
        dimensions, measures = tuple(self._dimensions), tuple(self._measures)
        return Tally(dimensions, measures, self._fields(), groups, tuple(self._notes))

    def _by_source(self, names: list[str]) -> list[str]:
        """Return what groups are made by: by source too, where several speak about one thing."""
        own = self._noun.field(_SOURCE)
        plan = self._plan
        if own is None or own.many or _SOURCE in names or plan.about is None:
            return names
        if len(self._sources()) < 2:  # noqa: PLR2004 (one alone cannot count anything twice)
            return names
        several = (
            select(plan.about)
            .select_from(plan.tables.needed(*self._conditions, plan.scalars[_SOURCE]))
            .where(*self._conditions)
            .group_by(plan.about)
            .having(func.count(plan.scalars[_SOURCE].distinct()) > 1)
            .limit(1)
        )
        if self._connection.execute(several).first() is None:
            return names
        if self._grouping.add_sources:
            self._notes.append(
                "Several sources speak about the same things, and were added together."
            )
            return names
        self._notes.append(
            "Several sources speak about the same things: counted by source. "
            "--add-sources adds them together."
        )
        return [_SOURCE, *names]

    def _sources(self) -> Sequence[int]:
        """Return the sources that any rows of the noun are from."""
        noun = self._noun.name
        theirs = exists().where(record.c.source_id == source.c.id, record.c.noun == noun)
        return self._connection.scalars(select(source.c.id).where(theirs)).all()

    def _passes(self, dimensions: Sequence[Dimension]) -> Iterator[Pass]:
        figures = [
            self._plan.scalars[name]
            for one in self._measures
            if one.field is not None
            for name in (one.field.name, *one.field.base)
        ]
        return passes(self._plan, dimensions, self._conditions, figures)

    def _level(self, dimensions: Sequence[Dimension]) -> dict[Group, list[Any]]:
        """Return the values of each group that some dimensions make."""
        found: dict[Group, list[Any]] = {}
        medians = [self._medians(dimensions, one) for one in self._measures if one.kind == "median"]
        for one in self._passes(dimensions):
            found.update(self._measured(one))
        if medians:
            for group, values in found.items():
                known = iter([one.get(group) for one in medians])
                for at, measured in enumerate(self._measures):
                    if measured.kind == "median":
                        values[at] = next(known)
        return found

    def _measured(self, rows: Pass) -> Iterator[tuple[Group, list[Any]]]:
        parts = [one.selected(self._connection, self._plan) for one in self._measures]
        figures = [one for one in dict.fromkeys(x.of_figures for x in self._measures) if one]
        told = [
            (func.count(self._plan.scalars[one.name]), *bases(self._plan, one)) for one in figures
        ]
        values = rows.present
        statement: Select[Any] = (
            select(*values, func.count(), *(x for one, _ in parts for x in one),
                   *(x for one in told for x in one))
            .select_from(rows.rows)
            .where(*rows.conditions)
            .group_by(*values)
        )  # fmt: skip
        for row in self._connection.execute(statement):
            rest = iter(row[len(values) :])
            number = next(rest)
            if not number and rows.values:
                continue
            read = [one([next(rest) for _ in columns]) for columns, one in parts]
            extra: list[Any] = []
            for field, one in zip(figures, told, strict=True):
                with_, *base = [next(rest) for _ in one]
                extra += [*self._base(field, with_, base), with_, number - with_]
            yield rows.group(row), [*read, *extra]

    def _medians(self, dimensions: Sequence[Dimension], asked: Measure) -> dict[Group, Any]:
        found: dict[Group, list[Any]] = {}
        if asked.field is not None:
            for rows in self._passes(dimensions):
                for row in self._connection.execute(self._middle(rows, asked.field)):
                    found.setdefault(rows.group(row), []).append(row[-1])
        return {group: mean(sum(two), len(two)) for group, two in found.items()}

    def _middle(self, rows: Pass, field: Field) -> Select[Any]:
        """Return the statement that finds the one or two figures in the middle of each group."""
        figure, apart = self._plan.scalars[field.name], rows.present
        by = apart or None
        ordered = (
            select(
                *(one.label(f"by_{at}") for at, one in enumerate(apart)),
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
        columns = [ordered.c[f"by_{at}"] for at in range(len(apart))]
        return select(*columns, ordered.c.figure).where(
            twice >= ordered.c.number, twice <= ordered.c.number + 2
        )

    def _base(self, field: Field, number: int, found: Sequence[Any]) -> Iterator[str | None]:
        """Yield in what a group's figures are, where that is told.

        Raises:
            UsageError: they are not all in the same.
        """
        if not field.based:
            return
        said = {}
        for at, name in enumerate(field.base):
            least, largest, there = found[3 * at : 3 * at + 3]
            if least != largest or there not in {0, number}:
                known = [f"{least or 'none'}", f"{largest or 'none'}"]
                if least == largest:
                    known[1] = "none"
                mixed = f"The {field.name.replace('_', ' ')} of one group would mix {name}"
                wanted = f"--group-by {name},… or keep one: --where '{name} = {least}'."
                raise UsageError(f"{mixed}: {' and '.join(known)}.", f"Group by it, {wanted}")
            said[name] = least or ""
        yield field.based.format(**said).strip() or None if number else None

    def _fields(self) -> tuple[Field, ...]:
        by = [field for one in self._dimensions for field in one.fields]
        level = [Field(_LEVEL, "by how many of the fields the group is made", Type.INTEGER)]
        made = [Field(one.name, "", one.type, in_table=True) for one in self._measures]
        extra = []
        for field in dict.fromkeys(one.of_figures for one in self._measures):
            if field is None:
                continue
            if field.based:
                extra.append(Field(f"{field.name}_base", "", in_table=True))
            extra += [
                Field(f"{has}_{field.name}", "", Type.INTEGER, in_table=True)
                for has in ("with", "without")
            ]
        return (*by, *(level if self._grouping.subtotals else ()), *made, *extra)

    def _shown(self, place: int, levels: Any) -> dict[Any, Row] | None:
        one = self._dimensions[place]
        if one.shown is None:
            return None
        values = {group[place] for found in levels for group in found if len(group) > place}
        return dict(one.shown(self._connection, [value for value in values if value is not None]))

    def _columns(self, group: Group, shown: Sequence[dict[Any, Row] | None]) -> Iterator[Any]:
        for place, one in enumerate(self._dimensions):
            nothing = (None,) * len(one.fields)
            names = shown[place]
            if place >= len(group):
                yield from nothing
            elif names is None:
                yield group[place]
            else:
                yield from names.get(group[place], nothing)

    def _count_again(self, groups: dict[Group, list[Any]]) -> None:
        """Note where rows come in several groups, so that groups add up to more than there are."""
        exploding = [one.name for one in self._dimensions if one.pairs is not None]
        if not exploding or Measure(COUNT) not in self._measures:
            return
        every = self._connection.execute(
            select(func.count())
            .select_from(self._plan.tables.needed(*self._conditions))
            .where(*self._conditions)
        ).scalar_one()
        at = self._measures.index(Measure(COUNT))
        several = sum(values[at] for values in groups.values()) - every
        if several:
            what = " or ".join(exploding)
            self._notes.append(
                f"Rows of more than one {what} count in each of them: the groups add up to "
                f"{several} more than the {every} rows that there are."
            )
