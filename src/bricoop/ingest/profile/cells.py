"""Access to the cells of a row by column, and the columns that a field depends on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from operator import itemgetter
from string import Formatter
from typing import Any, Protocol

from bricoop.ingest.layouts.clean import Value
from bricoop.ingest.profile.model import FieldRule, RecordRule

#: The placeholder in templates for a short digest of the record's id.
ID = "#"
#: Size of the cache of values per field, in entries, and the largest length of a cached cell.
REMEMBERED, _LONGEST = 10_000, 100
#: A whole number with decimals, as programs write it that know no whole numbers with gaps.
_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)

#: A row's cells, in the order of the file's header.
Cells = Sequence[str]


class Read(Protocol):
    """Reads a field of one row, or of many."""

    def __call__(self, cells: Cells, number: str, /) -> Value | None:
        """Return the value, given the cells of a row and a short digest of the record's id."""

    def column(self, rows: "SelectedRows") -> Iterable[Value | None]:
        """Return the value in each row."""


class SelectedRows(Protocol):
    """Rows of a file, by row and by column."""

    def column(self, position: int) -> Sequence[str]:
        """Return the cells of a column."""

    def where(self, selector: Sequence[Any]) -> "SelectedRows":
        """Return the rows for which the selector has a true value."""

    def each(self) -> Iterator[tuple[Cells, str]]:
        """Yield the cells of each row, and a short digest of its record's id."""


@dataclass(frozen=True)
class Columns:
    """The columns of one file.

    Attributes:
        positions: their positions in a row, by name.
        empty: texts that stand for a missing value.
        whole_numbers: the positions of the columns of whole numbers.
    """

    positions: Mapping[str, int]
    empty: frozenset[str]
    whole_numbers: frozenset[int] = frozenset()

    def positions_of(self, columns: Iterable[str]) -> list[int]:
        """Return the positions of columns, without those that the file lacks."""
        return [self.positions[name] for name in columns if name in self.positions]

    def cell(
        self, columns: Sequence[str], empty: frozenset[str] | None = None
    ) -> Callable[[Cells], str | None]:
        """Return a function that gives the first cell with a value, stripped, or None.

        Args:
            columns: the names of the columns, in the order in which they are tried.
            empty: texts that stand for a missing value, if they differ from those of the file.
        """
        positions = self.positions_of(columns)
        empty = self.empty if empty is None else empty
        whole_numbers = self.whole_numbers.intersection(positions)

        def first(cells: Cells) -> str | None:
            for position in positions:
                value = cells[position].strip()
                if value and value not in empty:
                    return whole_number(value) if position in whole_numbers else value
            return None

        if len(positions) != 1 or empty or whole_numbers:
            return first
        only = positions[0]
        return lambda cells: cells[only].strip() or None


def whole_number(text: str) -> str:
    """Return a whole number without its decimals, and any other text unchanged.

    >>> whole_number("201.0"), whole_number("201.5")
    ('201', '201.5')
    """
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


class RowRead:
    """A reader that looks at one row at a time."""

    def __init__(self, read: Callable[[Cells, str], Value | None]) -> None:
        """Use a function of the cells of a row and a short digest of the record's id."""
        self._read = read

    def __call__(self, cells: Cells, number: str, /) -> Value | None:
        """Return the value in one row."""
        return self._read(cells, number)

    def column(self, rows: SelectedRows) -> Iterable[Value | None]:
        """Return the value in each row."""
        return starmap(self._read, rows.each())


class CellRead:
    """A reader of one cell without a cache, for texts, which seldom repeat."""

    def __init__(self, position: int, value_of: Callable[[str], Value | None]) -> None:
        """Read the cell at a position by a function of its text."""
        self._position = position
        self._value_of = value_of

    def __call__(self, cells: Cells, _: str, /) -> Value | None:
        """Return the value in one row."""
        return self._value_of(cells[self._position])

    def column(self, rows: SelectedRows) -> Iterable[Value | None]:
        """Return the value in each row."""
        return map(self._value_of, rows.column(self._position))


class CachedRead(dict[Any, Value | None]):
    """A reader that caches values by the texts of the cells on which they depend.

    Columns of published files repeat few values, which are expensive to parse.
    """

    def __init__(
        self,
        positions: Sequence[int],
        value_of: Callable[[Cells], Value | None],
        added: list[tuple["CachedRead", Any]],
    ) -> None:
        """Start with an empty cache.

        Args:
            positions: the positions of the cells.
            value_of: returns the value, given these cells by position.
            added: receives each reader and key that is added to a cache.
        """
        super().__init__()
        self._positions = positions
        self._value_of: Callable[[Any], Value | None] = value_of
        self._added = added
        self._texts_of = itemgetter(*positions)

    def __call__(self, cells: Cells, _: str, /) -> Value | None:
        """Return the value in one row."""
        return self[self._texts_of(cells)]

    def column(self, rows: SelectedRows) -> Iterable[Value | None]:
        """Return the value in each row."""
        columns = [rows.column(position) for position in self._positions]
        return map(
            self.__getitem__, columns[0] if len(columns) == 1 else zip(*columns, strict=True)
        )

    def __missing__(self, key: Any) -> Value | None:
        """Read a value, and cache it unless a text is long or the cache is full."""
        texts = (key,) if len(self._positions) == 1 else key
        value = self._value_of(dict(zip(self._positions, texts, strict=True)))
        if len(self) < REMEMBERED and all(len(text) < _LONGEST for text in texts):
            self[key] = value
            self._added.append((self, key))
        return value


class ConditionalRead:
    """A reader that gives a value only in rows that meet a condition."""

    def __init__(self, condition: Read, read: Read) -> None:
        """Read a row by `read` if `condition` gives a true value."""
        self._condition = condition
        self._read = read

    def __call__(self, cells: Cells, number: str, /) -> Value | None:
        """Return the value in one row."""
        return self._read(cells, number) if self._condition(cells, number) else None

    def column(self, rows: SelectedRows) -> Iterable[Value | None]:
        """Return the value in each row."""
        met = list(self._condition.column(rows))
        values = iter(self._read.column(rows.where(met))) if any(met) else iter(())
        return [next(values) if is_met else None for is_met in met]


def columns_of(rule: FieldRule) -> Iterator[str]:
    """Yield every column that a rule of a field reads, including those of conditions."""
    yield from rule.columns
    for template in rule.templates:
        yield from template_columns(template)
    yield from rule.when
    if rule.estimated:
        yield rule.estimated
    if rule.unless:
        yield rule.unless


def used_by(rule: RecordRule) -> Iterator[str]:
    """Yield every column that a rule of a record reads, including those of ids."""
    yield from rule.id
    for field in rule.fields:
        yield from columns_of(field)


def template_columns(template: str) -> Iterator[str]:
    """Yield the columns named in a template."""
    names = (name for _, name, _, _ in Formatter().parse(template))
    yield from (name for name in names if name and name != ID)
