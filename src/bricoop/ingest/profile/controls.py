"""Control totals: properties of a whole file that a profile states, checked row by row."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bricoop.domain.amounts import plain
from bricoop.domain.cell_choice import accepted
from bricoop.domain.document_faults import shown
from bricoop.domain.english import counted
from bricoop.domain.problem import Problem
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.cell_parsers import CellParser, number_parser, parser_of
from bricoop.ingest.profile.file_columns import FileColumns
from bricoop.ingest.profile.model import FieldRule, Profile, Styles

#: Returns whether a rule applies to a row.
_Applies = Callable[[Sequence[str]], bool]


class _Sum:
    """The sum of a column, with cells parsed as in the fields that are read from it.

    Attributes:
        total: the sum of all numbers.
        unread: the number of cells that are not numbers.
        first_unread: the line and the text of the first such cell.
    """

    def __init__(self, position: int, readings: Sequence[tuple[_Applies, CellParser]]) -> None:
        """Start at zero; of the readings, the first that applies to a row is used."""
        self._position = position
        self._readings = readings
        self.total = Decimal(0)
        self.unread = 0
        self.first_unread = (0, "")

    def add(self, line: int, cells: Sequence[str]) -> None:
        """Add the cell of a row."""
        text = cells[self._position].strip()
        if not text:
            return
        parse = next(parse for applies, parse in self._readings if applies(cells))
        try:
            self.total += Decimal(parse(text) or 0)
        except (BadValueError, ArithmeticError):
            # Not an error here: a field that needs the number refuses the cell itself.
            self.unread += 1
            if self.unread == 1:
                self.first_unread = (line, text)


class Tally:
    """Collects the control totals of one file."""

    def __init__(self, profile: Profile, styles: Styles, columns: FileColumns) -> None:
        """Start at zero.

        A column that is the id of the first record is not tracked, which saves memory: a second row
        with the same id is refused anyway.
        """
        controls = profile.controls
        positions, spread = columns.positions, columns.spread
        first = profile.records[0]
        watched = [name for name in controls.unique if first.ordinal or (name,) != first.id]
        self._controls = controls
        self._origin = columns.origin
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
        """Count a row whose cells do not fit the header."""
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
        """Return a problem for each control total that does not match.

        Args:
            is_part: whether the file is part of a larger one; then only uniqueness is checked.
        """
        controls = self._controls
        wrong: list[tuple[str, str, str]] = []
        if not is_part and controls.rows is not None and controls.rows != self._rows:
            rule = f"there are {self._rows} rows, and the profile promises {controls.rows}"
            wrong.append(("", "", rule))
        for column, texts in self._seen.items():
            if len(texts) != self._rows:
                rule = f"has {len(texts)} different values in {self._rows} rows, and should differ"
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
        """Return a phrase about cells of a column that are not numbers; empty if there are none."""
        if not summed.unread:
            return ""
        line, text = summed.first_unread
        first = f"{shown(text)!r} on {self._origin.place(line)}"
        some = f"{counted(summed.unread, 'cells')} that are no numbers, the first"
        return f"; it leaves out {first if summed.unread == 1 else f'{some} {first}'}"


def _readings(
    profile: Profile, styles: Styles, column: str, positions: Mapping[str, int]
) -> list[tuple[_Applies, CellParser]]:
    """Return the parsers for the cells of a column, each with the condition of rows."""
    rules = [
        rule
        for record in profile.records
        for rule in record.fields
        if rule.number and column in rule.columns
    ]
    read = [(_applies(rule, positions), _unscaled(rule, styles)) for rule in rules]
    usual = read[0][1] if read else _skipping_missing_values(number_parser(styles.numbers), styles)
    return [*read, (lambda _: True, usual)]


def _unscaled(rule: FieldRule, styles: Styles) -> CellParser:
    """Return a parser for numbers without the factor of the field, as sums are of printed numbers.

    If numbers have units, the factor is kept: it applies to numbers without a unit.
    """
    own = styles.over(rule.style)
    plainly = rule if own.numbers.units else replace(rule, multiply="")
    return _skipping_missing_values(parser_of(plainly, own, lambda _: None), own)


def _skipping_missing_values(parse: CellParser, styles: Styles) -> CellParser:
    """Return a parser that gives None for texts that stand for a missing value."""
    return lambda text: None if text in styles.empty else parse(text)


def _applies(rule: FieldRule, positions: Mapping[str, int]) -> _Applies:
    conditions = [
        (positions[name], accepted(words)) for name, words in rule.when.items() if name in positions
    ]
    return lambda cells: all(
        is_meant(cells[position].strip().casefold()) for position, is_meant in conditions
    )
