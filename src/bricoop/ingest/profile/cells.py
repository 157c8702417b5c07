"""Access to the cells of a row by column, and the columns that a field depends on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from string import Formatter
from typing import Any

from bricoop.ingest.layouts.clean import Value
from bricoop.ingest.profile.model import FieldRule, RecordRule

#: The placeholder in templates for a short digest of the record's id.
ID = "#"
#: Size of the cache of values per field, in entries, and the largest length of a cached cell.
REMEMBERED, _LONGEST = 10_000, 100

#: A row's cells, in the order of the file's header.
Cells = Sequence[str]
#: Returns the value of a field, given the cells of a row and a short digest of the record's id.
Read = Callable[[Cells, str], Value | None]


@dataclass(frozen=True)
class Columns:
    """The columns of one file.

    Attributes:
        positions: their positions in a row, by name.
        empty: texts that stand for a missing value.
    """

    positions: Mapping[str, int]
    empty: frozenset[str]

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

        def first(cells: Cells) -> str | None:
            for position in positions:
                value = cells[position].strip()
                if value and value not in empty:
                    return value
            return None

        if len(positions) != 1 or empty:
            return first
        only = positions[0]
        return lambda cells: cells[only].strip() or None


def remembering(positions: Sequence[int], value_of: Callable[[Cells], Value | None]) -> Read:
    """Return a reader that caches values by the texts of the cells at some positions.

    Columns of published files repeat few values, which are expensive to parse.
    """
    if not positions:
        return lambda cells, _: value_of(cells)
    texts_of = itemgetter(*positions)
    values: dict[Any, Value | None] = {}

    def read(cells: Cells, _: str) -> Value | None:
        texts = texts_of(cells)
        if texts in values:
            return values[texts]
        value = value_of(cells)
        if len(values) < REMEMBERED and all(
            len(cells[position]) < _LONGEST for position in positions
        ):
            values[texts] = value
        return value

    return read


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
