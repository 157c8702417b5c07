"""Assigns the columns of an unknown file, each at most once, and finds what identifies rows."""

import re
from collections.abc import Callable, Iterator, Sequence

from bricoop.domain.names import is_unspaced
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import fits_template, headings_of
from bricoop.ingest.profile.sample import Sample
from bricoop.ingest.profile.toml_text import listed, quoted
from bricoop.ingest.profile.unpivot_guesses import YearColumn, free_name, year_columns

_LONGEST_ID = 100
_LONGEST_TITLE = 200
#: The largest number of columns in an id, if no single column identifies rows.
_TOGETHER = 8
_NEARLY_ALL = 0.9


class Columns:
    """The columns of one file.

    Attributes:
        sample: the beginning of the file.
        headings: the headings as lower-case words, by the names of columns.
        raw: the cells of each column that are not empty.
        values: the same, without texts that stand for a missing value.
        years: columns of amounts whose headings are years.
        year: the name of the virtual column with their headings.
        yearly: the name of the virtual column with their cells.
        used: the columns that are assigned, in order of assignment.
        id: the column that identifies rows; empty if there is none.
        id_is_country: whether that is a country, with one row for each country.
    """

    def __init__(self, sample: Sample, stem: str) -> None:
        """Find the column that identifies rows, and years; `stem` is the prefix of keys."""
        self.sample = sample
        self._stem = stem
        self.headings = headings_of(filter(None, sample.header))
        self.raw = {name: sample.values(name) for name in self.headings}
        # Missing values are declared as `empty`, and ignored when columns are recognized.
        self.values = {name: _without_missing_values(cells) for name, cells in self.raw.items()}
        self.years: list[YearColumn] = year_columns(self.values)
        self._year_names = {column.name for column in self.years}
        self.used: dict[str, None] = dict.fromkeys(column.name for column in self.years)
        self.year = free_name("Year", sample.header)
        self.yearly = free_name("Amount", sample.header)
        self.id_is_country = False
        self.id = self.take((r"\bid\b", r"\b(no|nr|code|ref|reference|key|number)\b"), self.is_id)

    def all_of(
        self, pattern: str, test: Callable[[list[str]], bool] = bool, not_: str = ""
    ) -> Iterator[str]:
        """Yield unassigned columns whose cells and heading fit; `not_` excludes headings."""
        for name, heading in self.headings.items():
            cells = self.values[name]
            if name in self.used or not cells or (not_ and re.search(not_, heading)):
                continue
            if re.search(pattern, heading) and test(cells):
                yield name

    def take(
        self, patterns: Sequence[str], test: Callable[[list[str]], bool] = bool, not_: str = ""
    ) -> str:
        """Assign and return the first column that fits, as in `all_of`; empty if there is none."""
        for pattern in patterns:
            for name in self.all_of(pattern, test, not_):
                self.used[name] = None
                return name
        return ""

    def is_full(self, name: str) -> bool:
        """Return whether a column has a value in every row."""
        return len(self.values[name]) >= len(self.sample.rows)

    def is_id(self, cells: list[str]) -> bool:
        """Return whether cells are different in every row."""
        return len(cells) == len(self.sample.rows) == len(set(cells))

    def may_be_titles(self, cells: list[str]) -> bool:
        """Return whether cells may be names of projects: different texts of several words."""
        words = sum(" " in cell or is_unspaced(cell) for cell in cells)
        return (
            guesses.may_be_names(cells)
            and len(set(cells)) == len(cells) >= _NEARLY_ALL * len(self.sample.rows)
            and words * 2 >= len(cells)
            and max(map(len, cells)) <= _LONGEST_TITLE
            and not any("://" in cell for cell in cells)
        )

    def identity(self, more: Sequence[str] = ()) -> list[str]:
        """Return the lines of the keys `id`, with further columns, and `ordinal` of a record."""
        if self.id:
            return [f"id = {listed([self.id, *more])}"]
        if self.years and (columns := self._identifying_columns()):
            return [
                "# Check: no column is different in every row, but these are together.",
                f"id = {listed([*columns, *more])}",
            ]
        repeated = [name for name, heading in self.headings.items()
                    if re.search(r"\bid\b", heading) and self.is_full(name)]  # fmt: skip
        again = [
            f"# Check: {quoted(name)} is the same in several rows: are they parts of one thing?"
            for name in repeated
        ]
        return [
            *again,
            "# Check: no column is different in every row. A row is known again by these cells;",
            "# rows that are alike in them are told apart by their order.",
            f"id = {listed([*self._filled(), *more])}", "ordinal = true",
        ]  # fmt: skip

    def key(self) -> str:
        """Return the template for keys of projects, as a TOML string."""
        if self.id and self.id_is_country:
            return quoted(f"{self._stem}-{self.country_in_template(self.id)}")
        columns = [self.id] if fits_template(self.id) else []
        if self.years and not self.id:
            columns = self._identifying_columns()
        return quoted("-".join([self._stem, *(f"{{{name}}}" for name in columns or ["#"])]))

    def country_in_template(self, column: str) -> str:
        """Return the placeholder for a country, or for the bare cell if some cells are unknown."""
        is_known = not guesses.unknown_countries(self.values[column])
        return f"{{{column}:country}}" if is_known else f"{{{column}}}"

    def _identifying_columns(self) -> list[str]:
        """Return the columns that together identify rows, if templates can name them."""
        columns = self._filled()
        positions = [self.sample.header.index(name) for name in columns]
        cells = [[row[at].strip() for at in positions if at < len(row)] for row in self.sample.rows]
        whole = all(len(row) == len(columns) and all(row) for row in cells)
        apart = whole and len({tuple(row) for row in cells}) == len(cells)
        return columns if apart and all(map(fits_template, columns)) else []

    def _filled(self) -> list[str]:
        """Return the first columns with short values in nearly all rows, preferably not numbers."""
        least = _NEARLY_ALL * len(self.sample.rows)
        good = [
            name
            for name, cells in self.values.items()
            if len(cells) >= least and max(map(len, cells), default=0) <= _LONGEST_ID
        ]
        # An amount or a year may be corrected in a later edition, and would change the id.
        words = [name for name in good if not guesses.is_number(self.values[name])]
        other = [name for name in good if name not in self._year_names]
        return (words or other or list(self.headings))[:_TOGETHER]


def _without_missing_values(cells: list[str]) -> list[str]:
    """Return the cells that are not missing values; among codes of countries, NA is Namibia."""
    saying = [cell for cell in cells if cell.casefold() not in guesses.SAYS_NOTHING]
    if len(saying) == len(cells) or not guesses.are_country_codes(saying):
        return saying
    unique = {*saying}
    return [cell for cell in cells if cell in unique or guesses.are_country_codes([cell])]
