"""Answers for people: tables and Markdown, with headings in words and codes by their labels."""

from typing import TextIO

from bricoop.query.question import Answer
from bricoop.render.markdown import write_markdown
from bricoop.render.table import Heading, write_table

_LABELS = {"country_names": "countries", "tier_name": "tier means"}


def write_table_of(answer: Answer, out: TextIO) -> None:
    """Write a table."""
    write_table(_headings(answer), answer.rows, out)


def write_markdown_of(answer: Answer, out: TextIO) -> None:
    """Write a Markdown table, a row as soon as it is read."""
    write_markdown(_headings(answer), answer.rows, out)


def _headings(answer: Answer) -> list[Heading]:
    # The columns of a query in SQL are called what it calls them.
    own = answer.noun is None
    return [
        Heading(
            field.name if own else _LABELS.get(field.name, field.heading),
            number=field.number,
            coded=field.coded,
            money=field.money,
        )
        for field in answer.fields
    ]
