"""What a record said at one time: its fields, and the cells that it keeps; how two differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bricoop.domain.header import Header


@dataclass(frozen=True)
class Content:
    """What a record says.

    Attributes:
        fields: the cleaned values under their native names.
        raw: the cells as read.
        header: what those cells are.
    """

    fields: Mapping[str, Any]
    raw: Sequence[str]
    header: Header


class Difference(NamedTuple):
    """One thing in which two contents differ: a field's values, or a column's cells."""

    name: str
    before: Any
    after: Any


def differing(before: Content, after: Content) -> list[Difference]:
    """Return in what two contents differ.

    That are fields, and columns that no field is read from. Where only the way of writing a value
    differs, and no field does, its column stands under its header. Contents without any difference
    say the same, though their files may have their columns in another order.
    """
    fields = list(_unlike(before.fields, after.fields))
    cells = _unlike(before.header.said(before.raw), after.header.said(after.raw))
    if not fields:
        return list(cells)
    read = before.header.read | after.header.read
    return fields + [cell for cell in cells if cell.name not in read]


def _unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Difference(name, before.get(name), after.get(name))
