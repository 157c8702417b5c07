"""What rules for the kinds of projects are, as a table states them."""

from enum import StrEnum
from typing import NamedTuple


class RuleField(StrEnum):
    """What a rule looks at."""

    TITLE = "title"
    TEXT = "text"
    DESCRIPTION = "description"
    VERB = "verb"
    MONEY = "money"
    WORKS = "works"
    SECTOR = "sector"


class Rule(NamedTuple):
    """One row of a table of rules.

    Attributes:
        field: what it looks at.
        match: the word, phrase, code or beginning of codes (`232*`) that it looks for.
        kind: the kind, or an empty string for words that say nothing about the kind.
        second: a second kind, or an empty string.
        priority: its trust; of several rules, the one with the lowest number decides.
        language: the language of the words, or an empty string.
        words: the words of a word or phrase; empty for codes.
    """

    field: RuleField
    match: str
    kind: str
    second: str
    priority: int
    language: str
    words: tuple[str, ...]
