"""Makes a `Counting` of the options that a user typed."""

from bricoop.query.conditions.comparisons import code_of
from bricoop.query.question import Question
from bricoop.totals.classify import Counting
from bricoop.totals.rule import Base
from bricoop.totals.rules import rule_of


def counting_of(
    question: Question, rule: str, base: str | None = None, *, add: bool = False
) -> Counting:
    """Return the counting for a question and the options of a command.

    Args:
        question: which rows of finance are considered.
        rule: the name of a rule, or the path of a file.
        base: the price base; None for that of the rule.
        add: whether several sources are added together.

    Raises:
        NotFoundError: the rule does not exist.
        UsageError: the base does not exist, or the file is not a valid rule.
    """
    counting_rule = rule_of(rule)
    chosen = counting_rule.price_base if base is None else Base(code_of("price base", Base, base))
    return Counting(question, counting_rule, chosen, add)
