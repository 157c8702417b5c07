"""Presents the waterfall of a total as rows: all rows, each step, and the result."""

from collections.abc import Iterator

from bricoop.domain.cells import Row
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer
from bricoop.totals.rows import COUNTED, EVERYTHING
from bricoop.totals.total import Figure, Total

FIELDS = (
    Field("source", "key of the source; empty where several are added"),
    Field("step", "everything, a step of the rule, or counted"),
    Field("title", "what the rows are"),
    Field("rows", "rows of the step; negative if it leaves them out", Type.INTEGER),
    Field("without_amount", "of these, rows without an amount in this price base", Type.INTEGER),
    Field("reduced", "rows that remain with a reduced amount", Type.INTEGER),
    Field("amount", "their amount; negative if it is left out", Type.DECIMAL),
    Field("unit", "what the money is in"),
    Field("rule", "the name of the counting rule"),
    Field("rule_version", "its version", Type.INTEGER),
)
_RAISED = "Adjusted amounts, which are larger together than the amounts"


def waterfall(counted: Total) -> Answer:
    """Return the waterfalls of all figures of a total; the rows of each add up to its result."""
    rows = (row for figure in counted.figures for row in _rows(counted, figure))
    return Answer(None, FIELDS, rows, counted.notes)


def _rows(counted: Total, figure: Figure) -> Iterator[Row]:
    rule = counted.counting.rule
    ends = (figure.unit, rule.name, rule.version)
    every = "Everything that the question finds"
    yield (
        figure.source, EVERYTHING, every, figure.all_rows, figure.all_without_amount, 0,
        figure.all_amount, *ends,
    )  # fmt: skip
    for fall in figure.falls:
        # If adjusted amounts exceed the amounts, the usual title would be wrong.
        title = _RAISED if fall.reduced and fall.amount < 0 else fall.title
        yield (
            figure.source, fall.step, title, -fall.rows, -fall.without_amount, fall.reduced,
            -fall.amount, *ends,
        )  # fmt: skip
    yield (figure.source, COUNTED, rule.title, figure.rows, 0, 0, figure.amount, *ends)
