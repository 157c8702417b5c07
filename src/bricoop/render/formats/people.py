"""Writers of tables and Markdown, with headings in words and labels instead of codes."""

from collections.abc import Iterator
from typing import TextIO

from bricoop.domain.cells import Row
from bricoop.domain.limits import TABLE_CELLS
from bricoop.domain.names import printable
from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Field, headings
from bricoop.query.question import Answer
from bricoop.render.markdown import write_markdown
from bricoop.render.table import Heading, write_table
from bricoop.render.values import UNLIKE_YEAR


def write_table_of(answer: Answer, out: TextIO) -> None:
    """Write a text table."""
    headings = _headings(answer)
    rows = _within_bounds(answer.rows, len(headings))
    write_table(headings, rows, out, keep_empty=answer.named)


def write_markdown_of(answer: Answer, out: TextIO) -> None:
    """Write a Markdown table, row by row."""
    write_markdown(_headings(answer), answer.rows, out)


def _within_bounds(rows: Iterator[Row], columns: int) -> Iterator[Row]:
    """Yield the rows of a table, which must fit in memory to find the column widths.

    Raises:
        UsageError: the table has too many cells.
    """
    most = TABLE_CELLS.value // max(1, columns)
    for number, row in enumerate(rows):
        if number >= most:
            message = f"A table holds at most {TABLE_CELLS}, and this answer has more."
            raise UsageError(message, "Use --format csv, which has no such bound, or --limit.")
        yield row


def _headings(answer: Answer) -> list[Heading]:
    # An answer to an SQL query has no noun; keep its column names.
    own = answer.noun is None
    labels = [field.heading for field in answer.fields] if own else headings(answer.fields)
    return [
        Heading(
            printable(field.name) if own else label,
            number=field.number,
            coded=field.coded,
            money=field.money,
            sparse=field.sparse,
            grouped_from=_grouped_from(field, own=own),
        )
        for field, label in zip(answer.fields, labels, strict=True)
    ]


def _grouped_from(field: Field, *, own: bool) -> int | None:
    if field.identifies:
        return None
    # The meaning of a number in an SQL answer is unknown: it may be a year.
    return UNLIKE_YEAR if own else 1_000
