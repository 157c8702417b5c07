"""The columns of an unknown file, each of which is given one meaning; and what tells rows apart."""

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
#: So many columns tell rows apart that no column tells apart alone.
_TOGETHER = 8
_NEARLY_ALL = 0.9


class Columns:
    """The columns of one file.

    Attributes:
        sample: the beginning of the file.
        headings: the names of columns as lower-case words.
        raw: what the cells of each column say.
        values: likewise, without cells that say that they say nothing.
        years: columns that are years, with amounts in them.
        year: what the column of their names is to be called.
        yearly: what the column of their cells is to be called.
        used: the columns that have a meaning, in the order in which they got it.
        id: the column that tells rows apart; empty where none does.
        id_is_country: whether that is the country, each of which has one row.
    """

    def __init__(self, sample: Sample, stem: str) -> None:
        """Look for the columns that tell rows apart, and for those that are years.

        Args:
            sample: the beginning of the file, without totals and footers.
            stem: what keys begin with.
        """
        self.sample = sample
        self._stem = stem
        self.headings = headings_of(filter(None, sample.header))
        self.raw = {name: sample.values(name) for name in self.headings}
        # What says nothing is declared as `empty`, and tells nothing of a column.
        self.values = {name: _saying(cells) for name, cells in self.raw.items()}
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
        """Yield the columns without a meaning whose headings and cells fit."""
        for name, heading in self.headings.items():
            cells = self.values[name]
            if name in self.used or not cells or (not_ and re.search(not_, heading)):
                continue
            if re.search(pattern, heading) and test(cells):
                yield name

    def take(
        self, patterns: Sequence[str], test: Callable[[list[str]], bool] = bool, not_: str = ""
    ) -> str:
        """Return the first column that fits a pattern, and give it a meaning; or none."""
        for pattern in patterns:
            for name in self.all_of(pattern, test, not_):
                self.used[name] = None
                return name
        return ""

    def is_full(self, name: str) -> bool:
        """Return whether a column says something in every row."""
        return len(self.values[name]) >= len(self.sample.rows)

    def is_id(self, cells: list[str]) -> bool:
        """Return whether cells tell all rows apart."""
        return len(cells) == len(self.sample.rows) == len(set(cells))

    def may_be_titles(self, cells: list[str]) -> bool:
        """Return whether cells may be what projects are called: texts of words, all different."""
        words = sum(" " in cell or is_unspaced(cell) for cell in cells)
        return (
            guesses.may_be_names(cells)
            and len(set(cells)) == len(cells) >= _NEARLY_ALL * len(self.sample.rows)
            and words * 2 >= len(cells)
            and max(map(len, cells)) <= _LONGEST_TITLE
            and not any("://" in cell for cell in cells)
        )

    def identity(self, more: Sequence[str] = ()) -> list[str]:
        """Return the lines that say by what a row is known again.

        Args:
            more: further columns that belong to it.
        """
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
        """Return the template of a project's key, quoted."""
        if self.id and self.id_is_country:
            return quoted(f"{self._stem}-{self.country_in_template(self.id)}")
        columns = [self.id] if fits_template(self.id) else []
        if self.years and not self.id:
            columns = self._identifying_columns()
        return quoted("-".join([self._stem, *(f"{{{name}}}" for name in columns or ["#"])]))

    def country_in_template(self, column: str) -> str:
        """Return how a template names a country: by its cell where some are not known."""
        is_known = not guesses.unknown_countries(self.values[column])
        return f"{{{column}:country}}" if is_known else f"{{{column}}}"

    def _identifying_columns(self) -> list[str]:
        """Return the columns that tell rows apart together, where a key can be made of them."""
        columns = self._filled()
        positions = [self.sample.header.index(name) for name in columns]
        cells = [[row[at].strip() for at in positions if at < len(row)] for row in self.sample.rows]
        whole = all(len(row) == len(columns) and all(row) for row in cells)
        apart = whole and len({tuple(row) for row in cells}) == len(cells)
        return columns if apart and all(map(fits_template, columns)) else []

    def _filled(self) -> list[str]:
        """Return the first columns that say something short in nearly every row."""
        least = _NEARLY_ALL * len(self.sample.rows)
        good = [
            name
            for name, cells in self.values.items()
            if len(cells) >= least and max(map(len, cells), default=0) <= _LONGEST_ID
        ]
        # An amount or a year that is corrected would make a row another one.
        words = [name for name in good if not guesses.is_number(self.values[name])]
        other = [name for name in good if name not in self._year_names]
        return (words or other or list(self.headings))[:_TOGETHER]


def _saying(cells: list[str]) -> list[str]:
    """Return the cells that say something; among codes of countries NA is Namibia."""
    saying = [cell for cell in cells if cell.casefold() not in guesses.SAYS_NOTHING]
    if len(saying) == len(cells) or not guesses.are_country_codes(saying):
        return saying
    unique = {*saying}
    return [cell for cell in cells if cell in unique or guesses.are_country_codes([cell])]
