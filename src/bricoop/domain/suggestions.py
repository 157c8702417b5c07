"""Finds known names that are similar to an unknown word."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from operator import attrgetter

from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.names import normalise

_CLOSEST = 5
_ENOUGH = 75
#: Words up to this length are not compared: one letter is most of them.
_SHORTEST = 2
#: The least share of the words of one of two texts that the other must have.
_MOST_WORDS = 0.66
#: The least lengths of words for which exchanged letters, one other letter and two other letters
#: count as slips; shorter words are different words.
_SWAPPED, _SLIPPED, _SLIPPED_TWICE = 4, 5, 10
#: The most words in which a misspelt name may differ.
_WORDS = 2


class Measure(Enum):
    """How names are compared with a word; the values are scorers of rapidfuzz.

    `RATIO` and `WEIGHTED_RATIO` are similarities from 0 to 100, the latter also of parts and of
    words in another order. `EDITS` is a number of edits, `EDIT_SIMILARITY` its share from 0 to 1.
    """

    RATIO = "fuzz.ratio"
    WEIGHTED_RATIO = "fuzz.WRatio"
    EDITS = "distance.OSA.distance"
    EDIT_SIMILARITY = "distance.OSA.normalized_similarity"


def nearest(typed: str, names: Mapping[str, str]) -> list[str]:
    """Return the names (values of a dictionary by normal form) most similar to a text, best first.

    Names that differ by one letter, or by two exchanged letters, come first: these are the usual
    slips of typing, which a similarity ratio underrates in short words.
    """
    word = normalise(typed[: SUGGESTED_LENGTH.value + 1])
    near = alike(word, names, limit=4 * _CLOSEST, cutoff=_ENOUGH)
    near = [*slips(word, names), *(name for name in near if _shares_words(word, name))]
    return list(dict.fromkeys(names[name] for name in near))[:_CLOSEST]


def _shares_words(word: str, name: str) -> bool:
    """Return whether a text and a name share most words of either, or most letters.

    Without this test, one word in common with a short text would make any long name similar.

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
    """Return the names within an edit distance of a word; exchanging two letters is one edit.

    Args:
        word: the word.
        names: the names.
        most: the largest distance.
    """
    if len(word) <= _SHORTEST:
        return []
    return alike(word, names, limit=_CLOSEST, cutoff=most, measure=Measure.EDITS)


def alike(
    word: str,
    names: Iterable[str],
    *,
    limit: int,
    cutoff: float,
    measure: Measure = Measure.WEIGHTED_RATIO,
) -> list[str]:
    """Return the names most similar to a word, best first; see `compared`."""
    return [name for name, _ in compared(word, names, measure, limit=limit, cutoff=cutoff)]


def compared(
    word: str, names: Iterable[str], measure: Measure, *, limit: int, cutoff: float
) -> list[tuple[str, float]]:
    """Return the names most similar to a word, each with its similarity or distance, best first.

    The time grows with the square of the length, so overlong words yield nothing.

    Args:
        word: the word.
        names: the names.
        measure: how to compare them.
        limit: the most names to return.
        cutoff: the least similarity, or the largest distance, depending on the measure.
    """
    import rapidfuzz  # noqa: PLC0415 (only a name that is not found needs it)
    import rapidfuzz.distance  # noqa: PLC0415 (the same)

    if len(word) > SUGGESTED_LENGTH.value:
        return []
    scorer = attrgetter(measure.value)(rapidfuzz)
    matches = rapidfuzz.process.extract(
        word, list(names), scorer=scorer, limit=limit, score_cutoff=cutoff
    )
    return [(name, score) for name, score, _ in matches]


def is_slip(typed: str, name: str) -> bool:
    """Return whether two names probably differ by slips of typing only.

    They may differ in two words, or in spaces. Names that differ in digits, countries or short
    words, such as `Phase I` and `Phase II`, are different names.

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
    """Return whether two normalised names differ by one letter, or two exchanged letters.

    Names that differ in short words or in digits are different names.

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
    """Return whether one of two different words may be a misspelling of the other."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (the same)

    from bricoop.domain.country_names import alpha2_of  # noqa: PLC0415 (loads many languages)

    shorter = min(len(word), len(other))
    edits = OSA.distance(word, other)
    if sorted(word) == sorted(other):
        return edits == 1 and shorter >= _SWAPPED
    most = 0 if shorter < _SLIPPED else 1 if shorter < _SLIPPED_TWICE else 2
    return edits <= most and not (alpha2_of(word) and alpha2_of(other))


class Suggestions:
    """Cached hints for unknown words, for a limited number of different words.

    A search compares a word with every known name and takes as long as loading dozens of rows. So
    that a file with thousands of unknown words does not take much longer, there are no hints after
    `limit` different words, and repeated words are not searched again.
    """

    def __init__(self, search: Callable[[str], str], limit: int) -> None:
        """Begin with an empty cache.

        Args:
            search: returns the hint for a word.
            limit: the most different words that are searched.
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
