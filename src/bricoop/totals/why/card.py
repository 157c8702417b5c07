"""Writes and reads cards of differences: files from which the steps can be counted again.

Such a card holds a figure card of both totals, with the decisions that hold on their rows. It is of
a kind of its own, as decisions change the steps between the totals even where these stay the same.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.amounts import WIDE, exact_sum, plain
from bricoop.domain.document_faults import shown
from bricoop.domain.documents import json_as, json_content
from bricoop.errors import UsageError
from bricoop.totals.card import (
    Card,
    card_from,
    card_in,
    card_of,
    digest_of,
    mark_of,
    refuse_other_form,
)
from bricoop.totals.why.card_document import DifferenceCardTable
from bricoop.totals.why.causes import Cause
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.difference import Difference, difference

#: The type of the document and the version of its format, as written to cards.
KIND, FORM = "bricoop difference card", 1


@dataclass(frozen=True)
class CardStep:
    """A step of a difference on a card.

    Attributes:
        cause: why its rows make the totals differ.
        left_rows: the number of rows of the left source in it.
        right_rows: the number of rows of the right source in it.
        amount: what it adds to the total of the left source.
    """

    cause: Cause
    left_rows: int
    right_rows: int
    amount: Decimal


@dataclass(frozen=True)
class DifferenceCard:
    """The card of a difference as read from a file.

    Attributes:
        comparison: the sources, the question and the rule.
        total: the figure card of both totals.
        steps: the steps between them, in the order of `Cause`.
    """

    comparison: Comparison
    total: Card
    steps: tuple[CardStep, ...]


def difference_card_of(connection: Connection, comparison: Comparison) -> dict[str, Any]:
    """Explain a difference and return its card as plain data.

    Raises:
        UsageError: the totals cannot be compared, as for `difference`.
    """
    explained = difference(connection, comparison, with_candidates=False)
    steps = [
        {
            "step": step.cause.value,
            "left_rows": step.left_rows,
            "right_rows": step.right_rows,
            "amount": plain(step.amount),
        }
        for step in steps_of(explained)
    ]
    return {
        "card": KIND,
        "form": FORM,
        "left_source": comparison.left_source,
        "right_source": comparison.right_source,
        "total": card_of(connection, comparison.counting),
        "steps": steps,
        "digest": digest_of(_lines(steps_of(explained))),
    }


def steps_of(explained: Difference) -> tuple[CardStep, ...]:
    """Return the steps of a difference as a card has them."""
    return tuple(
        CardStep(step.cause, step.left_rows, step.right_rows, step.amount)
        for step in explained.steps
    )


def read_any_card(path: Path) -> Card | DifferenceCard:
    """Read a figure card or the card of a difference from a file.

    Raises:
        FileUnreadableError: the file cannot be read, is too large, or is not JSON.
        UsageError: it is no card, or its parts contradict each other.
    """
    where = f"The card {shown(path.name)}"
    raw = json_content(path, where)
    kind, form = mark_of(raw, where)
    if kind != KIND:
        return card_from(raw, where)
    refuse_other_form(form, (FORM,), where)
    try:
        return _card(json_as(raw, DifferenceCardTable, where), where)
    except UsageError as error:
        hint = error.hint or "Write it again: bricoop why A B --card FILE."
        raise UsageError(error.message, hint) from error


def _card(table: DifferenceCardTable, where: str) -> DifferenceCard:
    figure_card = card_in(table.total, where)
    steps = tuple(
        CardStep(step.step, step.left_rows, step.right_rows, Decimal(step.amount))
        for step in table.steps
    )
    card = DifferenceCard(
        Comparison(table.left_source, table.right_source, figure_card.counting),
        figure_card,
        steps,
    )
    if altered := _altered(card, table.digest):
        message = f"{where} was altered: its {altered} and the rest of it disagree."
        raise UsageError(message, "Use the card as bricoop wrote it.")
    return card


def _altered(card: DifferenceCard, digest: str) -> str:
    """Return which part of a card does not fit the others; empty if all fit."""
    keys = (card.comparison.left_source, card.comparison.right_source)
    if card.comparison.counting.question.filters.get("source") != keys or (
        card.comparison.counting.add_sources
    ):
        return "sources"
    if digest_of(_lines(card.steps)) != digest:
        return "steps"
    has_every_step = [step.cause for step in card.steps] == list(Cause)
    amounts = [card.total.figures.get(key, (None, Decimal(0)))[1] for key in keys]
    by_steps = exact_sum(step.amount for step in card.steps)
    closes = by_steps == WIDE.subtract(amounts[1], amounts[0])
    rows = Counter(row.source for row in card.total.rows)
    rows_by_step = (
        sum(step.left_rows for step in card.steps),
        sum(step.right_rows for step in card.steps),
    )
    has_every_row = rows_by_step == tuple(rows[key] for key in keys)
    return "" if has_every_step and closes and has_every_row else "steps"


def _lines(steps: Iterable[CardStep]) -> Iterable[list[str]]:
    """Yield what the digest of a card is of."""
    for step in steps:
        numbers = (str(step.left_rows), str(step.right_rows), plain(step.amount))
        yield [step.cause.value, *numbers]
