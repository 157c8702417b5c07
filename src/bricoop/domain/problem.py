"""Problems found in files: errors and notes with the address of a cell, row or file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Level(StrEnum):
    """The severity of a problem: what happens to its row."""

    #: The row is refused.
    ERROR = "error"
    #: The row is loaded, and the user should check it.
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """An error or a doubt in one cell, row or file.

    Attributes:
        file: name of the file as the user gave it.
        line: line of the file on which the row begins, or row of the sheet, counted from 1; 0 for
            the whole file.
        column: header of the column, or an empty string for the whole row.
        value: the text as read, without surrounding spaces.
        rule: what is wrong, as a short predicate such as `is not a date`.
        hint: how to correct it.
        sheet: name of the sheet of a workbook, or an empty string.
        cell: address of the cell in its sheet, such as K17, or an empty string.
        level: the value of a `Level`: whether the row is refused.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    hint: str = ""
    sheet: str = ""
    cell: str = ""
    level: str = Level.ERROR.value

    def to_dict(self) -> dict[str, str | int]:
        """Return the problem as a dictionary of its documented fields."""
        return {name: getattr(self, name) for name in PROBLEM_FIELDS}

    def sentence(self) -> str:
        """Return the problem as a sentence without the address of the row."""
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[: _SHOWN - 3]}…"
        words = [f"{self.column}:" if self.value and self.column else self.column]
        words += [repr(value) if self.value else "", f"{self.rule}.", self.hint]
        return " ".join(filter(None, words))


class RowNotes(list[Problem]):
    """A buffer of problems."""

    def take(self) -> list[Problem]:
        """Return all problems and empty the buffer."""
        taken = list(self)
        self.clear()
        return taken


#: Length to which values are truncated in sentences.
_SHOWN = 60
#: A callback for every problem found.
Sink = Callable[[Problem], None]
PROBLEM_FIELDS = ("file", "sheet", "line", "cell", "column", "value", "rule", "hint", "level")


@dataclass(frozen=True)
class Origin:
    """The file or sheet of rows, from which addresses of rows and cells are made.

    Attributes:
        file: name of the file as the user gave it.
        sheet: name of the sheet of a workbook, or an empty string.
        columns: letters of the sheet's columns, by header and by the field that a header means.
    """

    file: str
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def locator(self, line: int) -> str:
        """Return the locator of a row that states none itself."""
        return f"sheet {self.sheet}, row {line}" if self.sheet else f"line {line}"

    def place(self, line: int) -> str:
        """Return the address of a row within its sheet or file."""
        return f"row {line}" if self.sheet else f"line {line}"

    def letters(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the letters of columns of a sheet; an empty tuple if there is no sheet."""
        return tuple(self.columns.get(column, "") for column in columns) if self.sheet else ()

    def problem(self, line: int, column: str, value: str, rule: str, hint: str = "") -> Problem:
        """Return a problem with the address of a cell, or of a row if the column is empty."""
        letters = self.columns.get(column, "")
        cell = f"{letters}{line}" if letters else ""
        return Problem(self.file, line, column, value.strip(), rule, hint, self.sheet, cell)

    def note(self, line: int, column: str, value: str, rule: str, hint: str = "") -> Problem:
        """Return a note on a cell or row that is loaded in spite of it."""
        problem = self.problem(line, column, value, rule, hint)
        return replace(problem, level=Level.NOTE.value)
