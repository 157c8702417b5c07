"""The words of `words.toml`: what tells nothing in names of projects and organizations."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bricoop.domain.documents import Table, read_toml
from bricoop.domain.tokenizer import words_of

_FILE = Path(__file__).with_name("words.toml")


class _Document(Table, frozen=True):
    boilerplate: str
    common: str
    of_organizations: str
    unspecified: str
    lenders: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class WordLists:
    """The word lists.

    Attributes:
        boilerplate: words that are left out of names of projects.
        common: words of names that many projects have.
        of_organizations: words that are left out of names of organizations.
        unspecified: words of names that name no organization.
        lenders: codes of known lenders, with the sets of words of their names; longer ones first.
    """

    boilerplate: frozenset[str]
    common: frozenset[str]
    of_organizations: frozenset[str]
    unspecified: frozenset[str]
    lenders: tuple[tuple[frozenset[str], str], ...]


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """Return the word lists that come with bricoop."""
    document = read_toml(_FILE, _Document, "The word lists of the matching")
    lenders = [
        (frozenset(words_of(name)), code)
        for code, names in document.lenders.items()
        for name in names
    ]
    return WordLists(
        frozenset(words_of(document.boilerplate)),
        frozenset(words_of(document.common)),
        frozenset(words_of(document.of_organizations)),
        frozenset(words_of(document.unspecified)),
        # The Export-Import Bank of China is no Bank of China: entries stand in order of precedence.
        tuple(sorted(lenders, key=lambda pair: -len(pair[0]))),
    )
