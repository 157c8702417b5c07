"""Unpivoting: columns whose headings are values, such as years, become rows."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, overload

from bricoop.domain.cell_choice import accepted
from bricoop.errors import DataRejectedError
from bricoop.ingest.profile.model import Unpivot

#: A span of headings, such as 2000..2021.
_SPAN = re.compile(r"(\d{1,4})\.\.(\d{1,4})", re.ASCII)


class _Spread(Sequence[str]):
    """The cells of a row, followed by the heading and the value of one unpivoted column.

    This is a view: a row of a thousand such columns becomes a thousand of these, and copying the
    cells for each would take time and memory quadratic in the width.
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
    """The columns of a file that become rows.

    Attributes:
        name: the position of the heading of a cell, after the cells of the file.
        value: the position of the cell itself, after the cells of the file.
        columns: the position and the heading of each column that becomes rows.
        empty: texts that stand for a missing value.
    """

    name: int
    value: int
    columns: Sequence[tuple[int, str]]
    empty: Collection[str]

    def cells_of(self, cells: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the cells of a row once for each of these columns with a value."""
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
    """Return the columns of a file that become rows.

    Args:
        rule: the rule of the profile.
        printed: the headings of the file.
        used: columns that records read themselves, which no pattern matches.
        empty: texts that stand for a missing value.
        file: the name of the file, for messages.

    Raises:
        DataRejectedError: there are no such columns, or the file already has a column with the name
            of a virtual column.
    """
    for name in (rule.name, rule.value):
        if name in printed:
            message = f"{file} has a column {name!r} already."
            raise DataRejectedError(message, "Choose another name under [unpivot].")
    # A heading that is named in full becomes rows even if a record reads it; a pattern leaves it.
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
