"""Finds the words that two names share, also in other spellings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.fuzz import ratio

#: Shorter words are compared exactly: one letter makes another word of them.
_SHORTEST = 5
#: The least similarity of two spellings of a word, of 100.
_SIMILAR = 80.0


@dataclass(frozen=True, slots=True)
class SharedWords:
    """The words that two names share.

    Attributes:
        equal: words of both, sorted.
        similar: pairs of different spellings, sorted; each word is in one pair.
        only_left: the other words of the left name.
        only_right: the other words of the right name.
    """

    equal: tuple[str, ...]
    similar: tuple[tuple[str, str], ...]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]


def shared_words(words: Sequence[str], others: Sequence[str]) -> SharedWords:
    """Return the words that two names share; the sides only change sides if they are exchanged."""
    on_right = frozenset(others)
    equal = tuple(sorted(word for word in words if word in on_right))
    left_rest = tuple(word for word in words if word not in equal)
    right_rest = tuple(word for word in others if word not in equal)
    similar = _similar(left_rest, right_rest)
    if similar:
        left_rest = _without(left_rest, [pair[0] for pair in similar])
        right_rest = _without(right_rest, [pair[1] for pair in similar])
    return SharedWords(equal, similar, left_rest, right_rest)


def _similar(words: Sequence[str], others: Sequence[str]) -> tuple[tuple[str, str], ...]:
    scored = [
        (similarity, first, second)
        for first in words
        if len(first) >= _SHORTEST
        for second in others
        if len(second) >= _SHORTEST and (similarity := _similarity(first, second))
    ]
    # The most similar first, and then in an order that does not depend on the sides.
    scored.sort(key=lambda item: (-item[0], sorted(item[1:])))
    pairs: list[tuple[str, str]] = []
    used_left: set[str] = set()
    used_right: set[str] = set()
    for _, first, second in scored:
        if first not in used_left and second not in used_right:
            used_left.add(first)
            used_right.add(second)
            pairs.append((first, second))
    return tuple(sorted(pairs))


@lru_cache(maxsize=262_144)
def _similarity(first: str, second: str) -> float:
    """Return the similarity of two words, or 0 if they are not similar."""
    return ratio(*sorted((first, second)), score_cutoff=_SIMILAR)


def _without(words: Sequence[str], others: Collection[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in others)
