"""Translates words in headings and cells from several languages."""

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bricoop.domain.names import is_unspaced, normalise

_FOLDER = Path(__file__).resolve().parents[2] / "profiles" / "words"
#: Prefix of words that may be part of longer words, as all Chinese words may.
_WITHIN_WORDS = "~"
#: Prefix of words that are English words as well: they are only translated in foreign headers.
_DOUBTFUL = "?"


@lru_cache(maxsize=512)
def in_english(heading: str, *, is_foreign: bool = True) -> str:
    """Return a heading of lower-case words with known foreign words translated to English.

    Args:
        heading: the heading.
        is_foreign: whether other headings are foreign, or their language is unknown.

    >>> in_english("date de signature"), in_english("签约日期")
    ('date de signature', 'sign date')
    >>> in_english("land area", is_foreign=False)
    'land area'
    """
    english, every, undoubted = _headings()
    foreign = every if is_foreign else undoubted
    return " ".join(foreign.sub(lambda match: f" {english[match[0]]} ", heading).split())


def is_foreign(heading: str) -> bool:
    """Return whether a heading of lower-case words has a word that is not English."""
    english, _, undoubted = _headings()
    return any(english[word[0]] != word[0] for word in undoubted.finditer(heading))


@lru_cache(maxsize=1)
def meanings() -> dict[str, dict[str, str]]:
    """Return for each vocabulary, by its class name, the codes of further words."""
    codes: dict[str, dict[str, str]] = {}
    for row in _rows("values.csv"):
        words = dict.fromkeys(map(normalise, row["words"].split(";")), row["code"])
        codes.setdefault(row["vocabulary"], {}).update(words)
    return codes


@lru_cache(maxsize=1)
def _headings() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """Return translations to English, a pattern for all words, and one without doubtful words.

    Longer words are matched first.
    """
    english: dict[str, str] = {}
    within_words: set[str] = set()
    doubtful: set[str] = set()
    for row in _rows("headings.csv"):
        for word in row["words"].split(";"):
            plain = normalise(word)
            english[plain] = row["meaning"]
            if _WITHIN_WORDS in word or is_unspaced(plain):
                within_words.add(plain)
            if _DOUBTFUL in word:
                doubtful.add(plain)
    # The longest first: a word for investor may begin with the word for investment.
    words = sorted(english, key=len, reverse=True)
    patterns = {
        word: re.escape(word) if word in within_words else rf"\b{re.escape(word)}\b"
        for word in words
    }
    undoubted = (pattern for word, pattern in patterns.items() if word not in doubtful)
    return english, re.compile("|".join(patterns.values())), re.compile("|".join(undoubted))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
