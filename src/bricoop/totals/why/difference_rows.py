"""Presents why two totals differ as rows: one total, each step with its details, the other."""

from collections.abc import Iterator

from bricoop.domain.cells import Row
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer
from bricoop.totals.why.difference import Difference

#: The names of the rows that are no steps.
LEFT, RIGHT, REMAINDER = "left", "right", "remainder"
FIELDS = (
    Field("step", "left, a step, remainder, or right"),
    Field("detail", "what some rows of the step have in common; empty for all of them"),
    Field("title", "what the rows are"),
    Field("left_rows", "counted rows of the left source", Type.INTEGER),
    Field("right_rows", "counted rows of the right source", Type.INTEGER),
    Field("amount", "what the step adds to the total of the left source", Type.DECIMAL),
    Field("unit", "what the money is in"),
    Field("left_source", "key of the left source"),
    Field("right_source", "key of the right source"),
    Field("rule", "the name of the counting rule"),
    Field("rule_version", "its version", Type.INTEGER),
)


def difference_answer(explained: Difference) -> Answer:
    """Return the steps of a difference; those without a detail add up to the last row."""
    return Answer(None, FIELDS, _rows(explained), explained.notes)


def _rows(explained: Difference) -> Iterator[Row]:
    comparison, rule = explained.comparison, explained.comparison.counting.rule
    ends = (
        explained.unit,
        comparison.left_source,
        comparison.right_source,
        rule.name,
        rule.version,
    )
    figure = explained.left_figure
    yield (LEFT, None, figure.title, figure.rows, 0, figure.amount, *ends)
    for step in explained.steps:
        counts = (step.left_rows, step.right_rows, step.amount)
        yield (step.cause.value, None, step.title, *counts, *ends)
        for detail in step.details:
            counts = (detail.left_rows, detail.right_rows, detail.amount)
            yield (step.cause.value, detail.name, detail.title, *counts, *ends)
    yield (REMAINDER, None, "Not explained by any step", 0, 0, explained.remainder, *ends)
    figure = explained.right_figure
    yield (RIGHT, None, figure.title, 0, figure.rows, figure.amount, *ends)
