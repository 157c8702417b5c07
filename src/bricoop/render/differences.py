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
        record = (change, noun, external_id, name)
        if change != "new":
            yield (*record, field, *_excerpts(before, after))
        elif record != new:
            yield (*record, None, None, None)
            new = record


def excerpt(value: Any) -> Any:
    """Return a value, of a long text its beginning."""
    return _excerpt(value, 0)


def _excerpts(before: Any, after: Any) -> tuple[Any, Any]:
    texts = [value for value in (before, after) if isinstance(value, str)]
    if max(map(len, texts), default=0) <= _WHOLE:
        return before, after
    # What both have at the beginning tells nothing, but for the words just before they part.
    start = max(0, _common_length(*texts) - _BEFORE) if len(texts) > 1 else 0
    return _excerpt(before, start), _excerpt(after, start)


def _common_length(text: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(text), len(other)))


def _excerpt(value: Any, start: int) -> Any:
    if not isinstance(value, str):
        return value
    shown = value[start : start + _WHOLE]
    ends = start + _WHOLE >= len(value)
    return f"{'…' if start else ''}{shown}{'' if ends else '…'}"
