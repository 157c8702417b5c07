"""Differences of loads shortened for people: new records in one row, excerpts of long texts."""

from collections.abc import Iterable, Iterator

from bricoop.domain.cells import Cell, Row

#: The maximum length of an excerpt, and the characters before the first difference in it.
_WHOLE, _BEFORE = 60, 15


def shortened(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of differences with excerpts of long values before and after.

    A new record becomes a single row without fields.
    """
    new: Row = ()
    for change, noun, external_id, name, field, before, after in rows:
        record = (change, noun, external_id, name)
        if change != "new":
            yield (*record, field, *_excerpts(before, after))
        elif record != new:
            yield (*record, None, None, None)
            new = record


def excerpt(value: Cell) -> Cell:
    """Return a value, or the beginning of a long text."""
    return _excerpt(value, 0)


def _excerpts(before: Cell, after: Cell) -> tuple[Cell, Cell]:
    texts = [value for value in (before, after) if isinstance(value, str)]
    if max(map(len, texts), default=0) <= _WHOLE:
        return before, after
    # Skip the common beginning except for some context before the first difference.
    start = max(0, _common_length(*texts) - _BEFORE) if len(texts) > 1 else 0
    return _excerpt(before, start), _excerpt(after, start)


def _common_length(text: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(text), len(other)))


def _excerpt(value: Cell, start: int) -> Cell:
    if not isinstance(value, str):
        return value
    shown = value[start : start + _WHOLE]
    ends = start + _WHOLE >= len(value)
    return f"{'…' if start else ''}{shown}{'' if ends else '…'}"
