"""Matches words of an unknown file with the codes of a vocabulary, and proposes maps."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import label
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.heading_translations import meanings
from bricoop.ingest.profile.toml_text import quoted

#: The largest number of unknown words listed in a map.
_MOST_LISTED = 30
_MOST = 0.9
_SHORTEST_STEM = 5


def has_known(vocabulary: type[StrEnum], cells: list[str]) -> bool:
    """Return whether at least a third of the cells are known words of a vocabulary."""
    codes = _known(cells, vocabulary)
    return sum(cell in codes for cell in cells) * 3 >= len(cells)


def are_known(vocabulary: type[StrEnum], cells: list[str]) -> bool:
    """Return whether nearly all cells are known words of a vocabulary, and not all mean `other`."""
    codes = _known(cells, vocabulary)
    is_plain = {*codes.values()} <= {"other"}
    return not is_plain and sum(cell in codes for cell in cells) >= _MOST * len(cells)


def code_of(word: str, vocabulary: type[StrEnum]) -> str:
    """Return the code that a word means; empty if it is unknown."""
    codes = _codes(vocabulary)
    plain = normalise(word)
    return codes.get(plain) or codes.get(_stem(plain), "")


def _stem(word: str) -> str:
    """Return a word without plural and gender endings, as of `achevées` and `terminada`.

    Short words are returned unchanged, as their stems are ambiguous: a press is not a `presa`.
    """
    stem = word.removesuffix("s").rstrip("aeo")
    return stem if len(stem) >= _SHORTEST_STEM else word


def _known(cells: list[str], vocabulary: type[StrEnum]) -> dict[str, str]:
    """Return the codes of the different words that are known."""
    words = {cell: code_of(cell, vocabulary) for cell in dict.fromkeys(cells)}
    return {word: code for word, code in words.items() if code}


@lru_cache(maxsize=8)
def _codes(vocabulary: type[StrEnum]) -> dict[str, str]:
    """Return the codes of a vocabulary by words and by stems of words."""
    codes = {normalise(member.value): member.value for member in vocabulary}
    codes |= {normalise(label(member.value)): member.value for member in vocabulary}
    # Further words come last, as one of them may be spelled like the plural of another.
    codes |= {f"{word}s": code for word, code in codes.items()}
    codes |= meanings().get(vocabulary.__name__, {})
    return {_stem(word): code for word, code in codes.items()} | codes


def map_of(key: str, cells: list[str], vocabulary: type[StrEnum]) -> Iterator[str]:
    """Yield the lines of a map for the words of a column; unknown words are comments."""
    codes = _known(cells, vocabulary)
    yield f"[maps.{key}]"
    yield from (f"{quoted(word)} = {quoted(code)}" for word, code in codes.items())
    others = [word for word, _ in Counter(cells).most_common() if word not in codes][:_MOST_LISTED]
    if others:
        yield f"# Check: left out, as no {key} is named so; give each its code, or none."
        yield from (f'# {quoted(word)} = ""' for word in others)


def map_of_places(unknown: list[str]) -> Iterator[str]:
    """Yield the lines of a map in which words that are no countries have an empty meaning."""
    yield "[maps.countries]"
    yield '# Check: write what each means, or leave "" for no country.'
    for word in unknown[:_MOST_LISTED]:
        near = guesses.near_place(word)
        yield f'{quoted(word)} = ""' + (f"  # {quoted(near)}?" if near else "")
    yield ""
