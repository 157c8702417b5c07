"""The cells of a row that a field is read from, and what reads them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from string import Formatter
from typing import Any

from bricoop.ingest.layouts.clean import Value
from bricoop.ingest.profile.model import FieldRule

#: In a template: a short digest of the record's id.
ID = "#"
#: So many different cells of a column are remembered with their values; longer ones are rare.
REMEMBERED, _LONGEST = 10_000, 100

#: A row's cells, in the order of the file's header.
Cells = Sequence[str]
#: Returns a field's value of a row's cells and of a short digest of its id.
Read = Callable[[Cells, str], Value | None]


@dataclass(frozen=True)
class Columns:
    """The columns of one file.

    Attributes:
        positions: where each of them stands.
        empty: what says nothing in their cells.
    """

    positions: Mapping[str, int]
    empty: frozenset[str]

    def there(self, columns: Iterable[str]) -> list[int]:
        """Return the positions of some columns, as far as the file has them."""
        return [self.positions[name] for name in columns if name in self.positions]

    def cell(
        self, columns: Sequence[str], empty: frozenset[str] | None = None
    ) -> Callable[[Cells], str | None]:
        """Return how the first of some columns is found that says something.

        Args:
            columns: the names of the columns.
            empty: what says nothing in them, where that is not what does so everywhere.
        """
        there = self.there(columns)
        empty = self.empty if empty is None else empty

        def first(cells: Cells) -> str | None:
            for position in there:
                value = cells[position].strip()
                if value and value not in empty:
                    return value
            return None

        if len(there) != 1 or empty:
            return first
        only = there[0]
        return lambda cells: cells[only].strip() or None


def remembering(positions: Sequence[int], value_of: Callable[[Cells], Value | None]) -> Read:
    """Return what reads some cells, whose values are remembered by their texts."""
    if not positions:
        return lambda cells, _: value_of(cells)
    texts_of = itemgetter(*positions)
    known: dict[Any, Value | None] = {}

    def read(cells: Cells, _: str) -> Value | None:
        texts = texts_of(cells)
        if texts in known:
            return known[texts]
        value = value_of(cells)
        if len(known) < REMEMBERED and all(
            len(cells[position]) < _LONGEST for position in positions
        ):
            known[texts] = value
        return value

    return read


def columns_of(rule: FieldRule) -> Iterator[str]:
    """Yield every column that a field is made of or depends on."""
    yield from rule.columns
    for template in rule.templates:
        yield from template_columns(template)
    yield from rule.when
    if rule.estimated:
        yield rule.estimated
    if rule.unless:
        yield rule.unless


def template_columns(template: str) -> Iterator[str]:
    """Yield the columns that a template puts together."""
    names = (name for _, name, _, _ in Formatter().parse(template))
    yield from (name for name in names if name and name != ID)
