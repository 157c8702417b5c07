"""Splits texts into words for full-text search, alike for documents and for search terms."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bricoop.domain.names import PUNCTUATION, fold

#: Length to which words are truncated.
LONGEST = 64
#: Characters of scripts without spaces; the same as those of `names.is_unspaced`.
_UNSPACED = (
    "\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf"
    "\u3031-\u3035\u3041-\u30ff\u31c0-\u31ff\u3200-\u33ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f"
    "\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
#: Characters that may belong to a word before folding; general punctuation never does.
_CHUNK = re.compile("[a-z0-9\u00a1-\u1fff\u2070-\U0010ffff]+")
_SPAN = re.compile("&|[A-Za-z0-9\u00a1-\u1fff\u2070-\U0010ffff]+")
#: A character with its combining marks.
_CLUSTER = re.compile(r".[\u0300-\u036f\u3099\u309a]*", re.DOTALL)
#: Translation table that folds ASCII text: letters to lower case, punctuation to spaces.
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


class Located(NamedTuple):
    """A word, and its position in the original text."""

    word: str
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """Return the words of a text, in order.

    Text in scripts without spaces is split into overlapping pairs of characters, and the last
    character alone. So any substring of it can be found as a phrase.

    >>> words_of("Côte d'Ivoire, 中国路桥")
    ['cote', 'd', 'ivoire', '中国', '国路', '路桥', '桥']
    """
    if len(text) <= LONGEST and text.isascii() and text.isalnum():
        return [text.lower()]  # a single word, as most ids are
    return worded(text).split()


def worded(text: str) -> str:
    """Return the words of a text, separated by one or more spaces.

    >>> worded("Côte d'Ivoire").split()
    ['cote', 'd', 'ivoire']
    """
    if "&" in text:
        text = text.replace("&", " and ")
    if not text.isascii():
        for mark in PUNCTUATION:
            text = text.replace(mark, " ")
    if not text.isascii():
        pieces = text.lower().split()
        for index, piece in enumerate(pieces):
            if not piece.isascii():
                pieces[index] = _plain(piece)
        text = " ".join(pieces)
    words = text.translate(_ASCII)
    if _has_too_long(words):
        return " ".join(word[:LONGEST] for word in words.split())
    return words


def located(text: str) -> list[Located]:
    """Return the words of a text with their positions in it."""
    words: list[Located] = []
    for match in _SPAN.finditer(text):
        start, chunk = match.start(), match.group()
        if chunk == "&":
            words.append(Located("and", start, start + 1))
        elif chunk.isascii():
            words.append(Located(chunk.lower()[:LONGEST], start, match.end()))
        else:
            words.extend(_located(chunk, start))
    return words


def runs_of(text: str) -> list[list[str]]:
    """Return the words of each space-separated term of a search; they must follow each other.

    A term is usually one word; in scripts without spaces it is a phrase of several.
    """
    return [words for chunk in fold(text).split() if (words := words_of(chunk))]


def is_unspaced_word(word: str) -> bool:
    """Return whether a word begins with a character of a script without spaces."""
    return _HAS_UNSPACED.match(word) is not None


def _has_too_long(words: str) -> bool:
    """Return whether any word exceeds `LONGEST`; jumps from space to space for speed."""
    start, last = 0, len(words) - LONGEST
    while start < last:
        space = words.rfind(" ", start, start + LONGEST + 1)
        if space < 0:
            return True
        start = space + 1
    return False


def _plain(piece: str) -> str:
    """Return the words of a text without spaces, separated by spaces."""
    return " ".join(word for chunk in _CHUNK.findall(piece) for word in _folded(chunk))


@lru_cache(maxsize=16_384)
def _folded(chunk: str) -> tuple[str, ...]:
    folded = fold(chunk)
    if not _HAS_UNSPACED.search(folded):
        return tuple(folded.split())
    return tuple(word for section in folded.split() for word, _, _ in _split_scripts(section))


def _split_scripts(word: str) -> Iterator[Located]:
    """Split a folded word into runs of one kind of script, and unspaced runs into pairs."""
    for match in _RUN.finditer(word):
        run, start = match.group(), match.start()
        if not is_unspaced_word(run):
            yield Located(run, start, match.end())
            continue
        for index in range(len(run)):
            pair = run[index : index + 2]
            yield Located(pair, start + index, start + index + len(pair))


def _located(chunk: str, start: int) -> Iterator[Located]:
    whole = fold(chunk.lower())
    folded_clusters: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _CLUSTER.finditer(chunk):
        folded = fold(match.group().lower()) or " "
        folded_clusters.append(folded)
        spans += [(start + match.start(), start + match.end())] * len(folded)
    joined = "".join(folded_clusters)
    if " ".join(joined.split()) != whole:
        # Folding depends on neighbouring characters here, so exact positions are unknown: each word
        # gets the position of the whole chunk.
        for word in _folded(chunk.lower()):
            yield Located(word[:LONGEST], start, start + len(chunk))
        return
    for match in re.finditer(r"\S+", joined):
        for word, first, last in _split_scripts(match.group()):
            begin, end = spans[match.start() + first], spans[match.start() + last - 1]
            yield Located(word[:LONGEST], begin[0], end[1])
