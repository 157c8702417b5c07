"""References to raw cells, which replace long values in the stored fields of a record.

A record keeps its cells as read, and a long text that was cleaned is often the same text again.
So `record.fields` stores `{"cell": 12}` for the text of the cell at that index of `record.raw`, and
`{"cell": 30, "separator": "|"}` for the texts between separators. No value of a field is an object
otherwise. `db/full_fields.py` restores the values in SQL.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Characters removed from both ends of cells and their parts. Listed, instead of all white space,
#: because SQL has to remove the same ones.
BLANKS = " \t\n\r\u00a0"
#: Separators of lists. JSON writes them as they are, which splitting in SQLite relies on.
SEPARATORS = ("|", ";", ",")
#: The first characters of a reference in JSON; within a JSON string, quotes would be escaped.
MARK = '{"cell":'
#: Values with fewer characters are stored themselves.
_SHORTEST = 40

Reference = dict[str, Any]


class Shortener:
    """Replaces the long values of records that share a header by references to their cells."""

    def __init__(self, names: Iterable[str]) -> None:
        """Remember the names of the fields to replace; other fields are never replaced."""
        #: The last reference of each field: nearly always, the next record has the same one.
        self._last: dict[str, Reference] = {name: {"cell": 0} for name in names}

    def shortened(self, fields: Mapping[str, Any], raw: Sequence[str]) -> Mapping[str, Any]:
        """Return the fields to store; a value is replaced only if its cell restores it exactly.

        Args:
            fields: the cleaned values by field name; not modified.
            raw: the cells of the record.
        """
        stored: dict[str, Any] = {}
        for name, last in self._last.items():
            value = fields.get(name)
            if value is None or _length(value) < _SHORTEST:
                continue
            reference = last if _refers(last, raw, value) else _reference_to(value, raw)
            if reference is not None:
                self._last[name] = stored[name] = reference
        return {**fields, **stored} if stored else fields


def restored(fields: Mapping[str, Any], raw: Sequence[str]) -> dict[str, Any]:
    """Return the full values of stored fields, in the same order.

    Raises:
        LookupError: a reference is to a cell that does not exist.
    """
    return {
        name: _referenced(value, raw) if is_reference(value) else value
        for name, value in fields.items()
    }


def is_reference(value: object) -> bool:
    """Return whether a value of a stored field is a reference of the form that bricoop writes."""
    if type(value) is not dict or type(value.get("cell")) is not int or value["cell"] < 0:
        return False
    return len(value) == 1 or (len(value) == 2 and value.get("separator") in SEPARATORS)  # noqa: PLR2004


def _length(value: str | Sequence[str]) -> int:
    return len(value) if isinstance(value, str) else sum(map(len, value))


def _referenced(reference: Reference, raw: Sequence[str]) -> str | list[str]:
    cell = raw[reference["cell"]].strip(BLANKS)
    if len(reference) == 1:
        return cell
    texts = [text.strip(BLANKS) for text in cell.split(reference["separator"])]
    return [text for text in texts if text]


def _refers(reference: Reference, raw: Sequence[str], value: str | Sequence[str]) -> bool:
    return reference["cell"] < len(raw) and _referenced(reference, raw) == value


def _reference_to(value: str | Sequence[str], raw: Sequence[str]) -> Reference | None:
    """Return a reference that restores a value, or None if no cell contains it."""
    length = _length(value)
    for index, cell in enumerate(raw):
        if len(cell) >= length:
            for candidate in _references(index, is_list=not isinstance(value, str)):
                if _refers(candidate, raw, value):
                    return candidate
    return None


def _references(index: int, *, is_list: bool) -> list[Reference]:
    if not is_list:
        return [{"cell": index}]
    return [{"cell": index, "separator": separator} for separator in SEPARATORS]
