"""What is counted and how, made of what a person typed."""

from bricoop.query.compare import code_of
from bricoop.query.question import Question
from bricoop.totals.classify import Counting
from bricoop.totals.rule import Base
from bricoop.totals.rules import rule_of


def counting_of(
    question: Question, rule: str, base: str | None = None, *, add: bool = False
) -> Counting:
    """Return a counting.

    Args:
        question: which rows of finance are looked at.
        rule: the name of a rule, or the path of its file.
        base: what amounts are in; None for the rule's own base.
        add: whether several sources are added together.

    Raises:
        NotFoundError: there is no such rule.
        UsageError: there is no such base, or the file says no rule.
    """
    counting_rule = rule_of(rule)
    chosen = counting_rule.price_base if base is None else Base(code_of("price base", Base, base))
    return Counting(question, counting_rule, chosen, add)
