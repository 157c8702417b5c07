"""Reads names of organizations: what stands in parentheses, abbreviations, and words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern

from bricoop.domain.names import undotted
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.identity.organizations.abbreviations import (
    abbreviation_in,
    initials,
    letters_and_number,
    only_word,
)
from bricoop.identity.organizations.compared_organization import ComparedName
from bricoop.identity.organizations.name_tokens import TELLING, NameToken, WordRole, name_tokens
from bricoop.identity.organizations.word_lists import organization_words

#: Parentheses as Chinese names have them.
_FULL_WIDTH = str.maketrans("\uff08\uff09", "()")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
#: Between a name and its abbreviation: `FAO/Food and Agriculture Organization`.
_SEPARATOR = re.compile(r"\s[-–—]\s|/|:\s|,\s(?=[A-Z]+$)")
_OTHER_NAME = re.compile(
    r"(?:formerly|previously|earlier|now|ex|also|renamed)\b[ :-]*(?:known as|named|called)?|"
    r"(?:a\.?k\.?a\.?|known as)(?=\W)",
    re.IGNORECASE,
)
_SHORTEST = 2


@dataclass(slots=True)
class _SplitName:
    """A name without what stands in parentheses, and that."""

    main: str
    abbreviations: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    home: str = ""


def read_names(name: str) -> list[ComparedName]:
    """Return a name as it is compared, and then other names that it states in parentheses.

    >>> [read.words for read in read_names("Lake Works Co. (LWC) (formerly Kuri Builders)")]
    [('lake', 'works'), ('kuri', 'builders')]
    """
    split = _split(name.translate(_FULL_WIDTH))
    others = (_compared_name(other, _SplitName(other)) for other in split.others)
    return [_compared_name(name, split), *(other for other in others if other.words)]


def _split(name: str) -> _SplitName:
    split = _SplitName(_PARENTHESES.sub(" ", name).strip())
    if "(" in split.main:  # one in another: all are words
        return _SplitName(name.replace("(", " ").replace(")", " "))
    for match in _PARENTHESES.finditer(name):
        content = match[1].strip()
        if other := _other_name(content):
            split.others.append(other)
        elif abbreviation_in(content):
            split.abbreviations.append(content)
        elif _abbreviates(split.main, content):
            split.abbreviations.append(split.main)
            split.main = content
        else:
            tokens = name_tokens(content)
            is_country = len(tokens) == 1 and tokens[0].role is WordRole.COUNTRY
            split.home = tokens[0].text if is_country else ""
            split.main = f"{split.main} {content}"
    _split_abbreviation(split)
    return split


def _other_name(content: str) -> str:
    """Return the other name that parentheses state; empty if they state none."""
    if match := _OTHER_NAME.match(content):
        return content[match.end() :].strip()
    return content if is_unspaced_word(content) else ""


def _abbreviates(short: str, long: str) -> bool:
    letters = abbreviation_in(short)
    return bool(letters) and letters in initials(name_tokens(long))


def _split_abbreviation(split: _SplitName) -> None:
    """Take away an abbreviation that stands before or after the name that it abbreviates."""
    match = _SEPARATOR.search(split.main)
    if match:
        halves = split.main[: match.start()].strip(), split.main[match.end() :].strip()
        for short, long in (halves, halves[::-1]):
            if _abbreviates(short, long):
                split.abbreviations.append(short)
                split.main = long
                return


def _compared_name(text: str, split: _SplitName) -> ComparedName:
    tokens = name_tokens(undotted(split.main))
    words = dict.fromkeys(token.text for token in tokens if token.role in TELLING)
    acronyms, numbers = _abbreviations(tokens, split.abbreviations)
    if acronyms and (not words or _is_with_number(words, acronyms)):
        words = dict.fromkeys([min(acronyms)])
    groups = (token.text for token in tokens if token.text in organization_words().groups)
    return ComparedName(
        text,
        tuple(map(intern, words)),
        frozenset(map(intern, {*words, *groups, *map(str, numbers)})),
        split.home,
        _of(tokens, WordRole.COUNTRY),
        _of(tokens, WordRole.LOCALITY),
        frozenset(numbers),
        frozenset(map(intern, acronyms)),
        frozenset(map(intern, initials(tokens))),
    )


def _abbreviations(
    tokens: Sequence[NameToken], abbreviations: Iterable[str]
) -> tuple[set[str], set[int]]:
    """Return the letters of the abbreviations of a name, and its numbers and theirs."""
    acronyms: set[str] = set()
    numbers: set[int] = set()
    for stated in (tokens, *(name_tokens(undotted(text)) for text in abbreviations)):
        numbers.update(int(token.text) for token in stated if token.role is WordRole.NUMBER)
        letters, number = letters_and_number(only_word(stated))
        if len(letters) >= _SHORTEST:
            acronyms.add(letters)
        numbers.update({number} - {0})
    return acronyms, numbers


def _is_with_number(words: Iterable[str], acronyms: Iterable[str]) -> bool:
    """Return whether the only word is an abbreviation with its number: `crec8`."""
    only, *others = words
    return not others and only not in acronyms and only.startswith(tuple(acronyms))


def _of(tokens: Iterable[NameToken], role: WordRole) -> frozenset[str]:
    return frozenset(intern(token.text) for token in tokens if token.role is role)
