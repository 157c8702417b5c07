"""Collects how numbers, dates and missing values are written in an unknown file."""

from collections.abc import Iterator, Sequence

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.toml_text import listed, quoted


class Styles:
    """The styles of one file, as far as its columns have shown.

    Attributes:
        numbers: the style of numbers.
        patterns: the patterns of dates.
        dated: the columns of dates, each with its field of a project.
        years: for some of these, the column with the year for rows in which they are empty.
    """

    def __init__(self, columns: Columns) -> None:
        """Start with unknown styles."""
        self._columns = columns
        self.numbers = guesses.Numbers()
        self.patterns: dict[str, None] = {}
        self.dated: dict[str, str] = {}
        self.years: dict[str, str] = {}

    def own_of(self, cells: Sequence[str]) -> str:
        """Return the style keys of a field without thousands, if its decimal mark differs."""
        own = guesses.Numbers()
        own.look_at(cells)
        return self._own(own.decimal or own.mark, "")

    def own_of_amounts(self, cells: Sequence[str]) -> str:
        """Add a further column of amounts to the styles; return its style keys if it differs."""
        signs, _ = guesses.signs_and_units(cells)
        own = guesses.Numbers()
        own.look_at(cells)
        if self.numbers.decimal and own.decimal not in {"", self.numbers.decimal}:
            self.numbers.look_at([], signs)
            return self._own(own.decimal, own.thousands)
        self.numbers.look_at(cells, signs)
        return ""

    def _own(self, decimal: str, thousands: str) -> str:
        numbers = self.numbers
        usual = numbers.decimal or ("," if numbers.thousands == "." else ".")
        if not decimal or (decimal == usual and not numbers.is_doubtful):
            return ""
        return f", decimal = {quoted(decimal)}, thousands = {quoted(thousands)}"

    def lines(self) -> Iterator[str]:
        """Yield the lines of the table `[styles]`, if it has any."""
        numbers, settings = self.numbers, list[str]()
        if numbers.is_doubtful and numbers.are_grouped:
            settings.append(
                f"# Check: {quoted(numbers.doubtful)} is read as thousands; numbers below 1000 have"
                " no mark."
            )
            decimal = "." if numbers.mark == "," else ","
            settings += [f"decimal = {quoted(decimal)}", f"thousands = {quoted(numbers.mark)}"]
        elif numbers.is_doubtful:
            settings.append(
                f"# Check: {quoted(numbers.doubtful)} may be thousands or decimals. Keep one of:"
            )
            settings.append(f"# thousands = {quoted(numbers.mark)}")
            settings.append(f"# decimal = {quoted(numbers.mark)}")
        elif numbers.decimal == "," or numbers.thousands:
            decimal = numbers.decimal or ("," if numbers.thousands == "." else ".")
            settings += [f"decimal = {quoted(decimal)}", f"thousands = {quoted(numbers.thousands)}"]
        if numbers.signs:
            unknown = [sign for sign in numbers.signs if not guesses.currency_in(sign)]
            if unknown:
                settings.append(f"# Check: do {', '.join(map(quoted, unknown))} mean nothing more?")
            settings.append(f"signs = {listed(numbers.signs)}")
        if self.patterns:
            settings.append(f"dates = {listed(list(self.patterns))}")
        columns = self._columns
        if empty := sorted(
            {
                cell
                for name, cells in columns.raw.items()
                for cell in {*cells} - {*columns.values[name]}
            }
        ):
            settings += [
                "# Check: do these say nothing in every column?",
                f"empty = {listed(empty)}",
            ]
        if settings:
            yield from ("[styles]", *settings, "")
