"""Columns that are values, such as years or countries: each of a row's cells becomes a record."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from bricoop.errors import DataRejectedError
from bricoop.ingest.profile.model import Unpivot
from bricoop.ingest.profile.patterns import accepted

#: A span of numbers, such as 2000..2021.
_SPAN = re.compile(r"(\d{1,4})\.\.(\d{1,4})", re.ASCII)


class Unpivoted(NamedTuple):
    """Where the columns that become rows stand in the cells of a row.

    Attributes:
        name: the position of the header of a cell, which is behind the cells of the file.
        value: the position of the cell itself, likewise.
        columns: the position and the printed header of each column that becomes rows.
        empty: cells that say nothing.
    """

    name: int
    value: int
    columns: Sequence[tuple[int, str]]
    empty: Collection[str]

    def cells_of(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the cells of a row once for each column that says something in it."""
        for position, title in self.columns:
            given = cells[position].strip()
            if given and given not in self.empty:
                one = list(cells)
                one[self.name], one[self.value] = title, given
                yield one


def unpivoted(
    rule: Unpivot, printed: Sequence[str], empty: Collection[str], file: str
) -> Unpivoted:
    """Return where the columns of a file stand that become rows.

    Raises:
        DataRejectedError: there are none, or the file has a column of the name that they are to
            get.
    """
    for name in (rule.name, rule.value):
        if name in printed:
            message = f"{file} has a column {name!r} already."
            raise DataRejectedError(message, "Choose another name under [unpivot].")
    found = [
        (position, title)
        for position, title in enumerate(printed)
        if title and any(_is_of(title, one) for one in rule.columns)
    ]
    if not found:
        message = f"{file} has none of the columns that become rows: {'; '.join(rule.columns)}."
        raise DataRejectedError(message, "Is it of this layout, and is the header row right?")
    width = len(printed)
    return Unpivoted(width, width + 1, found, empty)


def _is_of(title: str, column: str) -> bool:
    span = _SPAN.fullmatch(column)
    if span and title.isascii() and title.isdigit():
        return int(span[1]) <= int(title) <= int(span[2])
    return accepted([column])(title.casefold())
