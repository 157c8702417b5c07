"""Loads counting rules: shipped ones, TOML files of users, and those on figure cards."""

from functools import lru_cache
from pathlib import Path

from bricoop.domain.document_faults import key_path, shown
from bricoop.domain.documents import json_as, json_content, read_toml
from bricoop.domain.limits import CONDITION_VALUES
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError, UsageError
from bricoop.query.conditions.parser import count_values, parse, refuse_too_many
from bricoop.settings import resource_folder
from bricoop.totals.document import CardTable, EnclosingTable, RuleTable
from bricoop.totals.rule import Rule, Step

DEFAULT = "signed"


def shipped() -> tuple[str, ...]:
    """Return the names of the shipped rules, the default first."""
    names = sorted(path.stem for path in _folder().glob("*.toml"))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


def rule_of(named: str) -> Rule:
    """Return a rule by name, or from the file of a rule or card.

    Raises:
        NotFoundError: there is no rule of that name.
        FileUnreadableError: the file cannot be read, or is not TOML or JSON.
        UsageError: the file is invalid; the message names the key.
    """
    if named in shipped():
        return _shipped(named)
    if named.endswith(".json"):
        return _of_card(Path(named))
    if not named.endswith(".toml"):
        names = shipped()
        raise NotFoundError(
            "counting rule", shown(named), nearest(named, {x: x for x in names}) or names
        )
    path = Path(named)
    where = f"The rule {shown(path.name)}"
    rule = rule_from(read_toml(path, RuleTable, where), where, path.stem)
    # Otherwise totals would name a rule that readers know, and be counted by another.
    if rule.name in shipped() and not is_shipped(rule):
        hint = 'Give it a name of its own: name = "mine".'
        raise UsageError(
            f"{where} has the name of the rule {rule.name}, which comes with bricoop, and differs "
            "from it.",
            hint,
        )
    return rule


def _of_card(path: Path) -> Rule:
    where = f"The card {shown(path.name)}"
    raw = json_content(path, where)
    enclosed = json_as(raw, EnclosingTable, where).total
    return card_rule(enclosed or json_as(raw, CardTable, where), where)


def card_rule(table: CardTable, where: str) -> Rule:
    """Return the rule of a card.

    Args:
        table: the card.
        where: how messages name the card.

    Raises:
        UsageError: the rule was altered, or pretends to be a shipped one.
    """
    rule = rule_from(table.rule, f"{where}: its rule")
    if rule.digest != table.rule.digest:
        message = f"{where} was altered: its rule and the rest of it disagree."
        raise UsageError(message, "Use the card as bricoop wrote it.")
    if passes_for_shipped(rule):
        message = f"{where}: its rule is named {rule.said}, but is not bricoop's rule of that name."
        raise UsageError(message, "Ask whoever sent it which rule it was counted by.")
    return rule


def is_shipped(rule: Rule) -> bool:
    """Return whether a rule is identical to a shipped one."""
    return rule.name in shipped() and _shipped(rule.name).digest == rule.digest


def passes_for_shipped(rule: Rule) -> bool:
    """Return whether a rule has the name and version of a shipped one, but another content.

    A rule of another version may be shipped with another version of bricoop.
    """
    is_known = rule.name in shipped() and _shipped(rule.name).version == rule.version
    return is_known and not is_shipped(rule)


def rule_from(table: RuleTable, where: str, name: str = "") -> Rule:
    """Return the rule of a validated table, after parsing its conditions.

    Args:
        table: the table.
        where: how messages name its file.
        name: the name of the rule if the table has none.

    Raises:
        UsageError: a condition is invalid; the message names the key.
    """
    values = 0
    for number, step in enumerate(table.steps):
        for position, condition in enumerate(step.leave_out):
            try:
                values += count_values(parse(condition))
                refuse_too_many(values, "All steps together compare", CONDITION_VALUES)
            except UsageError as error:
                at = key_path(("steps", number, "leave_out", position))
                raise UsageError(f"{where}: {at}: {error.message}", error.hint) from error
    return Rule(
        name=table.name or name,
        version=table.version,
        title=table.title,
        about=" ".join(table.about.split()),
        steps=tuple(
            Step(step_table.name, step_table.title, step_table.leave_out)
            for step_table in table.steps
        ),
        price_base=table.price_base,
        rollovers=table.rollovers,
        parents=table.parents,
        speaker=table.speaker,
        sources=table.sources,
    )


@lru_cache
def _shipped(name: str) -> Rule:
    path = _folder() / f"{name}.toml"
    where = f"The rule {shown(path.name)}"
    return rule_from(read_toml(path, RuleTable, where), where, name)


def _folder() -> Path:
    return resource_folder("rules")
