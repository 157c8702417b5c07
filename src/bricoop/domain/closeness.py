"""Which known names are nearest to a word that is none of them."""

from collections.abc import Mapping

from bricoop.domain.names import normalise

_CLOSEST = 5
_ENOUGH = 75


def nearest(typed: str, names: Mapping[str, str]) -> list[str]:
    """Return the names, given by their normal forms, that are nearest to what was typed."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a name that is not found needs it)

    near = process.extract(
        normalise(typed), names.keys(), scorer=fuzz.WRatio, limit=4 * _CLOSEST, score_cutoff=_ENOUGH
    )
    return list(dict.fromkeys(names[word] for word, _, _ in near))[:_CLOSEST]
