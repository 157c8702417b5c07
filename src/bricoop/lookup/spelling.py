"""Spelling corrections for a search without results, from the words in the database."""

from collections.abc import Callable, Iterator
from itertools import islice, product

from sqlalchemy import Connection, select

from bricoop.db.schema import search_word
from bricoop.domain.suggestions import Measure, compared
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.lookup.search_query import SearchQuery, Term

#: Limits: suggestions returned, candidates for each word, texts searched for, words corrected.
_MAX_SUGGESTIONS, _MAX_SIMILAR, _MAX_TRIED, _MAX_CORRECTED = 3, 6, 40, 4
_MIN_SIMILARITY = 0.6
#: Shorter words are not corrected: too many words are similar to them.
_MIN_LENGTH = 3


def suggestions(
    connection: Connection, query: SearchQuery, finds: Callable[[str], bool]
) -> list[str]:
    """Return corrected texts that have results, the most similar first.

    Args:
        connection: an open connection.
        query: the search without results.
        finds: returns whether a text has results.
    """
    vocabulary = list(connection.scalars(select(search_word.c.word).order_by(search_word.c.word)))
    choices = [_choices(term, vocabulary, finds) for term in query.terms]
    if choices == [[term.typed] for term in query.terms]:
        return []
    texts = islice(_corrected(query, choices), _MAX_TRIED)
    return list(islice((text for text in texts if finds(text)), _MAX_SUGGESTIONS))


def _choices(term: Term, vocabulary: list[str], finds: Callable[[str], bool]) -> list[str]:
    """Return the candidates for a term; the term itself comes first if it has results alone."""
    if not _is_correctable(term):
        return [term.typed]
    similar = _similar_words(term.words[0], vocabulary)
    return [term.typed, *similar] if not similar or finds(term.typed) else similar


def _corrected(query: SearchQuery, choices: list[list[str]]) -> Iterator[str]:
    """Yield the text with every combination of candidates, the lowest sum of ranks first."""
    several = [index for index, words in enumerate(choices) if len(words) > 1]
    # The number of combinations grows exponentially: only the first few words are corrected.
    for index in several[_MAX_CORRECTED:]:
        choices[index] = choices[index][:1]
    ordered = sorted(product(*map(enumerate, choices)), key=_total_rank)
    excluded = [f"-{term.typed}" for term in query.excluded]
    for chosen in ordered:
        yield " ".join((*(word for _, word in chosen), *excluded))


def _total_rank(choice: tuple[tuple[int, str], ...]) -> int:
    return sum(rank for rank, _ in choice)


def _similar_words(word: str, vocabulary: list[str]) -> list[str]:
    measure, limit = Measure.EDIT_SIMILARITY, 4 * _MAX_SIMILAR
    near = compared(word, vocabulary, measure, limit=limit, cutoff=_MIN_SIMILARITY)
    ranked = sorted((-score, candidate[0] != word[0], candidate) for candidate, score in near)
    return [candidate for _, _, candidate in ranked if candidate != word][:_MAX_SIMILAR]


def _is_correctable(term: Term) -> bool:
    first, *more = term.words
    return not more and len(first) >= _MIN_LENGTH and not is_unspaced_word(first)
