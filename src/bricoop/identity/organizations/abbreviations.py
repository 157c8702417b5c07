"""Abbreviations of names of organizations: those that are stated, and those that words make."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from bricoop.domain.names import undotted
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.identity.organizations.name_tokens import TELLING, NameToken, WordRole, name_tokens
from bricoop.identity.organizations.word_lists import organization_words

_WITH_NUMBER = re.compile(r"(\D{2,}?)(\d{1,2})")
_TELLING, _GROUP, _COMPANY, _ARTICLE, _NEVER = "telling", "group", "company", "article", "never"
#: Legal forms that abbreviations do not contain.
_NEVER_INITIALS = frozenset({"ltd", "limited", "inc", "incorporated", "plc", "llc"})
#: Shorter abbreviations stand for too much.
_LENGTHS = range(3, 11)


def abbreviation_in(text: str) -> str:
    """Return the only word of a text, which may be an abbreviation; empty if it has several.

    Countries and places are none, and legal forms and numbers do not count.

    >>> [abbreviation_in(text) for text in ("CRBC", "Lakeco Ltd.", "SEPCO III", "U.S.A.")]
    ['crbc', 'lakeco', 'sepco', 'usa']
    >>> [abbreviation_in(text) for text in ("Nigeria", "Group", "Lake Works", "路桥")]
    ['', '', '', '']
    """
    return only_word(name_tokens(undotted(text)))


def only_word(tokens: Iterable[NameToken]) -> str:
    """Return the only word of a name, as `abbreviation_in` does."""
    telling = [token for token in tokens if token.role in TELLING]
    if (
        len(telling) != 1
        or telling[0].role is not WordRole.WORD
        or is_unspaced_word(telling[0].text)
    ):
        return ""
    return telling[0].text


def letters_and_number(abbreviation: str) -> tuple[str, int]:
    """Return the letters of an abbreviation, and the number at its end or 0.

    >>> [letters_and_number(text) for text in ("crec8", "usa")]
    [('crec', 8), ('usa', 0)]
    """
    match = _WITH_NUMBER.fullmatch(abbreviation)
    return (match[1], int(match[2])) if match else (abbreviation, 0)


def initials(tokens: Sequence[NameToken]) -> Iterator[str]:
    """Yield the abbreviations that words make, with and without legal forms and articles.

    >>> sorted(initials(name_tokens("Bank of Lake Kuri Corp.")))
    ['blk', 'blkc', 'bolk', 'bolkc']
    """
    groups = organization_words().groups
    marked = [(_mark(token, groups), token.initials) for token in tokens]
    marks = {mark for mark, _ in marked} - {_TELLING, _NEVER}
    ways = {
        "".join(letters for mark, letters in marked if mark == _TELLING or mark in contained)
        for number in range(len(marks) + 1)
        for contained in combinations(sorted(marks), number)
    }
    yield from (way for way in ways if len(way) in _LENGTHS)


def _mark(token: NameToken, groups: frozenset[str]) -> str:
    """Return which letters may be left out together."""
    if token.role in TELLING:
        return _TELLING
    if token.role is WordRole.LEGAL and token.text not in _NEVER_INITIALS:
        return _GROUP if token.text in groups else _COMPANY
    return _ARTICLE if token.role is WordRole.FILLER else _NEVER
