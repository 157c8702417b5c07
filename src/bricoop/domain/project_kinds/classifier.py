"""Decides the kinds of a project by the rules of a table."""

from functools import cache

from bricoop.domain.project_kinds.kind_groups import ABOUT, BUILT
from bricoop.domain.project_kinds.phrase_index import PhraseIndex
from bricoop.domain.project_kinds.rule import Rule, RuleField
from bricoop.domain.project_kinds.rule_table import RuleTable, shipped_table
from bricoop.domain.project_kinds.title_choice import Choice, KindByRule, second_of, title_choice
from bricoop.domain.project_kinds.title_parts import TitleParts, title_parts
from bricoop.domain.project_kinds.words import marked_words

#: Below this priority, a title is sure, and only the beginning of the description is read.
_SURE = 35
#: How many characters of a description are read, and of one whose title is sure.
_READ, _READ_WHERE_SURE = 600, 200
#: What is added to the priority of a `text` rule whose words are in the description, soon after a
#: word for works or not; and how many words further on such a word counts.
_AFTER_WORKS, _ELSEWHERE, _NEAR = 25, 31, 8
#: With how many words a description begins, and what is added for words in its beginning.
_BEGINNING, _IN_BEGINNING = 25, -18
#: Up to which word a description is looked at, for words that soon follow a word for works.
_SOON = 45
#: Up to this priority, verbs decide whatever they are about, such as money: `cancels $3 million`.
_WHATEVER = 20
#: From this priority on, codes are used for many things.
_WIDE = 60
#: The least words of a description that should name what a code says is built.
_LONG_ENOUGH = 15

_TEXT, _WORKS = RuleField.TEXT, RuleField.WORKS


class Classifier:
    """Finds the kinds of projects by a table of rules.

    Attributes:
        table: the table.
    """

    def __init__(self, table: RuleTable) -> None:
        """Index the rules of a table."""
        self.table = table

        def rules_on(*fields: RuleField) -> list[Rule]:
            return [rule for rule in table.rules if rule.field in fields]

        self._title = PhraseIndex(rules_on(RuleField.TITLE, RuleField.TEXT, RuleField.WORKS))
        described = rules_on(RuleField.DESCRIPTION, RuleField.TEXT, RuleField.WORKS)
        self._description = PhraseIndex(described)
        ranks = [_rank(rule, is_near=True, begins=True) for rule in described if rule.kind]
        self._description_first = min(ranks, default=100)
        self._verbs = {rule.match.casefold(): rule for rule in rules_on(RuleField.VERB)}
        money = rules_on(RuleField.MONEY)
        self._money = PhraseIndex(rule for rule in money if rule.match != "*")
        self._any_money = next((rule for rule in money if rule.match == "*"), None)
        sectors = rules_on(RuleField.SECTOR)
        self._sectors = {
            rule.match: _by_code(rule, rule.match)
            for rule in sectors
            if not rule.match.endswith("*")
        }
        self._beginnings = {rule.match[:-1]: rule for rule in sectors if rule.match.endswith("*")}
        self._lengths = sorted({len(digits) for digits in self._beginnings}, reverse=True)

    def kinds(self, title: str, sector: str = "", description: str = "") -> tuple[KindByRule, ...]:
        """Return the kind of a project, and a second if it is two things; empty if unsure.

        Args:
            title: its title or name, in any language of the table.
            sector: its sector or purpose code of the DAC.
            description: its description.
        """
        parsed = title_parts(title)
        best = _surer(self._by_title(parsed), self._by_giving(parsed))
        by_sector = self._by_sector(sector) if sector else None
        first = _surer(best, by_sector)
        if description and (first is None or first.priority > self._description_first):
            is_sure = first is not None and first.priority < _SURE
            read = _READ_WHERE_SURE if is_sure else _READ
            words = marked_words(description.lstrip()[:read])
            if first is by_sector and first and self._is_contradicted(first.rule.kind, words):
                first = best
            first = _surer(first, self._by_description(words))
        if first is None:
            return ()
        main, second = KindByRule(first.rule.kind, first.reason), first.second
        if second is None and main.kind in ABOUT and by_sector and _is_subject(by_sector):
            second = KindByRule(by_sector.rule.kind, by_sector.reason)
        return (main, second) if second and second.kind != main.kind else (main,)

    def _by_title(self, parsed: TitleParts) -> Choice | None:
        matches = self._title.matches(marked_words(parsed.delivered))
        if parsed.purpose:
            segment = matches[-1].segment + 1 if matches else 0
            matches += self._title.matches(marked_words(parsed.purpose), segment)
        return title_choice(matches) if matches else None

    def _by_giving(self, parsed: TitleParts) -> Choice | None:
        """Decide by the verb, or by the money if it is for somebody, or not said for what."""
        rule = self._verbs.get(parsed.verb)
        reason = parsed.verb
        if parsed.money and (rule is None or rule.priority > _WHATEVER):
            if (rule and not rule.kind) or (parsed.delivered and not parsed.receiver):
                return None
            words = marked_words(parsed.money)
            rule = next((rule for _, rule in self._money.located_rules(words)), self._any_money)
            reason = rule.match if rule and rule.match != "*" else "money"
        if rule is None or not rule.kind:
            return None
        return Choice(rule.priority, rule, f'title "{reason}"', None)

    def _by_sector(self, sector: str) -> Choice | None:
        if sector in self._sectors:
            return self._sectors[sector]
        for length in self._lengths:
            if rule := self._beginnings.get(sector[:length]):
                return _by_code(rule, sector)
        return None

    def _is_contradicted(self, kind: str, words: list[str]) -> bool:
        """Return whether a description of some length has no word for what a code says is built."""
        if kind not in BUILT or len(words) < _LONG_ENOUGH:
            return False
        return all(rule.kind != kind for _, rule in self._title.located_rules(words))

    def _by_description(self, words: list[str]) -> Choice | None:
        """Decide by the surest words of a description, and of several kinds by the most words."""
        counts: dict[str, int] = {}
        best: dict[str, tuple[int, Rule]] = {}
        works = -_NEAR - 1
        for position, rule in self._description.located_rules(words):
            if rule.field is _WORKS:
                works = position
            elif rule.kind:
                is_near, begins = position - works <= _NEAR, position < _BEGINNING
                if not (begins or (is_near and position < _SOON)):
                    # Later, descriptions tell of other projects, of givers and of plans.
                    continue
                counts[rule.kind] = counts.get(rule.kind, 0) + 1
                rank = _rank(rule, is_near=is_near, begins=begins)
                if rule.kind not in best or rank < best[rule.kind][0]:
                    best[rule.kind] = rank, rule
        if not best:
            return None
        kind = min(best, key=lambda kind: (best[kind][0], -counts[kind]))
        rank, rule = best[kind]
        reason = f'description "{rule.match}"'
        return Choice(rank, rule, reason, second_of(rule, reason))


@cache
def shipped_classifier() -> Classifier:
    """Return the classifier of the table that comes with bricoop."""
    return Classifier(shipped_table())


def _rank(rule: Rule, *, is_near: bool, begins: bool) -> int:
    """Return the priority of a rule whose words are in a description.

    Args:
        rule: the rule.
        is_near: whether a word for works precedes its words.
        begins: whether the description begins with its words.
    """
    rank = rule.priority
    if rule.field is _TEXT:
        if not is_near:
            return rank + _ELSEWHERE
        rank += _AFTER_WORKS
    return rank + _IN_BEGINNING if begins else rank


def _surer(first: Choice | None, other: Choice | None) -> Choice | None:
    """Return the choice with the lower priority, and of equal ones the first."""
    if first is None or (other is not None and other.priority < first.priority):
        return other
    return first


def _is_subject(choice: Choice) -> bool:
    """Return whether a code says what a study, training or programme is about."""
    return choice.rule.kind in BUILT and choice.priority < _WIDE


def _by_code(rule: Rule, code: str) -> Choice | None:
    if not rule.kind:
        return None
    reason = f"{rule.field} {code}"
    return Choice(rule.priority, rule, reason, second_of(rule, reason))
