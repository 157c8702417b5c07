"""Which known names are nearest to a word that is none of them."""

from collections.abc import Mapping

from bricoop.domain.names import normalise

_CLOSEST = 5
_ENOUGH = 75
#: In words as short as this, one letter is most of what they say.
_SHORTEST = 2


def nearest(typed: str, names: Mapping[str, str]) -> list[str]:
    """Return the names, given by their normal forms, that are nearest to what was typed.

    Words that differ by one letter, or by two that changed places, come first: they are the usual
    mistakes of typing, of which a ratio of all letters sees little in a short word.
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a name that is not found needs it)
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (the same)

    word = normalise(typed)
    near = [
        name
        for name, _, _ in process.extract(
            word, names.keys(), scorer=fuzz.WRatio, limit=4 * _CLOSEST, score_cutoff=_ENOUGH
        )
    ]
    if len(word) > _SHORTEST:
        slips = process.extract(word, names.keys(), scorer=OSA.distance, score_cutoff=1)
        near = [*(name for name, _, _ in slips), *near]
    return list(dict.fromkeys(names[name] for name in near))[:_CLOSEST]
