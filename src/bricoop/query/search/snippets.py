"""Snippets: excerpts of texts around the matched words, with the offsets of the matches."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bricoop.domain.tokenizer import LONGEST, Located, is_unspaced_word, located
from bricoop.lookup.search_query import Term
from bricoop.query.search.evidence import Text

#: Texts up to this length are shown whole; of longer ones, characters before a match and in all.
_MAX_WHOLE, _BEFORE, _LENGTH = 120, 40, 110
#: Most excerpts from one text.
_MAX_PIECES = 3
#: Distance in characters within which a cut is moved to a space.
_NEAR = 16
_SEPARATOR = " | "
#: Characters that may belong to a word, or to its letters, other than ASCII ones.
_FOLDED = re.compile("[^\x00-\xa0\u2000-\u206f]")
_SPACES = str.maketrans("\r\n\t\v\f\x85\u2028\u2029", " " * 8)

Span = tuple[int, int]


@dataclass(frozen=True)
class Snippet:
    """Excerpts that show why an entity was found.

    Attributes:
        text: the joined excerpts.
        hits: offsets of the matches in `text`: first character, and the one after the last.
        texts: the texts from which the excerpts are taken.
    """

    text: str
    hits: tuple[Span, ...]
    texts: tuple[Text, ...]


def snippet_of(texts: Sequence[Text], terms: Sequence[Term]) -> Snippet:
    """Return excerpts of texts that together contain all terms, as far as any text does.

    Texts are chosen greedily: each time the first text with the most terms not yet covered.
    """
    spans: list[list[list[Span]]] = []
    lacking = set(range(len(terms)))
    chosen: list[int] = []
    for text in texts:
        spans.append(_spans_of(text.text, terms))
        if all(spans[-1]):
            # No text has more terms, so that those after it need not be split into words.
            chosen, lacking = [len(spans) - 1], set()
            break
    while lacking and texts:
        counts = [sum(bool(term_spans[term]) for term in lacking) for term_spans in spans]
        best = counts.index(max(counts))
        if not counts[best]:
            break
        chosen.append(best)
        lacking -= {term for term in lacking if spans[best][term]}
    shown, hits = "", []
    for index in chosen:
        piece, marks = _excerpt(texts[index].text.translate(_SPACES), spans[index])
        start = len(shown) + (len(_SEPARATOR) if shown else 0)
        shown = f"{shown}{_SEPARATOR}{piece}" if shown else piece
        hits += [(start + first, start + last) for first, last in marks]
    return Snippet(shown, tuple(hits), tuple(texts[index] for index in chosen))


def has_all(text: Text, terms: Sequence[Term]) -> bool:
    """Return whether a text contains all terms."""
    return all(_spans_of(text.text, terms))


def _spans_of(text: str, terms: Sequence[Term]) -> list[list[Span]]:
    """Return the matches of each term in a text."""
    if _is_plain(text, terms):
        return [_plain_spans(text, term) for term in terms]
    words = _words(text)
    return [_spans(words, term) for term in terms]


@lru_cache(maxsize=128)
def _words(text: str) -> list[Located]:
    """Return the words of a text, which are needed to judge it, and then to cut it."""
    return located(text)


def _is_plain(text: str, terms: Sequence[Term]) -> bool:
    """Return whether the words of a text are its runs of ASCII letters and digits, as written."""
    if not text.isascii() and _FOLDED.search(text):
        return False
    # An ampersand is the word "and".
    return "&" not in text or not any("and".startswith(term.words) for term in terms)


def _plain_spans(text: str, term: Term) -> list[Span]:
    """Return the matches of a term in a plain text, ten times as fast as word by word."""
    return [match.span(1) for match in _pattern(term).finditer(text)]


@lru_cache(maxsize=64)
def _pattern(term: Term) -> re.Pattern[str]:
    """Return the pattern of a term in plain text, within a lookahead, as matches may overlap."""
    rest = "[A-Za-z0-9]*"
    # Words are indexed up to a length.
    words = [re.escape(word) + (rest if len(word) == LONGEST else "") for word in term.words]
    end = rest if term.is_prefix else "(?![A-Za-z0-9])"
    phrase = "[^A-Za-z0-9&]+".join(words)
    return re.compile(f"(?<![A-Za-z0-9])(?=({phrase}{end}))", re.ASCII | re.IGNORECASE)


def _spans(words: Sequence[Located], term: Term) -> list[Span]:
    expected, length = term.words, len(term.words)
    spans = []
    for index in range(len(words) - length + 1):
        if all(words[index + at].word == expected[at] for at in range(length - 1)):
            last = words[index + length - 1]
            if last.word == expected[-1]:
                spans.append((words[index].start, last.end))
            elif term.is_prefix and last.word.startswith(expected[-1]):
                spans.append((words[index].start, _end(words, index + length - 1)))
    return spans


def _end(words: Sequence[Located], index: int) -> int:
    """Return the end of a match by prefix: the end of the word, or of a single character."""
    last = words[index]
    if is_unspaced_word(last.word) and index + 1 < len(words):
        return words[index + 1].start
    return last.end


def _excerpt(text: str, spans: Sequence[Sequence[Span]]) -> tuple[str, list[Span]]:
    """Return a text, or excerpts of a long one, with the offsets of the matches in it.

    Args:
        text: the text.
        spans: the matches of each term in the text.
    """
    every = _merged(span for term_spans in spans for span in term_spans)
    if len(text) <= _MAX_WHOLE:
        return text, every
    lacking = [term_spans for term_spans in spans if term_spans]
    pieces: list[Span] = []
    while lacking and len(pieces) < _MAX_PIECES:
        start = _best_start(every, lacking)
        pieces.append(_piece(text, start))
        first, last = pieces[-1]
        lacking = [
            term_spans
            for term_spans in lacking
            if not any(first <= a and b <= last for a, b in term_spans)
        ]
    shown, hits, before = "", [], 0
    for first, last in _merged(pieces):
        gap = " … " if shown else "… "
        shown += gap if first > before else ""
        shift = len(shown) - first
        hits += [(a + shift, b + shift) for a, b in every if first <= a and b <= last]
        shown += text[first:last]
        before = last
    return (f"{shown} …" if before < len(text) else shown), hits


def _piece(text: str, hit: int) -> Span:
    start = max(0, hit - _BEFORE)
    end = min(len(text), start + _LENGTH)
    first = _cut(text, start, hit) if start else 0
    return first, _cut_back(text, end) if end < len(text) else end


def _best_start(every: Sequence[Span], spans: Sequence[Sequence[Span]]) -> int:
    """Return the start of the match that is followed by the most terms within an excerpt."""

    def held(start: int) -> int:
        reach = start + _LENGTH - _BEFORE - _NEAR
        return sum(any(start <= a and b <= reach for a, b in term_spans) for term_spans in spans)

    starts = [start for start, _ in every]
    best = max(starts, key=held)
    # A phrase longer than an excerpt fits nowhere: its beginning is shown.
    return best if held(best) else spans[0][0][0]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut(text: str, position: int, hit: int) -> int:
    match = re.search(r"\s\S", text[position - 1 : min(position + _NEAR, hit + 1)])
    return position + match.start() if match else position


def _cut_back(text: str, position: int) -> int:
    space = text.rfind(" ", position - _NEAR, position + 1)
    return space if space > 0 else position
