"""The content of one version of a record, and the differences between two versions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bricoop.domain.header import Header


@dataclass(frozen=True)
class Content:
    """The content of one version of a record.

    Attributes:
        fields: the cleaned values, by name of the native field.
        raw: the cells as read, in the order of the header's columns.
        header: the columns of these cells.
    """

    fields: Mapping[str, Any]
    raw: Sequence[str]
    header: Header


class Difference(NamedTuple):
    """A field or column whose values differ between two contents."""

    name: str
    before: Any
    after: Any


def differing(before: Content, after: Content) -> list[Difference]:
    """Return the differences of two contents; the order of columns does not matter.

    These are the fields that differ, and the columns that differ and no field is read from. If no
    field differs, all columns that differ are returned: a value may just be written differently.
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
