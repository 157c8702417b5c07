"""The output of `bricoop rules`: the list of counting rules, and the explanation of one."""

from collections.abc import Sequence
from typing import TextIO

from bricoop.render.screen import Screen
from bricoop.render.table import Heading, write_table
from bricoop.totals.rule import Base, Parents, Rollovers, Rule, Speaker

_BASES = {
    Base.NOMINAL: "nominal US dollars",
    Base.CONSTANT: "constant US dollars of one base year",
    Base.STATED: "amounts as stated, in one currency",
}
_PARENTS = {
    Parents.AS_FLAGGED: "the side that the source counts; it marks the other as umbrella",
    Parents.PARTS: "the parts, where both have amounts",
    Parents.WHOLE: "the whole, where both have amounts",
}
_ROLLOVERS = {
    Rollovers.COUNT: "is counted each time",
    Rollovers.LEAVE_OUT: "is counted once, by the source's adjusted amounts",
}
_SPEAKERS = {
    Speaker.BEST: "what several state counts once, by the best: by tier, then newer publication",
    Speaker.EVERY: "every row of every source counts",
}


def write_rules(rules: Sequence[Rule], out: TextIO) -> None:
    """Write the list of rules as a table."""
    headings = [
        Heading("Rule"), Heading("Version", number=True), Heading("Counts"), Heading("Base"),
    ]  # fmt: skip
    rows = [(rule.name, rule.version, rule.title, rule.price_base.value) for rule in rules]
    write_table(headings, rows, out)


def write_rule(rule: Rule, out: TextIO) -> None:
    """Write the settings of a rule, and what each of its steps leaves out."""
    screen = Screen(out)
    screen.say(f"{rule.said}: {rule.title}", "bold")
    screen.say("")
    if rule.about:
        screen.say(rule.about)
        screen.say("")
    settings = [
        ("Totals are in", _BASES[rule.price_base]),
        ("Rolled-over debt", _ROLLOVERS[rule.rollovers]),
        ("A whole and its parts", _PARENTS[rule.parents]),
        ("Several sources added up", _SPEAKERS[rule.speaker]),
        ("Preferred sources", ", ".join(rule.sources) or "none"),
        ("Digest", rule.digest),
    ]
    screen.table([Heading("Setting"), Heading("Means")], settings)
    if rule.steps:
        screen.say("")
        headings = [Heading("Step"), Heading("Leaves out"), Heading("Condition")]
        steps = [(step.name, step.title, " or ".join(step.leave_out)) for step in rule.steps]
        screen.table(headings, steps)
