"""What may have been meant where nothing is found: known words like those that were typed."""

from collections.abc import Callable, Iterator
from itertools import islice, product

from sqlalchemy import Connection, select

from bricoop.db.schema import search_word
from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.lookup.search_query import Term, Wanted

#: So many suggestions are made, out of so many like words for each; so many are tried, with
#: so many words corrected.
_OFFERED, _LIKE, _TRIED, _MENDED = 3, 6, 40, 4
_LIKENESS = 0.6
#: Of a shorter word too many are alike.
_SHORTEST = 3


def suggestions(connection: Connection, wanted: Wanted, finds: Callable[[str], bool]) -> list[str]:
    """Return texts with other words, each of which finds something, the likest first.

    Args:
        connection: an open connection.
        wanted: what was typed and found nothing.
        finds: whether a text finds anything.
    """
    known = list(connection.scalars(select(search_word.c.word).order_by(search_word.c.word)))
    choices = [_choices(term, known, finds) for term in wanted.terms]
    if choices == [[term.typed] for term in wanted.terms]:
        return []
    tried = islice(_corrected(wanted, choices), _TRIED)
    return list(islice((text for text in tried if finds(text)), _OFFERED))


def _choices(term: Term, known: list[str], finds: Callable[[str], bool]) -> list[str]:
    """Return what a term may have meant: itself first, if it finds anything by itself."""
    if not _is_mendable(term):
        return [term.typed]
    like = _like(term.words[0], known)
    return [term.typed, *like] if not like or finds(term.typed) else like


def _corrected(wanted: Wanted, choices: list[list[str]]) -> Iterator[str]:
    """Yield the text with other words, those first that are likest together."""
    several = [place for place, words in enumerate(choices) if len(words) > 1]
    # Of many words only some are corrected: all their choices together would be too many to order.
    for place in several[_MENDED:]:
        choices[place] = choices[place][:1]
    ordered = sorted(product(*map(enumerate, choices)), key=lambda one: sum(at for at, _ in one))
    excluded = [f"-{term.typed}" for term in wanted.excluded]
    for chosen in ordered:
        yield " ".join((*(word for _, word in chosen), *excluded))


def _like(word: str, known: list[str]) -> list[str]:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (only a search without hits needs it)
    from rapidfuzz.process import extract  # noqa: PLC0415 (the same)

    # What is longer than any name is like none, and finding that out would take long.
    if len(word) > SUGGESTED_LENGTH.value:
        return []
    near = extract(
        word, known, scorer=OSA.normalized_similarity, limit=4 * _LIKE, score_cutoff=_LIKENESS
    )
    ranked = sorted((-score, found[0] != word[0], found) for found, score, _ in near)
    return [found for _, _, found in ranked if found != word][:_LIKE]


def _is_mendable(term: Term) -> bool:
    first, *more = term.words
    return not more and len(first) >= _SHORTEST and not is_unspaced_word(first)
