"""The result of verifying the card of a difference: whether its totals and steps are unchanged."""

from typing import TextIO

from bricoop.domain.amounts import told_apart
from bricoop.domain.names import printable
from bricoop.render.data import to_json
from bricoop.render.table import Heading, write_table
from bricoop.render.verification import verdict_data, write_verdict_text
from bricoop.totals.why.verify import DifferenceVerdict


def write_difference_verdict(verdict: DifferenceVerdict, card: str, out: TextIO) -> None:
    """Write whether the steps are unchanged, those that are not, and then the same of the totals.

    Args:
        verdict: the result of the comparison.
        card: the path of the card.
        out: the stream.
    """
    comparison = verdict.comparison
    word = "Same" if verdict.same else "Incomplete" if verdict.total.missing else "Changed"
    sources = printable(f"{comparison.left_source} and {comparison.right_source}")
    out.write(f"{word}: the steps between the totals of {sources}.\n")
    if verdict.steps:
        headings = [
            Heading("Step"), Heading("Was", number=True), Heading("Is", number=True),
            Heading("Rows were"), Heading("Rows are"),
        ]  # fmt: skip
        rows = [
            (
                step.now.cause.value,
                *told_apart(step.before.amount, step.now.amount),
                f"{step.before.left_rows:,} and {step.before.right_rows:,}",
                f"{step.now.left_rows:,} and {step.now.right_rows:,}",
            )
            for step in verdict.steps
        ]
        write_table(headings, rows, out)
    out.write("The totals themselves: ")
    write_verdict_text(verdict.total, card, out)


def write_difference_verdict_json(verdict: DifferenceVerdict, out: TextIO) -> None:
    """Write a JSON object with the steps before and now, and the result for both totals."""
    data = {
        "same": verdict.same,
        "left": verdict.comparison.left_source,
        "right": verdict.comparison.right_source,
        "steps": [
            {
                "step": step.now.cause.value,
                "before": {
                    "left_rows": step.before.left_rows,
                    "right_rows": step.before.right_rows,
                    "amount": step.before.amount,
                },
                "now": {
                    "left_rows": step.now.left_rows,
                    "right_rows": step.now.right_rows,
                    "amount": step.now.amount,
                },
            }
            for step in verdict.steps
        ],
        "total": verdict_data(verdict.total),
    }
    out.write(to_json(data, indented=True) + "\n")
