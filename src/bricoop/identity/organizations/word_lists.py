"""The words of `words.toml`: what tells organizations apart, and what does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bricoop.domain.documents import Table, read_toml
from bricoop.domain.names import normalise
from bricoop.domain.tokenizer import words_of

_FILE = Path(__file__).with_name("words.toml")


class _Localities(Table, frozen=True):
    names: tuple[str, ...]


class _Document(Table, frozen=True):
    legal: str
    groups: str
    legal_phrases: tuple[str, ...]
    legal_chinese: tuple[str, ...]
    china_chinese: tuple[str, ...]
    filler: str
    common: str
    of_every_country: str
    unspecified: str
    distinct: str
    synonyms: Mapping[str, str]
    localities: _Localities
    numbers: Mapping[str, int]
    kind_groups: Mapping[str, tuple[str, ...]]
    shared_names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class OrganizationWords:
    """The word lists.

    Attributes:
        legal: legal forms, which are left out.
        groups: those of them that tell a group from a company of it.
        legal_phrases: legal forms of several words by the first of them, the longest first.
        legal_chinese: legal forms in Chinese, the longest first.
        china_chinese: names of China in Chinese, the longest first.
        filler: words such as articles, which are left out.
        common: words that many names have.
        of_every_country: words of names that bodies of many countries have.
        unspecified: words of names that name no organization.
        distinct: words that are no other spellings of words spelled alike.
        synonyms: words that stand for another one, or for several.
        localities: localities by each of their names.
        numbers: numbers by their words.
        kind_groups: the group of each kind of organization.
        shared_names: keys of organizations by normalised names that others have too.
    """

    legal: frozenset[str]
    groups: frozenset[str]
    legal_phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    legal_chinese: tuple[str, ...]
    china_chinese: tuple[str, ...]
    filler: frozenset[str]
    common: frozenset[str]
    of_every_country: frozenset[str]
    unspecified: frozenset[str]
    distinct: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]]
    localities: Mapping[str, str]
    numbers: Mapping[str, int]
    kind_groups: Mapping[str, str]
    shared_names: Mapping[str, str]


@lru_cache(maxsize=1)
def organization_words() -> OrganizationWords:
    """Return the word lists that come with bricoop."""
    document = read_toml(_FILE, _Document, "The word lists of organizations")
    return OrganizationWords(
        frozenset(words_of(f"{document.legal} {document.groups}")),
        frozenset(words_of(document.groups)),
        _by_first_word(document.legal_phrases),
        tuple(sorted(document.legal_chinese, key=_longest)),
        tuple(sorted(document.china_chinese, key=_longest)),
        frozenset(words_of(document.filler)),
        frozenset(words_of(document.common)),
        frozenset(words_of(document.of_every_country)),
        frozenset(words_of(document.unspecified)),
        frozenset(words_of(document.distinct)),
        {word: tuple(words_of(text)) for word, text in document.synonyms.items()},
        {
            name: words_of(line)[0]
            for line in document.localities.names
            for name in words_of(line)
        },
        document.numbers,
        {kind: group for group, kinds in document.kind_groups.items() for kind in kinds},
        {
            normalise(name): key
            for key, names in document.shared_names.items()
            for name in names
        },
    )  # fmt: skip


def _by_first_word(texts: Iterable[str]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    phrases = sorted((tuple(words_of(text)) for text in texts), key=_longest)
    return {
        first: tuple(phrase for phrase in phrases if phrase[0] == first) for first, *_ in phrases
    }


def _longest(form: str | tuple[str, ...]) -> int:
    return -len(form)
