"""Finds the phrases of rules in the words of a text, each word looked up once."""

from collections.abc import Iterable
from typing import NamedTuple

from bricoop.domain.project_kinds.rule import Rule
from bricoop.domain.project_kinds.words import BREAK, COMMA, separates, separators

#: The shortest word of which plural forms are accepted.
_SHORTEST = 3
_ROMANCE = frozenset({"fr", "es", "pt"})
#: Plural endings of Romance words, by their singular endings, without accents.
_ROMANCE_PLURALS = (("al", "aux"), ("ao", "oes"), ("eau", "eaux"), ("m", "ns"), ("l", "is"))


class Match(NamedTuple):
    """A phrase in a text.

    Attributes:
        segment: the number of the statement that it is in, from 0.
        item: the number of the item of the list that it is in, counted through the text.
        position: the index of its first word.
        rule: the rule with the phrase.
    """

    segment: int
    item: int
    position: int
    rule: Rule


#: Words that separate items or statements, and whether a statement ends.
_ENDS_STATEMENT = {word: separates(word) == BREAK for word in (COMMA, BREAK, *separators())}


class PhraseIndex:
    """The phrases of rules, with the lengths of those that begin with a word."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the phrases of rules, with their plurals; spelt phrases precede plurals."""
        rules = list(rules)
        phrases: dict[tuple[str, ...], Rule] = {}
        for rule in rules:
            phrases.setdefault(rule.words, rule)
        for rule in rules:
            for form in _plurals(rule.words, rule.language):
                phrases.setdefault(form, rule)
        lengths: dict[str, tuple[int, ...]] = {}
        for words in phrases:
            same_word, length = lengths.get(words[0], ()), len(words)
            if length not in same_word:
                lengths[words[0]] = tuple(sorted((*same_word, length), reverse=True))
        self._phrases, self._lengths = phrases, lengths
        self._first_words = frozenset(lengths)

    def matches(self, words: list[str], segment: int = 0) -> list[Match]:
        """Return the phrases in words, leftmost and longest first, without overlaps.

        Args:
            words: the words of a text, with marks.
            segment: the number of its first segment.
        """
        matches: list[Match] = []
        item = after = 0
        for position, rule in self.located_rules(words):
            for word in words[after:position]:
                if word in _ENDS_STATEMENT:
                    item += 1
                    segment += _ENDS_STATEMENT[word]
            matches.append(Match(segment, item, position, rule))
            after = position + len(rule.words)
        return matches

    def located_rules(self, words: list[str]) -> list[tuple[int, Rule]]:
        """Return the rules whose phrases are in words, with the index of the first word.

        Marks are not looked at, so that this is faster than `matches` in long texts.
        """
        first_words, phrases = self._first_words, self._phrases
        located: list[tuple[int, Rule]] = []
        after = 0
        for position in [index for index, word in enumerate(words) if word in first_words]:
            if position < after:
                continue
            for length in self._lengths[words[position]]:
                rule = phrases.get(tuple(words[position : position + length]))
                if rule is not None:
                    located.append((position, rule))
                    after = position + length
                    break
        return located


def _plurals(words: tuple[str, ...], language: str) -> list[tuple[str, ...]]:
    """Return a phrase with its last word in the plural, or with all; Chinese has none."""
    if language == "zh":
        return []
    start, last_forms = words[:-1], _plural_forms(words[-1], language)
    plurals = [(*start, form) for form in last_forms]
    if start and language in _ROMANCE:
        for form in _plural_forms(words[0], language):
            plurals.append((form, *words[1:]))
            plurals += [(form, *start[1:], last_form) for last_form in last_forms]
    return plurals


def _plural_forms(word: str, language: str) -> list[str]:
    if len(word) < _SHORTEST or not word.isalpha() or word.endswith("s"):
        return []
    forms = [f"{word}s"]
    if language in _ROMANCE:
        if language == "es":
            forms.append(f"{word}es")
        for ending, plural in _ROMANCE_PLURALS:
            if word.endswith(ending):
                forms.append(f"{word.removesuffix(ending)}{plural}")
    elif word.endswith("y"):
        forms.append(f"{word[:-1]}ies")
    elif word.endswith(("x", "ch", "sh", "z")):
        forms.append(f"{word}es")
    return forms
