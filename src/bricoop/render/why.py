"""Writers of the difference of two totals: the steps from one to the other, with their details."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from bricoop.domain import english
from bricoop.domain.amounts import to_the_cent
from bricoop.domain.cells import Cell
from bricoop.query.question import Answer
from bricoop.query.saved import as_data
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading
from bricoop.totals.why.difference import Difference
from bricoop.totals.why.difference_rows import LEFT, RIGHT, difference_answer

#: Longer keys of sources are no headings, so that the table fits a narrow terminal.
_LONGEST_HEADING = 10


def write_difference_text(explained: Difference, out: TextIO) -> None:
    """Write the difference as a line, and the steps as a table."""
    screen = Screen(out)
    screen.say(headline(explained), "bold")
    for line in _about(explained):
        screen.say(line, "dim")
    screen.say("")
    screen.table(_headings(explained), _rows(explained))


def write_difference_markdown(explained: Difference, out: TextIO) -> None:
    """Write the difference as a Markdown heading, and the steps as a table."""
    out.write(f"## {escape(headline(explained))}\n\n")
    out.writelines(f"{escape(line)}\n\n" for line in _about(explained))
    write_markdown(_headings(explained), _rows(explained), out)
    out.writelines(f"\n{escape(note)}\n" for note in explained.notes)


def write_difference_json(explained: Difference, out: TextIO) -> None:
    """Write a JSON object with both totals, the steps between them, and notes."""
    counting = explained.comparison.counting
    data = {
        "question": as_data(counting.question),
        "rule": {**counting.rule.as_data(), "digest": counting.rule.digest},
        "base": counting.base.value,
        "knowledge_base": explained.knowledge_base,
        "unit": explained.unit,
        "left": explained.left_figure,
        "right": explained.right_figure,
        "difference": explained.amount,
        "steps": [
            {
                "step": step.cause.value,
                "title": step.title,
                "left_rows": step.left_rows,
                "right_rows": step.right_rows,
                "amount": step.amount,
                "details": [
                    {
                        "detail": detail.name,
                        "title": detail.title,
                        "left_rows": detail.left_rows,
                        "right_rows": detail.right_rows,
                        "amount": detail.amount,
                    }
                    for detail in step.details
                ],
            }
            for step in explained.steps
        ],
        "remainder": explained.remainder,
        "decisions": len(explained.decisions),
        "notes": list(explained.notes),
    }
    out.write(to_json(data, indented=True) + "\n")


def main_columns(answer: Answer) -> Answer:
    """Return the rows of a step with the columns of a table for people."""
    fields = tuple(field for field in answer.fields if field.in_table)
    rows = (tuple(cells[field.name] for field in fields) for cells in answer.by_name())
    return replace(answer, fields=fields, rows=rows)


def headline(explained: Difference) -> str:
    """Return the difference as a sentence with its unit and counting rule."""
    comparison = explained.comparison
    source, other = comparison.left_source, comparison.right_source
    rule = comparison.counting.rule.said
    if not explained.left_figure.all_rows and not explained.right_figure.all_rows:
        return f"No finance rows of {source} or {other} match this question (rule {rule})."
    amount = explained.amount
    if not amount:
        return f"{source} and {other} count the same under the rule {rule}."
    more = "more" if amount > 0 else "less"
    money = f"{to_the_cent(amount.copy_abs())} {explained.unit}"
    return f"{other} counts {money} {more} than {source}, under the rule {rule}."


def _about(explained: Difference) -> Iterator[str]:
    letters = _letters(explained)
    for figure, letter in zip(
        (explained.left_figure, explained.right_figure), letters or ("", ""), strict=True
    ):
        rows = english.counted(figure.all_rows, "rows")
        without = figure.all_without_amount
        has = english.agree(without, "has", "have")
        ends = f"; {without:,} of the {figure.all_rows:,} {has} no amount" if without else ""
        legend = f"{letter}: " if letter else ""
        yield f"{legend}{figure.source}: {figure.rows:,} of {rows} count{ends}."


def _letters(explained: Difference) -> tuple[str, str] | None:
    """Return the letters that stand for two sources with long keys; None if their keys fit."""
    sources = (explained.comparison.left_source, explained.comparison.right_source)
    return ("A", "B") if max(map(len, sources)) > _LONGEST_HEADING else None


def _headings(explained: Difference) -> list[Heading]:
    comparison = explained.comparison
    letters = _letters(explained)
    first, second = (
        (f"{letter} rows" for letter in letters)
        if letters
        else (comparison.left_source, comparison.right_source)
    )
    return [
        Heading("Step"),
        Heading("Meaning"),
        Heading(first, number=True),
        Heading(second, number=True),
        Heading(explained.unit or "Money", number=True),
    ]


def _rows(explained: Difference) -> list[list[Cell]]:
    table: list[list[Cell]] = []
    for row in difference_answer(explained).by_name():
        step, detail, title = row["step"], row["detail"], row["title"]
        key = {LEFT: row["left_source"], RIGHT: row["right_source"]}.get(step)
        meaning = f"of it: {title}" if detail else f"{key}: {title}" if key else title
        table.append(
            [
                "" if detail else step,
                meaning,
                f"{row['left_rows']:,}",
                f"{row['right_rows']:,}",
                to_the_cent(row["amount"]),
            ]
        )
    return table
