"""Counts the card of a difference again: its totals, and the steps between them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bricoop.totals.verify import Verdict, verify
from bricoop.totals.why.card import (
    CardStep,
    DifferenceCard,
    steps_of,
)
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.difference import difference


@dataclass(frozen=True)
class ComparedStep:
    """A step on the card, and as counted today."""

    before: CardStep
    now: CardStep


@dataclass(frozen=True)
class DifferenceVerdict:
    """The result of verifying the card of a difference.

    Attributes:
        same: whether both totals and all steps between them are unchanged.
        comparison: the sources, the question and the rule.
        total: the result for the figure card of both totals, and for the decisions on their rows.
        steps: the steps that are different today.
    """

    same: bool
    comparison: Comparison
    total: Verdict
    steps: tuple[ComparedStep, ...]


def verify_difference(connection: Connection, card: DifferenceCard) -> DifferenceVerdict:
    """Count the totals of a card and the steps between them again.

    Where one of the two sources is missing, only the totals are compared.

    Raises:
        UsageError: the amounts cannot be added or compared any more, or a filter is invalid.
        NotFoundError: a filter has a name that is unknown in this knowledge base.
    """
    verdict = verify(connection, card.total)
    steps: tuple[ComparedStep, ...] = ()
    if not card.comparison.sides.keys() & {missing.key for missing in verdict.missing}:
        explained = difference(connection, card.comparison, with_candidates=False)
        steps = tuple(
            ComparedStep(step, now)
            for step, now in zip(card.steps, steps_of(explained), strict=True)
            if step != now
        )
    is_same = verdict.same and not steps
    return DifferenceVerdict(is_same, card.comparison, verdict, steps)
