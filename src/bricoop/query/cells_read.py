"""The cells from which a value was read, in one line for people."""

from collections.abc import Mapping
from typing import Any

#: So much of a cell is shown.
_MAX_LENGTH = 80


def cells_read(field: str, value: Any, raw: Mapping[str, str]) -> str:
    """Return the columns and cells of a value, but for what the field and the value say already.

    Args:
        field: the field.
        value: its value.
        raw: the cells by their columns.

    >>> cells_read("countries", ["KEN"], {"Recipient": "Kenya"})
    'Recipient: Kenya'
    >>> cells_read("kind", "port", {"Kind": "Port"}), cells_read("kind", "port", {"kind": "dock"})
    ('', 'dock')
    """
    cells = []
    for column, cell in raw.items():
        text = " ".join(cell.split())
        shown = text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
        if "_".join(column.lower().split()) != field:
            cells.append(f"{column}: {shown}" if text else "")
        elif text.casefold() != _plain(value).casefold():
            cells.append(shown)
    return "; ".join(filter(None, cells))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return str(value)
