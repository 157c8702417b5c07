"""What is wrong or doubtful in a file is a value with an address: what, where, and what to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Level(StrEnum):
    """What becomes of a row for a problem in it."""

    #: The row is refused.
    ERROR = "error"
    #: The row is loaded; the user should look at it.
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or doubtful in one cell, row or file.

    Attributes:
        file: name of the file as the user gave it.
        line: line of the file on which the row begins, or row of the sheet; the first is 1; 0 for
            the whole file.
        column: header of the column, or an empty string for the whole row.
        value: the text as read, without spaces around it: rules and maps see it so.
        rule: what the value breaks, as a short sentence.
        hint: what would correct it.
        sheet: name of the sheet of a workbook, or an empty string.
        cell: address of the cell in its sheet, such as K17, or an empty string.
        level: whether the row is refused for it.
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
        """Return the problem under its documented field names."""
        return {name: getattr(self, name) for name in PROBLEM_FIELDS}

    def sentence(self) -> str:
        """Return what is wrong, without the place of the row."""
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[: _SHOWN - 3]}…"
        words = [f"{self.column}:" if self.value and self.column else self.column]
        words += [repr(value) if self.value else "", f"{self.rule}.", self.hint]
        return " ".join(filter(None, words))


class RowNotes(list[Problem]):
    """Notes, or problems, that wait to be taken."""

    def take(self) -> list[Problem]:
        """Return all of them and forget them."""
        taken = list(self)
        self.clear()
        return taken


#: So much of a value is shown in a sentence.
_SHOWN = 60
#: Is given every problem as it is found.
Sink = Callable[[Problem], None]
PROBLEM_FIELDS = ("file", "sheet", "line", "cell", "column", "value", "rule", "hint", "level")


@dataclass(frozen=True)
class Origin:
    """Where rows come from; it gives rows and cells their addresses.

    Attributes:
        file: name of the file as the user gave it.
        sheet: name of the sheet of a workbook, or an empty string.
        columns: letters of the sheet's columns, by their headers and by the names these mean.
    """

    file: str
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def locator(self, line: int) -> str:
        """Return the place of a row that names no place itself."""
        return f"sheet {self.sheet}, row {line}" if self.sheet else f"line {line}"

    def place(self, line: int) -> str:
        """Return the place of a row within its sheet or file."""
        return f"row {line}" if self.sheet else f"line {line}"

    def letters(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the letter of each of some columns of a sheet; none where there is no sheet."""
        return tuple(self.columns.get(column, "") for column in columns) if self.sheet else ()

    def problem(self, line: int, column: str, value: str, rule: str, hint: str = "") -> Problem:
        """Return a problem with the address of a cell, or of a row where no column is named."""
        letters = self.columns.get(column, "")
        cell = f"{letters}{line}" if letters else ""
        return Problem(self.file, line, column, value.strip(), rule, hint, self.sheet, cell)

    def note(self, line: int, column: str, value: str, rule: str, hint: str = "") -> Problem:
        """Return what is doubtful in a cell or row that is loaded all the same."""
        problem = self.problem(line, column, value, rule, hint)
        return replace(problem, level=Level.NOTE.value)
