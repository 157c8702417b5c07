"""Bad data is a value with an address: what was wrong, where, and what to do."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one cell, row or file.

    Attributes:
        file: name of the file as the user gave it.
        line: line of the file on which the row begins; the header is line 1; 0 for the whole file.
        column: header of the column, or an empty string for the whole row.
        value: the text as read.
        rule: what the value breaks, as a short sentence.
        hint: what would mend it.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    hint: str = ""

    def to_dict(self) -> dict[str, str | int]:
        """Return the problem under its documented field names."""
        return asdict(self)


PROBLEM_FIELDS = ("file", "line", "column", "value", "rule", "hint")
