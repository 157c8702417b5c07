"""Aggregate rows to groups and subtotals, separately by source and by unit of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection

from bricoop.domain.cells import Row
from bricoop.domain.nouns import FINANCE
from bricoop.query.grouping import Grouping
from bricoop.query.groups import sources, warnings
from bricoop.query.groups.columns import Columns
from bricoop.query.groups.counting import Counted, Counter, Group
from bricoop.query.groups.dimensions import Dimension, dimension
from bricoop.query.groups.levels import GroupingSet, non_additive, subtotal_sets
from bricoop.query.groups.measures import COUNT, Measure, measure
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.plan import Plan


@dataclass(frozen=True)
class ResultGroup:
    """One group or subtotal: its grouping set, the values of its dimensions, and its row."""

    grouping_set: GroupingSet
    group: Group
    row: Row


@dataclass(frozen=True)
class Tally:
    """The aggregated groups of a question.

    Attributes:
        dimensions: the dimensions by which rows are grouped.
        measures: the measures of each group.
        fields: the fields of rows: dimensions, level (with subtotals), measures, and for figures
            their unit and the numbers of rows with and without one.
        groups: the groups by all dimensions, then the subtotals.
        non_additive: indexes of the dimensions across which the first measure is not added up: the
            source, and the fields of its unit.
        notes: notes for the reader on how groups were counted.
    """

    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    fields: tuple[Field, ...]
    groups: list[ResultGroup]
    non_additive: GroupingSet
    notes: tuple[str, ...]


class Tallier:
    """Aggregates the groups of one question."""

    def __init__(
        self,
        connection: Connection,
        noun: Noun,
        plan: Plan,
        grouping: Grouping,
        conditions: Sequence[ColumnElement[bool]],
    ) -> None:
        """Resolve the dimensions and measures of a grouping.

        Raises:
            UsageError: rows cannot be grouped by a field, or there is no such measure.
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
        """Aggregate the rows, with subtotals if the grouping asks for them.

        Raises:
            UsageError: a sum would mix figures of different units.
        """
        sums = warnings.SumWarnings(
            self._noun, self._plan, self._grouping, self._dimensions, self._measures
        )
        counter = self._counter(self._measures)
        deepest = self._counter(self._measures, extras=sums.extras).groups(self._dimensions)
        by_set = {tuple(range(len(self._dimensions))): deepest}
        if self._grouping.subtotals:
            wide = non_additive(
                self._dimensions, deepest, self._measures, by_source=self._of_one_source
            )
            if wide:
                names = " and ".join(self._dimensions[index].name for index in wide)
                self._notes.append(f"Totals are within each {names}.")
            for grouping_set in subtotal_sets(len(self._dimensions), wide):
                by_set[grouping_set] = counter.groups(
                    [self._dimensions[index] for index in grouping_set]
                )
        first = non_additive(
            self._dimensions, deepest, self._measures[:1], by_source=self._of_one_source
        )
        self._add_warnings(deepest, sums, wide if self._grouping.subtotals else first)
        columns = Columns(self._connection, self._dimensions, self._measures)
        if self._grouping.subtotals:
            columns.add_level_column()
        columns.load_labels(
            {grouping_set: groups.keys() for grouping_set, groups in by_set.items()}
        )
        groups = [
            ResultGroup(grouping_set, group, columns.row(grouping_set, group, counted))
            for grouping_set, groups in by_set.items()
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

    def totals(self, grouping_set: GroupingSet) -> dict[Group, Any]:
        """Return the first measure of all rows, each counted once, by the given dimensions.

        Raises:
            UsageError: its figures are of different units.
        """
        counter = self._counter(self._measures[:1], label="all groups together")
        groups = counter.groups([self._dimensions[index] for index in grouping_set])
        return {group: counted.values[0] for group, counted in groups.items()}

    def _counter(self, measures: Sequence[Measure], **more: Any) -> Counter:
        return Counter(self._connection, self._plan, self._conditions, measures, **more)

    def _by_source(self, names: list[str]) -> list[str]:
        """Add `source` to the dimensions if several sources may describe the same things."""
        if sources.SOURCE in names:
            return names
        added = self._grouping.add_sources
        note = sources.several_sources_note(
            self._connection,
            self._noun,
            self._plan,
            self._conditions,
            summed=any(measure.adds_up for measure in self._measures),
            added=added,
        )
        if note is None:
            return names
        self._notes.append(note)
        return names if added else [sources.SOURCE, *names]

    def _add_warnings(
        self, groups: dict[Group, Counted], sums: warnings.SumWarnings, non_additive: GroupingSet
    ) -> None:
        def count(*more: ColumnElement[bool]) -> int:
            conditions = [*self._conditions, *more]
            rows = Counter(self._connection, self._plan, conditions, [Measure(COUNT)])
            return rows.groups(())[()].number

        counted = groups.values()
        self._notes += warnings.double_counting(count, self._dimensions, self._measures, groups)
        self._notes += sums.mixed(groups, non_additive)
        self._notes += sums.left_out(counted, lambda: count(sums.uncounted))
        if self._noun.name == FINANCE.name and any(x.adds_up for x in self._measures):
            by_source = any(x.name == sources.SOURCE for x in self._dimensions)
            self._notes += sources.repeated_deals(
                self._connection, self._plan, self._conditions, by_source=by_source
            )
