"""Money of several sources, with decisions on it: small examples, and the step of each row."""

from typing import NamedTuple

from bricoop.query.question import Question
from bricoop.totals.classify import Counting
from bricoop.totals.rule import Base
from bricoop.totals.rules import rule_of
from support.loading import Load

#: The sources, the best first.
TIERS = {"b": 4, "a": 5, "c": 6}


class Money(NamedTuple):
    """A row of finance: its source, id, project and amount, and where it differs from most."""

    source: str
    id: str
    project: str
    amount: str
    kind: str = "commitment"
    date: str = "2012"
    counted: str = ""


class Example(NamedTuple):
    """Money in a country, and decisions on it.

    Attributes:
        country: the only country with this money.
        money: the rows.
        decisions: each as left reference, relation, right reference, and perhaps the reviewer;
            `a/k1` is short for `a/finance/k1`, and `a:k1` for `a/projects/k1`.
        steps: by `source/id`, the step that leaves a row out if sources are added up; the others
            count.
    """

    country: str
    money: tuple[Money, ...]
    decisions: tuple[str, ...]
    steps: dict[str, str]


def full_reference(short: str) -> str:
    """Return a reference of its short form."""
    return short.replace(":", "/projects/") if ":" in short else short.replace("/", "/finance/")


def decision_rows(decisions: tuple[str, ...]) -> str:
    """Return decisions as a load file."""
    lines = ["left,right,relation,reviewer,decided_at"]
    for number, text in enumerate(decisions):
        first, relation, second, *rest = text.split()
        reviewer = rest[0] if rest else "me"
        day = f"2026-11-{1 + number % 28:02}"
        lines.append(
            f"{full_reference(first)},{full_reference(second)},{relation},{reviewer},{day}"
        )
    return "\n".join(lines) + "\n"


def load_examples(load: Load, examples: tuple[Example, ...]) -> None:
    """Load money with its projects as three sources, and then all decisions."""
    for key, tier in TIERS.items():
        rows = [
            (example, row) for example in examples for row in example.money if row.source == key
        ]
        projects = {
            row.project: f"{row.id},{row.project},{case.country}" for case, row in rows[::-1]
        }
        lines = sorted(projects.values())
        load("projects", "\n".join(["id,name,countries", *lines]) + "\n", source=key, tier=tier)
        money = [
            f"{row.id},{row.project},{row.kind},{row.amount},{row.date},{row.counted}"
            for _, row in rows
        ]
        head = "id,project,kind,amount_usd,date,counted"
        load("finance", "\n".join([head, *money]) + "\n", source=key, tier=tier)
    decisions = tuple(text for example in examples for text in example.decisions)
    load("decisions", decision_rows(decisions), source="mine", tier=7)


def counting_in(
    country: str, rule: str = "signed", *, add: bool = True, **filters: str
) -> Counting:
    """Return the counting of all money in a country."""
    chosen = {name: (value,) for name, value in filters.items()}
    question = Question("finance", {"country": (country,), **chosen})
    return Counting(question, rule_of(rule), Base.NOMINAL, add)
