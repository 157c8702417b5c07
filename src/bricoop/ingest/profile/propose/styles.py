"""How an unknown file writes numbers, dates and nothing, as far as its columns have shown it."""

from collections.abc import Iterator

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.write import listed, quoted


class Styles:
    """What the columns of one file have shown.

    Attributes:
        numbers: how it writes numbers.
        patterns: the patterns of its dates.
        dated: the columns of its dates.
        years: for some of these the column that has the year where they are empty.
    """

    def __init__(self, columns: Columns) -> None:
        """Begin with nothing."""
        self._columns = columns
        self.numbers = guesses.Numbers()
        self.patterns: dict[str, None] = {}
        self.dated: set[str] = set()
        self.years: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        """Yield the table `[styles]`, if there is anything to say."""
        numbers, said = self.numbers, list[str]()
        if numbers.is_doubtful and numbers.are_grouped:
            mark = next(one for one in numbers.doubtful if not one.isdigit())
            said.append(
                f"# Check: {quoted(numbers.doubtful)} is read as thousands; numbers below 1000 have"
                " no mark."
            )
            decimal = "." if mark == "," else ","
            said += [f"decimal = {quoted(decimal)}", f"thousands = {quoted(mark)}"]
        elif numbers.is_doubtful:
            mark = next(one for one in numbers.doubtful if not one.isdigit())
            said.append(
                f"# Check: {quoted(numbers.doubtful)} may be thousands or decimals. Keep one of:"
            )
            said.append(f"# thousands = {quoted(mark)}")
            said.append(f"# decimal = {quoted(mark)}")
        elif numbers.decimal == "," or numbers.thousands:
            decimal = numbers.decimal or ("," if numbers.thousands == "." else ".")
            said += [f"decimal = {quoted(decimal)}", f"thousands = {quoted(numbers.thousands)}"]
        if numbers.signs:
            unknown = [sign for sign in numbers.signs if not guesses.currency_in(sign)]
            if unknown:
                said.append(f"# Check: do {', '.join(map(quoted, unknown))} mean nothing more?")
            said.append(f"signs = {listed(numbers.signs)}")
        if self.patterns:
            said.append(f"dates = {listed(list(self.patterns))}")
        columns = self._columns
        if empty := sorted(
            {
                cell
                for name, cells in columns.raw.items()
                for cell in {*cells} - {*columns.values[name]}
            }
        ):
            said += ["# Check: do these say nothing in every column?", f"empty = {listed(empty)}"]
        if said:
            yield from ("[styles]", *said, "")
