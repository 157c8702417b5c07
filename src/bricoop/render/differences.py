"""What differs, for people: a line for what is new, and of long texts the part that differs."""

from collections.abc import Iterable, Iterator
from typing import Any

from bricoop.query.question import Row

#: Texts up to this length are shown whole, and so much of longer ones, with a little before it.
_WHOLE, _BEFORE = 60, 15


def shortened(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of differences, the last two columns of which are what was before and after.

    A record that is new has one row, without its fields.
    """
    new: Row = ()
    for change, noun, external_id, name, field, before, after in rows:
        told = (change, noun, external_id, name)
        if change != "new":
            yield (*told, field, *_parts(before, after))
        elif told != new:
            yield (*told, None, None, None)
            new = told


def first_part(value: Any) -> Any:
    """Return a value, of a long text its beginning."""
    return _part(value, 0)


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
