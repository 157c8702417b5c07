"""Control totals: what a profile promises of a whole file, counted while its rows go by."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bricoop.domain.amounts import plain
from bricoop.domain.cell_choice import accepted
from bricoop.domain.document_faults import shown
from bricoop.domain.grammar import counted
from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.cell_parsers import Word, number_word, word_of
from bricoop.ingest.profile.model import FieldRule, Profile, Styles

#: Returns whether a row is one that a rule reads.
_Applies = Callable[[Sequence[str]], bool]


class _Sum:
    """The sum of a column, whose cells are read as the fields read them that are made of it.

    Attributes:
        total: the sum of all cells that were read.
        unread: how many cells were no numbers.
        first_unread: the line and the text of the first of them.
    """

    def __init__(self, position: int, readings: Sequence[tuple[_Applies, Word]]) -> None:
        """Begin at nothing.

        Args:
            position: where the column stands.
            readings: how cells are read, each with the rows that are read so; the first counts.
        """
        self._position = position
        self._readings = readings
        self.total = Decimal(0)
        self.unread = 0
        self.first_unread = (0, "")

    def add(self, line: int, cells: Sequence[str]) -> None:
        """Add a row's cell."""
        text = cells[self._position].strip()
        if not text:
            return
        word = next(word for applies, word in self._readings if applies(cells))
        try:
            self.total += Decimal(word(text) or 0)
        except (BadValueError, ArithmeticError):
            # The cell itself is refused, or nobody needs it as a number.
            self.unread += 1
            if self.unread == 1:
                self.first_unread = (line, text)


class Tally:
    """Counts the rows of one file."""

    def __init__(
        self,
        profile: Profile,
        styles: Styles,
        origin: Origin,
        columns: Sequence[str],
        spread: Collection[str] = (),
    ) -> None:
        """Begin at nothing.

        A column that is the id of the row's first record need not be watched: a second row with
        the same id is refused with its place.

        Args:
            profile: what it promises.
            styles: how the layout writes numbers.
            origin: where the rows come from.
            columns: the columns of the file, by the names that the rules use.
            spread: the columns whose cells become rows.
        """
        controls = profile.controls
        positions = {name: position for position, name in enumerate(columns)}
        first = profile.records[0]
        watched = [name for name in controls.unique if first.ordinal or (name,) != first.id]
        self._controls = controls
        self._origin = origin
        self._rows = 0
        self._seen: dict[str, set[str]] = {column: set() for column in watched}
        self._filled: dict[str, int] = defaultdict(int)
        self._unique = [(name, positions[name]) for name in watched]
        self._full = [(name, positions[name]) for name in controls.filled]
        value = profile.unpivot.value if profile.unpivot else ""
        self._sums = {
            name: _Sum(
                positions[name],
                _readings(profile, styles, value if name in spread else name, positions),
            )
            for name in controls.sums
        }

    def count_misfit(self) -> None:
        """Count a row whose cells cannot be told apart."""
        self._rows += 1

    def count(self, line: int, cells: Sequence[str]) -> None:
        """Count a row."""
        self._rows += 1
        for column, position in self._unique:
            self._seen[column].add(cells[position].strip())
        for column, position in self._full:
            if cells[position].strip():
                self._filled[column] += 1
        for summed in self._sums.values():
            summed.add(line, cells)

    def problems(self, *, is_part: bool = False) -> list[Problem]:
        """Return which promises the file does not keep; a part of one makes only some."""
        controls = self._controls
        wrong: list[tuple[str, str, str]] = []
        if not is_part and controls.rows is not None and controls.rows != self._rows:
            rule = f"there are {self._rows} rows, and the profile promises {controls.rows}"
            wrong.append(("", "", rule))
        for column, seen in self._seen.items():
            if len(seen) != self._rows:
                rule = f"has {len(seen)} different values in {self._rows} rows, and should differ"
                wrong.append((column, "", f"{rule} in each"))
        for column, promised in controls.sums.items():
            summed = self._sums[column]
            if not is_part and summed.total != Decimal(promised):
                rule = f"is the sum, and the profile promises {promised}{self._left_out(summed)}"
                wrong.append((column, plain(summed.total), rule))
        for column, share in controls.filled.items():
            if not is_part and self._rows and self._filled[column] < share * self._rows:
                filled = f"has a value in {self._filled[column]} of {self._rows} rows"
                wrong.append((column, "", f"{filled}, and the profile promises {share:.0%}"))
        hint = "Is the file complete, and is the number style right?"
        return [self._origin.problem(0, *fault, hint) for fault in wrong]

    def _left_out(self, summed: _Sum) -> str:
        """Return which cells of a column could not be added, if any."""
        if not summed.unread:
            return ""
        line, text = summed.first_unread
        first = f"{shown(text)!r} on {self._origin.place(line)}"
        some = f"{counted(summed.unread, 'cells')} that are no numbers, the first"
        return f"; it leaves out {first if summed.unread == 1 else f'{some} {first}'}"


def _readings(
    profile: Profile, styles: Styles, column: str, positions: Mapping[str, int]
) -> list[tuple[_Applies, Word]]:
    """Return how the cells of a column are read, each with the rows in which they are."""
    rules = [
        rule
        for record in profile.records
        for rule in record.fields
        if rule.number and column in rule.columns
    ]
    read = [(_applies(rule, positions), _unscaled(rule, styles)) for rule in rules]
    usual = read[0][1] if read else _saying(number_word(styles.numbers), styles)
    return [*read, (lambda _: True, usual)]


def _unscaled(rule: FieldRule, styles: Styles) -> Word:
    """Return how a field reads a number, as it is printed: a sum is promised of what a file says.

    Where numbers have units, a multiplied number is one without, and counts as those do.
    """
    own = styles.over(dict(rule.style))
    plainly = rule if own.numbers.units else replace(rule, multiply="")
    return _saying(word_of(plainly, own, lambda _: None), own)


def _saying(word: Word, styles: Styles) -> Word:
    """Return how cells are read of which some say nothing."""
    return lambda text: None if text in styles.empty else word(text)


def _applies(rule: FieldRule, positions: Mapping[str, int]) -> _Applies:
    conditions = [
        (positions[name], accepted(words)) for name, words in rule.when.items() if name in positions
    ]
    return lambda cells: all(
        is_meant(cells[position].strip().casefold()) for position, is_meant in conditions
    )
