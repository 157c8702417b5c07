"""Writers of totals: the amount with its counting rule, and the amounts left out by step."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TextIO

from bricoop.domain import english
from bricoop.domain.amounts import to_the_cent
from bricoop.domain.cells import Cell
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading
from bricoop.totals.rows import COUNTED, EVERYTHING
from bricoop.totals.total import Figure, Total
from bricoop.totals.waterfall_rows import waterfall

_HEADINGS = (
    Heading("Step"),
    Heading("Meaning"),
    Heading("Rows", number=True),
    Heading("No amount", number=True),
)


def write_total_text(counted: Total, out: TextIO) -> None:
    """Write each figure as a line, and the steps of its rule as a table."""
    screen = Screen(out)
    for number, figure in enumerate(counted.figures):
        if number:
            screen.say("")
        screen.say(headline(counted, figure), "bold")
        for line in _about(figure):
            screen.say(line, "dim")
        if figure.all_rows:
            screen.say("")
            screen.table(_headings(figure), _rows(counted, figure))


def write_total_markdown(counted: Total, out: TextIO) -> None:
    """Write each figure as a Markdown heading, and the steps of its rule as a table."""
    for number, figure in enumerate(counted.figures):
        out.write("\n" if number else "")
        out.write(f"## {escape(headline(counted, figure))}\n\n")
        out.writelines(f"{escape(line)}\n\n" for line in _about(figure))
        if figure.all_rows:
            write_markdown(_headings(figure), _rows(counted, figure), out)
    out.writelines(f"\n{escape(note)}\n" for note in counted.notes)


def write_total_json(counted: Total, out: TextIO) -> None:
    """Write a JSON object with rule, price base, figures with their steps, and notes."""
    rule = counted.counting.rule
    data = {
        "rule": {**rule.as_data(), "digest": rule.digest},
        "base": counted.counting.base.value,
        "add_sources": counted.counting.add_sources,
        "knowledge_base": counted.knowledge_base,
        "figures": list(counted.figures),
        "notes": list(counted.notes),
    }
    out.write(to_json(data, indented=True) + "\n")


def headline(counted: Total, figure: Figure) -> str:
    """Return a figure as a sentence with its unit and counting rule."""
    rule = counted.counting.rule.said
    rows = f"{figure.rows:,} of {english.counted(figure.all_rows, 'rows')}"
    if not figure.all_rows:
        return f"No finance rows match this question (rule {rule})."
    if not figure.rows:
        return f"Nothing counts under the rule {rule}: {rows}."
    return f"{to_the_cent(figure.amount)} {figure.unit} under the rule {rule}: {rows}"


def _about(figure: Figure) -> Iterator[str]:
    if figure.source:
        yield f"Source: {figure.source}, {figure.title}"
    if figure.estimated_rows:
        rows = english.counted(figure.estimated_rows, "rows")
        yield f"Estimated by the source: {to_the_cent(figure.estimated)} of it, in {rows}."


def _headings(figure: Figure) -> list[Heading]:
    return [*_HEADINGS, Heading(figure.unit or "Money", number=True)]


def _rows(counted: Total, figure: Figure) -> list[list[Cell]]:
    single = Total(counted.counting, (figure,), (), counted.knowledge_base)
    table = []
    for row in waterfall(single).by_name():
        step, title, reduced, amount = (
            row[name] for name in ("step", "title", "reduced", "amount")
        )
        meaning = f"{title} (in {reduced:,} of the rows)" if reduced else title
        ends = step in {EVERYTHING, COUNTED}
        shown = to_the_cent(amount if amount or ends else Decimal(0))
        table.append([step, meaning, f"{row['rows']:,}", f"{row['without_amount']:,}", shown])
    return table
