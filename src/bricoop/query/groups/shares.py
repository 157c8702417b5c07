"""Shares of groups in the total of all rows, separately by source and by unit of the figures."""

from collections.abc import Sequence
from decimal import Decimal

from bricoop.domain.cells import Row
from bricoop.errors import UsageError
from bricoop.query.groups.aggregate import ResultGroup, Tallier, Tally
from bricoop.query.groups.counting import Group
from bricoop.query.groups.labels import CUMULATIVE
from bricoop.query.groups.measures import COUNT, SUM
from bricoop.query.nouns.noun import Field, Type

SHARE = "share"
_PERCENT = Decimal("0.01")


class Shares:
    """Computes the shares of groups in the first measure."""

    def __init__(self, tallier: Tallier, tally: Tally) -> None:
        """Compute the totals.

        Raises:
            UsageError: the first measure is neither a count nor a sum, or its figures are of
                different units.
        """
        first = tally.measures[0]
        if first.kind not in {COUNT, SUM}:
            message = f"--share needs a count or a sum, not a {first.kind}."
            raise UsageError(message, "Make a count or a sum the first measure.")
        self._tally = tally
        self._column = [field.name for field in tally.fields].index(first.name)
        self._totals = {
            group: Decimal(value or 0)
            for group, value in tallier.totals(tally.non_additive).items()
        }
        self._sums = dict.fromkeys(self._totals, Decimal(0))
        for result in tally.groups:
            if len(result.grouping_set) == len(tally.dimensions):
                self._sums[self._total_key(result)] += self._value(result)

    def of(self, group: ResultGroup) -> Decimal | None:
        """Return the share of a group in percent; None if the total is zero."""
        return _percent(self._value(group), self._totals[self._total_key(group)])

    def rows(self, groups: Sequence[ResultGroup]) -> list[Row]:
        """Return the rows of groups with their share and cumulative share.

        The cumulative share is None if rows are in several groups, and for subtotals.
        """
        running, rows = dict.fromkeys(self._totals, Decimal(0)), []
        for result in groups:
            key, cumulative = self._total_key(result), None
            whole = self._totals[key]
            if len(result.grouping_set) == len(self._tally.dimensions) and self._sums[key] == whole:
                running[key] += self._value(result)
                cumulative = _percent(running[key], whole)
            rows.append((*result.row, self.of(result), cumulative))
        return rows

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of groups with the two columns of shares."""
        meaning = f"percent of the {self._tally.measures[0].kind}"
        more = "with the groups above"
        return (
            *self._tally.fields,
            Field(SHARE, meaning, Type.DECIMAL, in_table=True),
            Field(CUMULATIVE, more, Type.DECIMAL, in_table=True, label="so far"),
        )

    @property
    def notes(self) -> list[str]:
        """Notes for the reader on how shares were computed."""
        notes, apart = [], self._tally.non_additive
        if apart:
            names = " and ".join(self._tally.dimensions[index].name for index in apart)
            notes.append(f"Shares are within each {names}.")
        if self._sums != self._totals:
            notes.append(
                "Shares refer to the rows, each counted once, so they add up to more than 100."
            )
        return notes

    def _value(self, group: ResultGroup) -> Decimal:
        value = group.row[self._column]
        return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)

    def _total_key(self, group: ResultGroup) -> Group:
        """Return the values of a group's non-additive dimensions, by which totals are kept."""
        return tuple(
            group.group[group.grouping_set.index(index)] for index in self._tally.non_additive
        )


def _percent(amount: Decimal, whole: Decimal) -> Decimal | None:
    return (amount * 100 / whole).quantize(_PERCENT) if whole else None
