"""Shares: of all rows, each counted once, within each source and within what sums are in."""

from collections.abc import Sequence
from decimal import Decimal

from bricoop.errors import UsageError
from bricoop.query.groups.aggregate import Tallier, Tally, Told
from bricoop.query.groups.columns import Row
from bricoop.query.groups.counting import Group
from bricoop.query.groups.labels import CUMULATIVE
from bricoop.query.groups.measures import COUNT, SUM
from bricoop.query.nouns.noun import Field, Type

SHARE = "share"
_PERCENT = Decimal("0.01")


class Shares:
    """The shares of the first measure that the groups of one question have."""

    def __init__(self, tallier: Tallier, tally: Tally) -> None:
        """Measure what there is.

        Raises:
            UsageError: there are no shares of the measure, or its figures do not go together.
        """
        first = tally.measures[0]
        if first.kind not in {COUNT, SUM}:
            message = f"--share needs a count or a sum, not a {first.kind}."
            raise UsageError(message, "Make a count or a sum the first measure.")
        self._tally = tally
        self._at = [field.name for field in tally.fields].index(first.name)
        self._wholes = {
            group: Decimal(value or 0) for group, value in tallier.wholes(tally.apart).items()
        }
        self._together = dict.fromkeys(self._wholes, Decimal(0))
        for one in tally.groups:
            if len(one.kept) == len(tally.dimensions):
                self._together[self._part(one)] += self._value(one)

    def of(self, group: Told) -> Decimal | None:
        """Return how many percent a group has; None of nothing."""
        return _percent(self._value(group), self._wholes[self._part(group)])

    def rows(self, groups: Sequence[Told]) -> list[Row]:
        """Return the rows of groups with their shares, and what the groups so far have.

        That is told only where no row comes in several groups.
        """
        running, rows = dict.fromkeys(self._wholes, Decimal(0)), []
        for one in groups:
            part, cumulative = self._part(one), None
            whole = self._wholes[part]
            if len(one.kept) == len(self._tally.dimensions) and self._together[part] == whole:
                running[part] += self._value(one)
                cumulative = _percent(running[part], whole)
            rows.append((*one.row, self.of(one), cumulative))
        return rows

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of groups with their shares."""
        what = f"percent of the {self._tally.measures[0].kind}"
        more = "with the groups above"
        return (
            *self._tally.fields,
            Field(SHARE, what, Type.DECIMAL, in_table=True),
            Field(CUMULATIVE, more, Type.DECIMAL, in_table=True, label="so far"),
        )

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the shares."""
        notes, apart = [], self._tally.apart
        if apart:
            names = " and ".join(self._tally.dimensions[place].name for place in apart)
            notes.append(f"Shares are within each {names}.")
        if self._together != self._wholes:
            notes.append(
                "Shares refer to the rows, each counted once, so they add up to more than 100."
            )
        return notes

    def _value(self, group: Told) -> Decimal:
        return Decimal(group.row[self._at] or 0)

    def _part(self, group: Told) -> Group:
        """Return of what is kept apart the part in which a group is."""
        return tuple(group.group[group.kept.index(place)] for place in self._tally.apart)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(_PERCENT) if whole else None
