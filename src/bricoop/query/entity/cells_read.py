"""A one-line description of the source cells from which a value was read."""

from collections.abc import Mapping

from bricoop.domain.cells import Cell
from bricoop.domain.names import shortened

#: Longer cells are cut to this many characters.
_MAX_LENGTH = 80


def cells_read(field: str, value: Cell, raw: Mapping[str, str]) -> str:
    """Describe the source cells of a value, without what the field name and value say already.

    Args:
        field: name of the field.
        value: its cleaned value.
        raw: the source cells by column name.

    >>> cells_read("countries", ["KEN"], {"Recipient": "Kenya"})
    'Recipient: Kenya'
    >>> cells_read("kind", "port", {"Kind": "Port"}), cells_read("kind", "port", {"kind": "dock"})
    ('', 'dock')
    """
    cells = []
    for column, cell in raw.items():
        text = " ".join(cell.split())
        shown = shortened(text, _MAX_LENGTH)
        if "_".join(column.lower().split()) != field:
            cells.append(f"{column}: {shown}" if text else "")
        elif text.casefold() != _plain(value).casefold():
            cells.append(shown)
    return "; ".join(filter(None, cells))


def _plain(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return str(value)
