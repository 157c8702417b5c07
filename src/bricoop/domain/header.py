"""The header of a file whose rows became records: what each cell of a record was, and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Header:
    """The columns of a file that records of one noun keep, in the file's order.

    Attributes:
        columns: their headers.
        origins: for each native field the columns that it was read from; an empty name stands
            before those that are read only where the ones before it say nothing.
        letters: in a sheet, the letter of each column; empty elsewhere.
    """

    columns: tuple[str, ...]
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    def said(self, raw: Sequence[str]) -> dict[str, str]:
        """Return the cells of a record that say something, under their headers."""
        pairs = zip(self.columns, raw, strict=False)
        return {column: cell for column, cell in pairs if cell.strip()}

    def read_from(self, raw: Sequence[str], name: str) -> dict[str, str]:
        """Return the cells from which a field was read, under their headers."""
        said, found = self.said(raw), dict[str, str]()
        for column in self.origins.get(name, ()):
            if found and not column:
                break
            if column in said:
                found[column] = said[column]
        return found

    def column_of(self, raw: Sequence[str], name: str) -> str:
        """Return the column in which what is wrong with a field is to be corrected."""
        found = next(iter(self.read_from(raw, name)), None)
        return found or next(iter(self.origins.get(name, ())), name)

    def letter_of(self, column: str) -> str:
        """Return the letter of a column in its sheet, or an empty string."""
        return self.letters[self.columns.index(column)] if self.letters else ""
