"""Parse the text of a search into required and excluded terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bricoop.domain.names import normalise
from bricoop.domain.tokenizer import is_unspaced_word, runs_of, words_of
from bricoop.errors import UsageError

_QUOTES = '"“”„«»'
_TERM = re.compile(rf"(?:(?<!\S)(-))?(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|([^\s{_QUOTES}]+))")
#: Most words in one search; the databases accept a few hundred.
_MAX_WORDS = 64


@dataclass(frozen=True)
class Term:
    """One or more words that must occur next to each other.

    Attributes:
        words: the words in the form in which they are indexed.
        is_prefix: whether the last word also matches as the beginning of a longer word.
        typed: the term as a person would type it.
    """

    words: tuple[str, ...]
    is_prefix: bool
    typed: str


@dataclass(frozen=True)
class SearchQuery:
    """A parsed search.

    Attributes:
        terms: required terms, in any order and in any text about an entity.
        excluded: terms that must not occur.
        name: normal form of the whole text, to match it as a name.
    """

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...]
    name: str

    @property
    def has_prefixes(self) -> bool:
        """Whether any term matches as the beginning of a word."""
        return any(term.is_prefix for term in self.terms)


def parse(text: str) -> SearchQuery:
    """Parse the text of a search.

    All words are required, in any order; each also matches as the beginning of a word unless it has
    a single letter. Words in quotes form a phrase of whole words. A word after `-` is excluded.
    Text in scripts without spaces matches anywhere.

    Raises:
        UsageError: there is no required word, or there are too many words.
    """
    terms: list[Term] = []
    excluded: list[Term] = []
    for match in _TERM.finditer(text):
        minus, phrase, word = match.groups()
        new_terms = list(_words(word, is_prefix=not minus)) if phrase is None else _phrase(phrase)
        if minus:
            excluded += [_joined(new_terms)] if new_terms else []
        else:
            terms += new_terms
    if not terms:
        hint = "Use letters or digits: bricoop search gwadar port."
        if excluded:
            hint = "Add a word to look for: bricoop search 'port -sea'."
        raise UsageError("There are no words to search for.", hint)
    if sum(len(term.words) for term in (*terms, *excluded)) > _MAX_WORDS:
        raise UsageError(f"There are more than {_MAX_WORDS} words to search for.", "Use fewer.")
    return SearchQuery(_unique(terms), _unique(excluded), normalise(text[: _MAX_WORDS * 100]))


def _words(text: str, *, is_prefix: bool) -> Iterator[Term]:
    for words in runs_of(text):
        typed = "".join(word[:1] if is_unspaced_word(word) else word for word in words)
        yield _term(words, typed, is_prefix=is_prefix)


def _phrase(text: str) -> list[Term]:
    words = words_of(text)
    return [_term(words, f'"{" ".join(text.split())}"', is_prefix=False)] if words else []


def _term(words: list[str], typed: str, *, is_prefix: bool) -> Term:
    last = words[-1]
    if not is_unspaced_word(last):
        return Term(tuple(words), is_prefix and len(last) > 1, typed)
    # Scripts without spaces are indexed as overlapping pairs of characters. The last character
    # typed may begin any pair; if it already ends one, that pair alone is enough.
    if len(words) > 1 and is_unspaced_word(words[-2]) and words[-2].endswith(last):
        pair = words[-2]
        if len(pair) > 1:
            return Term(tuple(words[:-1]), is_prefix=False, typed=typed)
    return Term(tuple(words), is_prefix=True, typed=typed)


def _joined(terms: list[Term]) -> Term:
    """Join the terms of an excluded word such as `-x-ray`, so that it is excluded as a phrase."""
    if len(terms) == 1:
        return terms[0]
    words = tuple(word for term in terms for word in term.words)
    return Term(words, terms[-1].is_prefix, "-".join(term.typed for term in terms))


def _unique(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))
