"""Which known names are nearest to a word that is none of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.names import normalise

_CLOSEST = 5
_ENOUGH = 75
#: In words as short as this, one letter is most of what they say.
_SHORTEST = 2
#: Texts that share such a part of the words of one of them may mean the same.
_MOST_WORDS = 0.66
#: In shorter words two letters that changed places, one letter, or two letters make another word.
_SWAPPED, _SLIPPED, _SLIPPED_TWICE = 4, 5, 10
#: A name in which more words differ is another name.
_WORDS = 2


def nearest(typed: str, names: Mapping[str, str]) -> list[str]:
    """Return the names, given by their normal forms, that are nearest to what was typed.

    Words that differ by one letter, or by two that changed places, come first: they are the usual
    mistakes of typing, of which a ratio of all letters sees little in a short word.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 (only a name that is not found needs it)

    word = normalise(typed[: SUGGESTED_LENGTH.value + 1])
    near = alike(word, names, limit=4 * _CLOSEST, cutoff=_ENOUGH, scorer=fuzz.WRatio)
    near = [*slips(word, names), *(name for name in near if _shares_words(word, name))]
    return list(dict.fromkeys(names[name] for name in near))[:_CLOSEST]


def _shares_words(word: str, name: str) -> bool:
    """Return whether of a word and a name one has most words of the other, or most letters.

    One word in common is much of a short text, and little of the name that was meant.

    >>> _shares_words("gwadr port", "liaoning port in rzd"), _shares_words("gwadr port", "gwadar")
    (False, True)
    >>> _shares_words("mombasa", "asia")
    False
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 (only a name that is not found needs it)

    if not word.isascii() or fuzz.ratio(word, name) >= _ENOUGH:
        return True
    words, others = (
        [token for token in text.split() if len(token) > _SHORTEST] for text in (word, name)
    )
    return any(
        sum(any(fuzz.ratio(own_word, other) >= _ENOUGH for other in theirs) for own_word in own)
        >= len(own) * _MOST_WORDS
        for own, theirs in ((words, others), (others, words))
    )


def slips(word: str, names: Iterable[str], most: int = 1) -> list[str]:
    """Return the names that differ by so many letters from a word, or as many that changed places.

    Args:
        word: the word.
        names: the names.
        most: by how many letters.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (only a name that is not found needs it)

    if len(word) <= _SHORTEST:
        return []
    return alike(word, names, limit=5, cutoff=most, scorer=OSA.distance)


def alike(
    word: str,
    names: Iterable[str],
    *,
    limit: int,
    cutoff: float,
    scorer: Callable[..., Any] | None = None,
) -> list[str]:
    """Return the names that are most like a word, best first.

    The time grows with the square of the length: what is longer than any name is like none.

    Args:
        word: the word.
        names: the names.
        limit: at most so many are returned.
        cutoff: what a name must score.
        scorer: a scorer of rapidfuzz; None for the usual one.
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a name that is not found needs it)

    if len(word) > SUGGESTED_LENGTH.value:
        return []
    matches = process.extract(
        word, list(names), scorer=scorer or fuzz.WRatio, limit=limit, score_cutoff=cutoff
    )
    return [name for name, _, _ in matches]


def is_slip(typed: str, name: str) -> bool:
    """Return whether two different names differ by no more than slips of typing make.

    They may differ in two words, or in their spaces. Names whose numbers or countries differ, or
    short words, such as `Phase I` and `Phase II`, are different names.

    >>> is_slip("Gwadr Prot", "Gwadar Port"), is_slip("Lot 7 Road", "Lot 8 Road")
    (True, False)
    """
    if max(len(typed), len(name)) > SUGGESTED_LENGTH.value:
        return False
    typed_form, other = normalise(typed), normalise(name)
    if typed_form == other or [*filter(str.isdigit, typed_form)] != [*filter(str.isdigit, other)]:
        return False
    words, others = typed_form.split(), other.split()
    if len(words) != len(others):
        return "".join(words) == "".join(others)
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) <= _WORDS and all(_is_misspelt(*pair) for pair in differing)


def is_one_edit(typed: str, name: str) -> bool:
    """Return whether a name is what was typed but for one letter, or two that changed places.

    Both are normal forms. Short words and names whose digits differ are different names.

    >>> is_one_edit("mombassa", "mombasa"), is_one_edit("mali", "bali")
    (True, False)
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (only a name that is not found needs it)

    if OSA.distance(typed, name, score_cutoff=1) != 1:
        return False
    if [*filter(str.isdigit, typed)] != [*filter(str.isdigit, name)]:
        return False
    words, others = set(typed.split()), set(name.split())
    shortest = min(map(len, words ^ others), default=0)
    least = _SWAPPED if sorted(typed) == sorted(name) else _SLIPPED
    return shortest >= least


def _is_misspelt(word: str, other: str) -> bool:
    """Return whether of two different words one may be the other with a slip of typing."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (the same)

    from bricoop.domain.country_names import alpha2_of  # noqa: PLC0415 (loads many languages)

    shorter = min(len(word), len(other))
    edits = OSA.distance(word, other)
    if sorted(word) == sorted(other):
        return edits == 1 and shorter >= _SWAPPED
    most = 0 if shorter < _SLIPPED else 1 if shorter < _SLIPPED_TWICE else 2
    return edits <= most and not (alpha2_of(word) and alpha2_of(other))


class Suggestions:
    """Hints for unknown words, searched for a limited number of different words only.

    A search compares a word with every known name and takes as long as loading dozens of rows. A
    file with thousands of unknown words must not cost more than one without: after `limit`
    different words the answer is an empty text, and a repeated word is never searched again.
    """

    def __init__(self, search: Callable[[str], str], limit: int) -> None:
        """Remember nothing yet.

        Args:
            search: returns the hint for a word.
            limit: for how many different words it is called.
        """
        self._search = search
        self._limit = limit
        self._hints: dict[str, str] = {}

    def of(self, word: str) -> str:
        """Return the hint for a word, or an empty text once the limit is reached."""
        hint = self._hints.get(word)
        if hint is None:
            if len(self._hints) >= self._limit:
                return ""
            hint = self._hints[word] = self._search(word)
        return hint
