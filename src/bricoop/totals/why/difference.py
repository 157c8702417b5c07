"""Explains the difference of the totals of two sources, in steps that add up exactly."""

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select

from bricoop.db.schema import source
from bricoop.domain.amounts import WIDE, exact_sum, to_the_cent
from bricoop.domain.english import agree, counted
from bricoop.errors import UsageError
from bricoop.ingest.clusters.judgements import DecisionRow
from bricoop.totals.classify import ROLLED_OVER
from bricoop.totals.rule import Base
from bricoop.totals.total import APART, Figure, total
from bricoop.totals.why.attribution import Attribution
from bricoop.totals.why.candidates import Candidates, open_candidates
from bricoop.totals.why.causes import Cause
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.details import Detail, SingleRowDetails, Tallies
from bricoop.totals.why.paired_rows import Side


@dataclass(frozen=True)
class DifferenceStep:
    """A step from the total of one source to that of another.

    Attributes:
        cause: why its rows make the totals differ.
        title: a description of the rows.
        left_rows: the number of counted rows of the left source in it; each is in one step.
        right_rows: the number of counted rows of the right source in it.
        amount: what it adds to the total of the left source.
        details: what some of its rows have in common; details overlap.
    """

    cause: Cause
    title: str
    left_rows: int
    right_rows: int
    amount: Decimal
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Difference:
    """Why the totals of two sources differ.

    Attributes:
        comparison: the sources, the question and the rule.
        left_figure: the total of the left source.
        right_figure: the total of the right source.
        unit: the unit of both; None if no row has an amount.
        steps: the steps from one to the other, in the order of `Cause`.
        decisions: the decisions that the steps rest on.
        notes: remarks for readers.
        knowledge_base: version of the knowledge base.
    """

    comparison: Comparison
    left_figure: Figure
    right_figure: Figure
    unit: str | None
    steps: tuple[DifferenceStep, ...]
    decisions: tuple[DecisionRow, ...]
    notes: tuple[str, ...]
    knowledge_base: int

    @property
    def amount(self) -> Decimal:
        """The total of the right source less that of the left one."""
        return WIDE.subtract(self.right_figure.amount, self.left_figure.amount)

    @property
    def remainder(self) -> Decimal:
        """The part of the difference that no step explains, which is 0."""
        return WIDE.subtract(self.amount, exact_sum(step.amount for step in self.steps))


def difference(
    connection: Connection, comparison: Comparison, *, with_candidates: bool = True
) -> Difference:
    """Explain why the totals of two sources for one question differ.

    Args:
        connection: an open connection.
        comparison: the sources, the question and the rule.
        with_candidates: whether to look for what may be one among rows that only one source has.
            It takes seconds where sources are large.

    Raises:
        UsageError: the totals cannot be compared, as they are in different units.
        NotFoundError: a filter has an unknown name.
    """
    counted_total = total(connection, comparison.counting)
    figures = {figure.source: figure for figure in counted_total.figures}
    left_figure, right_figure = (
        figures.get(key) or _without_rows(connection, key)
        for key in (comparison.left_source, comparison.right_source)
    )
    unit = _common_unit(comparison, left_figure, right_figure)
    attribution = Attribution(connection, comparison)
    candidates = None
    if with_candidates:
        question = comparison.counting.question
        candidates = open_candidates(connection, question, comparison.sides, attribution.paired)
    steps = {step.name: step.title for step in (*comparison.counting.steps, ROLLED_OVER)}
    tallies = _tallies(attribution, SingleRowDetails(connection, candidates), steps)
    notes = [note for note in counted_total.notes if note != APART]
    return Difference(
        comparison,
        left_figure,
        right_figure,
        unit,
        tuple(_steps(comparison, tallies)),
        attribution.decisions,
        (*notes, *_open_rows(comparison, tallies, candidates)),
        counted_total.knowledge_base,
    )


def _without_rows(connection: Connection, key: str) -> Figure:
    """Return the figure of a source of which the question finds nothing."""
    title = connection.scalar(select(source.c.title).where(source.c.key == key))
    zero = Decimal(0)
    return Figure(key, title, None, 0, 0, zero, (), 0, zero, 0, zero)


def _common_unit(comparison: Comparison, *figures: Figure) -> str | None:
    """Return the unit of both figures; a figure without rows has any.

    Raises:
        UsageError: they have different units, or all rows of one are without an amount.
    """
    base = comparison.counting.base
    others = " or ".join(f"--base {other}" for other in Base if other is not base)
    hint = f"Compare them in another price base: {others}."
    for figure in figures:
        if figure.all_rows and figure.unit is None:
            message = f"No row of {figure.source} has an amount in the base {base}."
            raise UsageError(message, hint)
    units = dict.fromkeys(figure.unit for figure in figures if figure.unit)
    if len(units) > 1:
        message = (
            f"{comparison.left_source} is in {figures[0].unit} and {comparison.right_source} in "
            f"{figures[1].unit}, which cannot be compared."
        )
        raise UsageError(message, hint)
    return next(iter(units), None)


def _tallies(
    attribution: Attribution, details: SingleRowDetails, titles: Mapping[str, str]
) -> Mapping[Cause, Tallies]:
    tallies: defaultdict[Cause, Tallies] = defaultdict(Tallies)
    for _, entry in attribution.entries:
        reason = entry.reason
        reasons = [(reason, titles.get(reason, f"outside by {reason}"))] if reason else []
        tallies[entry.cause].add(entry.row.side, entry.change, reasons, int(entry.is_whole))
    for row in attribution.single_rows():
        tallies[Cause.only(row.side)].add_single(row, details.of(row))
    return tallies


def _steps(comparison: Comparison, tallies: Mapping[Cause, Tallies]) -> Iterator[DifferenceStep]:
    titles = {
        Cause.FILTERS: "The same deals, which the question finds in one of them only",
        Cause.RULE: "The same deals, which the rule leaves out in one of them",
        Cause.BASE: "The same deals, without an amount in this base in one of them",
        Cause.ONLY_LEFT: f"Only in {comparison.left_source}",
        Cause.ONLY_RIGHT: f"Only in {comparison.right_source}",
        Cause.DUPLICATES: "Deals that a source counts twice",
        Cause.PARTS: "Wholes against their parts",
        Cause.AMOUNTS: "Other amounts of the same deals",
    }
    for cause in Cause:
        step = tallies.get(cause, Tallies())
        every = step.every
        details = tuple(step.listed())
        yield DifferenceStep(
            cause, titles[cause], every.left_rows, every.right_rows, every.amount, details
        )


def _open_rows(
    comparison: Comparison, tallies: Mapping[Cause, Tallies], candidates: Candidates | None
) -> Iterator[str]:
    """Yield a note on what may be one among the rows that only one source has."""
    if candidates is None:
        return
    if not candidates.is_complete:
        yield (
            "No candidates of rows that only one source has: both sources must describe projects."
        )
    any_open = False
    for side in Side:
        tally = tallies.get(Cause.only(side), Tallies()).open_rows()
        if rows := tally.left_rows + tally.right_rows:
            any_open = True
            have = agree(rows, "has", "have")
            yield (
                f"{counted(rows, 'rows')} only in {comparison.key_of(side)} {have} open "
                f"candidates, worth {to_the_cent(abs(tally.amount))}."
            )
    if any_open:
        words = ["bricoop", "match", "--left", comparison.left_source]
        words += ["--right", comparison.right_source]
        words += ["--country", candidates.country] if candidates.country else []
        yield (
            "They may be deals of both, which nobody has paired yet: "
            f"`{shlex.join(words)}` lists them."
        )
