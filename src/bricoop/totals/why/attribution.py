"""Gives each counted row of two sources its place among the steps between their totals."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bricoop.ingest.clusters.judgements import DecisionRow
from bricoop.totals.why.causes import Cause, Entry, entries_of
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.paired_rows import Family, PairedRows, paired_rows
from bricoop.totals.why.single_rows import SingleRow, single_rows
from bricoop.totals.why.standing import Standing, standings

#: The steps of rows that one source alone has.
ONLY = frozenset({Cause.ONLY_LEFT, Cause.ONLY_RIGHT})


class Attribution:
    """The step of each counted row of two sources.

    Attributes:
        paired: what decisions relate.
        standings: how rows that decisions relate stand to the question, by the ids of records.
        entries: the entries of rows of steps other than `only-left` and `only-right`, with the
            family of each.
    """

    def __init__(self, connection: Connection, comparison: Comparison) -> None:
        """Read what decisions relate."""
        self._connection = connection
        self._comparison = comparison
        self.paired: PairedRows = paired_rows(connection, comparison.sides)
        ids = {row.record_id for family in self.paired.families for row in family}
        self.standings: dict[int, Standing] = standings(connection, comparison.counting, ids)
        self.entries: list[tuple[Family, Entry]] = [
            (family, entry)
            for family in self.paired.families
            for entry in entries_of(family, self.standings)
            if entry.cause not in ONLY
        ]

    def single_rows(self, *, in_order: bool = False) -> Iterator[SingleRow]:
        """Yield the rows of the steps `only-left` and `only-right`.

        Args:
            in_order: whether they are sorted, the largest amounts first.
        """
        elsewhere = {entry.row.record_id for _, entry in self.entries}
        rows = single_rows(self._connection, self._comparison, in_order=in_order)
        yield from (row for row in rows if row.record_id not in elsewhere)

    @property
    def decisions(self) -> tuple[DecisionRow, ...]:
        """The decisions that the entries rest on, each once."""
        families = dict.fromkeys(family for family, _ in self.entries)
        return tuple(decision for family in families for decision in self.paired.families[family])
