"""The header of a loaded file, which maps the raw cells of a record to columns and fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bricoop.domain.cell_choice import Choice


@dataclass(frozen=True)
class Header:
    """The columns whose raw cells the records of one noun keep, in the file's order.

    Attributes:
        columns: their headers.
        origins: for each native field how it is read; the first choice that yields a value is used.
        letters: the letters of the columns in a sheet; empty for other files.
    """

    columns: tuple[str, ...]
    origins: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    def said(self, raw: Sequence[str]) -> dict[str, str]:
        """Return the cells of a record that are not blank, by column."""
        pairs = zip(self.columns, raw, strict=False)
        return {column: cell for column, cell in pairs if cell.strip()}

    @cached_property
    def read(self) -> frozenset[str]:
        """The columns that fields are read from."""
        return frozenset(column for name in self.origins for column in self.columns_of(name))

    def columns_of(self, name: str) -> list[str]:
        """Return every column that a field may be read from, in the order of the choices."""
        every = (column for choice in self.origins.get(name, ()) for column in choice.columns)
        return list(dict.fromkeys(every))

    def of_records(self, external_id: str) -> "Header":
        """Return the header with those choices only that apply to a record."""
        own = {name: _own(choices, external_id) for name, choices in self.origins.items()}
        return replace(self, origins=own)

    def read_from(self, raw: Sequence[str], name: str, external_id: str = "") -> dict[str, str]:
        """Return the cells from which a field was read, by column.

        Args:
            raw: the cells of the record.
            name: the field.
            external_id: the id of the record.
        """
        filled = self.said(raw)
        for choice in _own(self.origins.get(name, ()), external_id):
            cells = choice.read(filled)
            if cells is not None:
                return cells
        return {}

    def column_of(self, raw: Sequence[str], name: str, external_id: str = "") -> str:
        """Return the column in which to correct a field: the first one that it was read from."""
        column = next(iter(self.read_from(raw, name, external_id)), None)
        return column or next(iter(self.columns_of(name)), name)

    def letter_of(self, column: str) -> str:
        """Return the letter of a column in its sheet; an empty string for other files."""
        return self.letters[self.columns.index(column)] if self.letters else ""


def _own(choices: Sequence[Choice], external_id: str) -> tuple[Choice, ...]:
    """Return the choices that apply to a record: those with the longest matching id prefix."""
    fitting = [choice for choice in choices if external_id.startswith(choice.record)]
    longest = max((len(choice.record) for choice in fitting), default=0)
    return tuple(choice for choice in fitting if len(choice.record) == longest)
