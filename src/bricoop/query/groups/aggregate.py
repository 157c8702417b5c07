"""Groups of every level are counted, within each source and within what sums are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection

from bricoop.query.groups import sources, warnings
from bricoop.query.groups.columns import Columns, Row
from bricoop.query.groups.counting import Counted, Counter, Group
from bricoop.query.groups.dimensions import Dimension, dimension
from bricoop.query.groups.grouping import Grouping
from bricoop.query.groups.levels import Kept, apart, wider
from bricoop.query.groups.measures import COUNT, Measure, measure
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.plan import Plan


@dataclass(frozen=True)
class Told:
    """One group: by which dimensions it is made, what it is of, and its columns."""

    kept: Kept
    group: Group
    row: Row


@dataclass(frozen=True)
class Tally:
    """Groups, and what was measured of them.

    Attributes:
        dimensions: by what they are made.
        measures: what was measured.
        fields: the columns: those of the dimensions, the level where subtotals are told, those of
            the measures, and what sums are in and of how many rows.
        groups: the groups, those of all dimensions first.
        apart: the places of the dimensions that no total goes across: sources, and what the
            first measure is in.
        notes: what a reader must know of how they were counted.
    """

    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    fields: tuple[Field, ...]
    groups: list[Told]
    apart: Kept
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
        self._of_one_source = sources.is_of_one_source(noun) and not grouping.add_sources
        self._measures = [measure(noun, plan, text) for text in grouping.measures or (COUNT,)]
        names = [name.strip().replace("-", "_") for name in grouping.by]
        names = self._by_source(list(dict.fromkeys(names)))
        self._dimensions = [dimension(noun, plan, name) for name in names]

    def tally(self) -> Tally:
        """Return the groups.

        Raises:
            UsageError: a sum would mix figures of different bases.
        """
        every = tuple(range(len(self._dimensions)))
        sums = warnings.OfSums(
            self._noun, self._plan, self._grouping, self._dimensions, self._measures
        )
        counter = self._counter(self._measures)
        deepest = self._counter(self._measures, asides=sums.asides).groups(self._dimensions)
        found = {every: deepest}
        if self._grouping.subtotals:
            wide = apart(self._dimensions, deepest, self._measures, by_source=self._of_one_source)
            if wide:
                names = " and ".join(self._dimensions[place].name for place in wide)
                self._notes.append(f"Totals are within each {names}.")
            for kept in wider(len(self._dimensions), wide):
                found[kept] = counter.groups([self._dimensions[place] for place in kept])
        first = apart(self._dimensions, deepest, self._measures[:1], by_source=self._of_one_source)
        self._caution(deepest, sums, wide if self._grouping.subtotals else first)
        columns = Columns(self._connection, self._dimensions, self._measures)
        if self._grouping.subtotals:
            columns.tell_levels()
        columns.learn({kept: groups.keys() for kept, groups in found.items()})
        groups = [
            Told(kept, group, columns.row(kept, group, counted))
            for kept, groups in found.items()
            for group, counted in groups.items()
        ]
        return Tally(
            tuple(self._dimensions),
            tuple(self._measures),
            columns.fields,
            groups,
            first,
            tuple(self._notes),
        )

    def wholes(self, places: Kept) -> dict[Group, Any]:
        """Return the first measure of all rows, each once, for each of what is kept apart.

        Raises:
            UsageError: its figures do not go together.
        """
        counter = self._counter(self._measures[:1], what="all groups together")
        groups = counter.groups([self._dimensions[place] for place in places])
        return {group: counted.values[0] for group, counted in groups.items()}

    def _counter(self, measures: Sequence[Measure], **more: Any) -> Counter:
        return Counter(self._connection, self._plan, self._conditions, measures, **more)

    def _by_source(self, names: list[str]) -> list[str]:
        """Return what groups are made by: by source too, where several may tell of one thing."""
        if sources.SOURCE in names:
            return names
        added = self._grouping.add_sources
        said = sources.said_of_several(
            self._connection,
            self._noun,
            self._plan,
            self._conditions,
            summed=any(one.adds_up for one in self._measures),
            added=added,
        )
        if said is None:
            return names
        self._notes.append(said)
        return names if added else [sources.SOURCE, *names]

    def _caution(
        self, groups: dict[Group, Counted], sums: warnings.OfSums, kept_apart: Kept
    ) -> None:
        def count(*more: ColumnElement[bool]) -> int:
            conditions = [*self._conditions, *more]
            rows = Counter(self._connection, self._plan, conditions, [Measure(COUNT)])
            return rows.groups(())[()].number

        counted = groups.values()
        self._notes += warnings.come_again(count, self._dimensions, self._measures, groups)
        self._notes += sums.mixed(groups, kept_apart)
        self._notes += sums.left_out(counted, lambda: count(sums.uncounted))
