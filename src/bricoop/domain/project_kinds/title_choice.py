"""Decides by the words of a title: which statement counts, and which of its nouns."""

from collections.abc import Sequence
from typing import NamedTuple

from bricoop.domain.project_kinds.kind_groups import ABOUT, BUILT, MOVED
from bricoop.domain.project_kinds.phrase_index import Match
from bricoop.domain.project_kinds.rule import Rule, RuleField

#: Below this priority, a statement decides, and later ones do not count.
_SURE = 35
#: Up to this priority, words decide wherever in a title they are.
_ANYWHERE = 9
#: What is added to the priority of words for moved things in a statement with words for works.
_BESIDE_WORKS = 25
_WORKS = RuleField.WORKS
_ROMANCE = frozenset({"fr", "es", "pt"})


class KindByRule(NamedTuple):
    """A kind, and the rule that it follows from, such as `title "railway"`."""

    kind: str
    rule: str


class Choice(NamedTuple):
    """A rule that may decide.

    Attributes:
        priority: its priority in its context; the lowest decides.
        rule: the rule.
        reason: the rule as it is shown.
        second: the second kind that goes with it.
    """

    priority: int
    rule: Rule
    reason: str
    second: KindByRule | None


def second_of(rule: Rule, reason: str) -> KindByRule | None:
    """Return the second kind that a rule states, or None."""
    return KindByRule(rule.second, reason) if rule.second else None


def title_choice(matches: Sequence[Match]) -> Choice | None:
    """Return the choice by the phrases of rules in a title, or None if they say nothing.

    The first statement that is sure decides, otherwise the surest words of all. Of equal words, the
    first item of a list decides, and in it the noun that the others describe.
    """
    works = {match.segment for match in matches if match.rule.field is _WORKS}
    ranked = [
        (_rank(match, works) if works else match.rule.priority, match)
        for match in matches
        if match.rule.kind
    ]
    if not ranked:
        return None
    rank, main = ranked[0] if len(ranked) == 1 else _main(ranked)
    rule = main.rule
    reason = f'title "{rule.match}"'
    second = second_of(rule, reason)
    if second is None and len(ranked) > 1:
        second = _second(main, ranked)
    return Choice(rank, rule, reason, second)


def _rank(match: Match, works: set[int]) -> int:
    is_moved = match.segment in works and match.rule.kind in MOVED
    return match.rule.priority + _BESIDE_WORKS if is_moved else match.rule.priority


def _main(ranked: Sequence[tuple[int, Match]]) -> tuple[int, Match]:
    considered = [pair for pair in ranked if pair[0] <= _ANYWHERE]
    if not considered:
        segment = next((match.segment for rank, match in ranked if rank < _SURE), -1)
        considered = [pair for pair in ranked if pair[1].segment == segment] or list(ranked)
    lowest = min(rank for rank, _ in considered)
    return lowest, _head([match for rank, match in considered if rank == lowest])


def _head(matches: Sequence[Match]) -> Match:
    """Return the noun of the first item that others describe: the last, but in French the first."""
    first = matches[0]
    item = [
        match for match in matches if match.segment == first.segment and match.item == first.item
    ]
    if len(item) == 1:
        return first
    return item[0 if any(match.rule.language in _ROMANCE for match in item) else -1]


def _is_beside(match: Match, main: Match) -> bool:
    """Return whether a match is in a later item of the same list."""
    return match.segment == main.segment and match.item > main.item


def _second(main: Match, ranked: Sequence[tuple[int, Match]]) -> KindByRule | None:
    """Return what a study or training is about, or another thing that is built as well."""
    is_about = main.rule.kind in ABOUT
    others = [
        (rank, match)
        for rank, match in ranked
        if match.rule.kind in BUILT
        and match.rule.kind != main.rule.kind
        and (is_about or (rank < _SURE and _is_beside(match, main)))
    ]
    if not others:
        return None
    lowest = min(rank for rank, _ in others)
    rule = _head([match for rank, match in others if rank == lowest]).rule
    return KindByRule(rule.kind, f'title "{rule.match}"')
