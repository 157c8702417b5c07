"""Control totals: what a profile promises of a whole file, counted while its rows go by."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from bricoop.domain.amounts import plain
from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.model import NumberStyle, Profile
from bricoop.ingest.profile.words import number_word


class Tally:
    """Counts the rows of one file."""

    def __init__(
        self, profile: Profile, numbers: NumberStyle, origin: Origin, columns: Sequence[str]
    ) -> None:
        """Begin at nothing.

        A column that is the id of the row's first record need not be watched: a second row with
        the same id is refused with its place.
        """
        controls = profile.controls
        positions = {name: position for position, name in enumerate(columns)}
        first = profile.records[0]
        watched = [name for name in controls.unique if first.ordinal or (name,) != first.id]
        self._controls = controls
        self._origin = origin
        self._number = number_word(numbers)
        self._rows = 0
        self._seen: dict[str, set[str]] = {column: set() for column in watched}
        self._sums: dict[str, Decimal] = defaultdict(Decimal)
        self._filled: dict[str, int] = defaultdict(int)
        self._unique = [(name, positions[name]) for name in watched]
        self._full = [(name, positions[name]) for name in controls.filled]
        self._summed = [(name, positions[name]) for name in controls.sums]

    def count_misfit(self) -> None:
        """Count a row whose cells cannot be told apart."""
        self._rows += 1

    def count(self, cells: Sequence[str]) -> None:
        """Count a row."""
        self._rows += 1
        for column, position in self._unique:
            self._seen[column].add(cells[position].strip())
        for column, position in self._full:
            if cells[position].strip():
                self._filled[column] += 1
        for column, position in self._summed:
            text = cells[position].strip()
            if text:
                try:
                    self._sums[column] += Decimal(self._number(text) or 0)
                except BadValueError:
                    # The cell itself is refused, or nobody needs it as a number.
                    continue

    def problems(self, *, is_part: bool = False) -> list[Problem]:
        """Return which promises the file does not keep; a part of one makes only some."""
        controls = self._controls
        wrong: list[tuple[str, str, str]] = []
        if not is_part and controls.rows is not None and controls.rows != self._rows:
            wrong.append(("", str(self._rows), f"rows are not the {controls.rows} promised"))
        for column, seen in self._seen.items():
            if len(seen) != self._rows:
                rule = f"different values are fewer than the {self._rows} rows"
                wrong.append((column, str(len(seen)), rule))
        for column, promised in controls.sums.items():
            if not is_part and self._sums[column] != Decimal(promised):
                rule = f"is not the sum promised, {promised}"
                wrong.append((column, plain(self._sums[column]), rule))
        for column, share in controls.filled.items():
            if not is_part and self._rows and self._filled[column] < share * self._rows:
                rule = f"of {self._rows} rows say something, fewer than {share:.0%}"
                wrong.append((column, str(self._filled[column]), rule))
        hint = "Is the file whole, and is the number style right?"
        return [self._origin.problem(0, *one, hint) for one in wrong]
