"""Columns that are values, such as years or countries: each of a row's cells becomes a record."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, overload

from bricoop.domain.cell_choice import accepted
from bricoop.errors import DataRejectedError
from bricoop.ingest.profile.model import Unpivot

#: A span of numbers, such as 2000..2021.
_SPAN = re.compile(r"(\d{1,4})\.\.(\d{1,4})", re.ASCII)


class _Spread(Sequence[str]):
    """The cells of a row behind which stand one of them and its header.

    A row of a thousand such columns becomes a thousand of these: none copies its cells.
    """

    __slots__ = ("_behind", "_cells")

    def __init__(self, cells: Sequence[str], behind: dict[int, str]) -> None:
        self._cells = cells
        self._behind = behind

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return list(self)[at]
        replaced = self._behind.get(at)
        return self._cells[at] if replaced is None else replaced


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
            value = cells[position].strip()
            if value and value not in self.empty:
                yield _Spread(cells, {self.name: title, self.value: value})


def unpivoted(
    rule: Unpivot,
    printed: Sequence[str],
    used: Collection[str],
    empty: Collection[str],
    file: str,
) -> Unpivoted:
    """Return where the columns of a file stand that become rows.

    Args:
        rule: which they are.
        printed: the header of the file.
        used: columns that records use themselves: they are meant only where they are named.
        empty: cells that say nothing.
        file: the name of the file, for messages.

    Raises:
        DataRejectedError: there are none, or the file has a column of the name that they are to
            get.
    """
    for name in (rule.name, rule.value):
        if name in printed:
            message = f"{file} has a column {name!r} already."
            raise DataRejectedError(message, "Choose another name under [unpivot].")
    columns = [
        (position, title)
        for position, title in enumerate(printed)
        if title in rule.columns
        or (title and title not in used and any(_is_of(title, pattern) for pattern in rule.columns))
    ]
    if not columns:
        message = f"{file} has none of the columns that become rows: {'; '.join(rule.columns)}."
        raise DataRejectedError(message, "Does it have this layout, and is the header row right?")
    width = len(printed)
    return Unpivoted(width, width + 1, columns, empty)


def _is_of(title: str, column: str) -> bool:
    span = _SPAN.fullmatch(column)
    if span and title.isascii() and title.isdigit():
        return int(span[1]) <= int(title) <= int(span[2])
    return accepted([column])(title.casefold())
