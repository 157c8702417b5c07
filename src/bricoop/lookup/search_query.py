"""What a person typed becomes terms that must be there, and terms that must not."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bricoop.domain.names import normalise
from bricoop.domain.tokenizer import is_unspaced_word, runs_of, words_of
from bricoop.errors import UsageError

_QUOTES = '"“”„«»'
_TERM = re.compile(rf"(?:(?<!\S)(-))?(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|([^\s{_QUOTES}]+))")
#: More words than anybody types; databases take a few hundred.
_MAX_WORDS = 64


@dataclass(frozen=True)
class Term:
    """Words that must follow each other.

    Attributes:
        words: the words, as search knows them.
        is_prefix: whether the last one may be the beginning of a word.
        typed: how it is typed again.
    """

    words: tuple[str, ...]
    is_prefix: bool
    typed: str


@dataclass(frozen=True)
class SearchQuery:
    """What is looked for.

    Attributes:
        terms: all of these must be there, in any order, anywhere.
        excluded: none of these may be there.
        name: the form of the name that was typed, if it is one.
    """

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...]
    name: str

    @property
    def has_prefixes(self) -> bool:
        """Whether any word may be the beginning of a word."""
        return any(term.is_prefix for term in self.terms)


def parse(text: str) -> SearchQuery:
    """Return what a text asks for.

    Words must all be there, in any order; each may be the beginning of a word, but for one of a
    single letter. Words in quotes are a phrase of whole words. What follows `-` must not be there.
    Text in scripts without spaces is found anywhere.

    Raises:
        UsageError: there is no word to look for, or there are too many.
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
    # A character that ends what was typed may be followed by any other. Where one goes before it,
    # the pair of them says so already.
    if len(words) > 1 and is_unspaced_word(words[-2]) and words[-2].endswith(last):
        pair = words[-2]
        if len(pair) > 1:
            return Term(tuple(words[:-1]), is_prefix=False, typed=typed)
    return Term(tuple(words), is_prefix=True, typed=typed)


def _joined(terms: list[Term]) -> Term:
    """Return one term of what was typed without spaces: it is excluded as a whole."""
    if len(terms) == 1:
        return terms[0]
    words = tuple(word for term in terms for word in term.words)
    return Term(words, terms[-1].is_prefix, "-".join(term.typed for term in terms))


def _unique(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))
