"""What differs, for people: of long texts the part in which they do."""

from collections.abc import Iterable, Iterator
from typing import Any

from bricoop.query.question import Row

#: Texts up to this length are shown whole, and so much of longer ones, with a little before it.
_WHOLE, _BEFORE = 60, 15


def shortened(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of differences, the last two columns of which are what was before and after."""
    for *told, before, after in rows:
        yield (*told, *_parts(before, after))


def _parts(before: Any, after: Any) -> tuple[Any, Any]:
    texts = [one for one in (before, after) if isinstance(one, str)]
    if max(map(len, texts), default=0) <= _WHOLE:
        return before, after
    # What both have at the beginning tells nothing, but for the words just before they part.
    start = max(0, _alike(*texts) - _BEFORE) if len(texts) > 1 else 0
    return _part(before, start), _part(after, start)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _part(value: Any, start: int) -> Any:
    if not isinstance(value, str):
        return value
    shown = value[start : start + _WHOLE]
    ends = start + _WHOLE >= len(value)
    return f"{'…' if start else ''}{shown}{'' if ends else '…'}"
