"""The first columns of a file of rejected rows: why, where and by which load each was left out."""

from collections.abc import Sequence

#: The columns: the problems of the row, its line, and the load that left it out.
PROBLEMS, LINE, LOAD = "bricoop_problems", "bricoop_line", "bricoop_load"
#: The text of each line above the header of such a file, if the layout has lines there.
ABOVE = "rows that were left out"
#: What to do about a row with the id of another row of its file; by it, such rows are recognized.
OWN_ID = "Give each row an id of its own."
#: Longer numbers are none of loads, and could not be stored.
_DIGITS = 18


class RejectedRows:
    """What a file of rejected rows says about the rows of the current batch."""

    def __init__(self) -> None:
        """Start without rows."""
        self._loads: dict[int, int] = {}
        self._repeated: set[int] = set()

    def note(self, line: int, cells: Sequence[str]) -> None:
        """Keep what the first cells of a row say.

        Args:
            line: its line in this file.
            cells: the problems, the line, and the load, which files of earlier versions lack.
        """
        number = cells[2].strip() if len(cells) > 2 else ""  # noqa: PLR2004 (the third cell)
        if number.isascii() and number.isdecimal() and len(number) <= _DIGITS:
            self._loads[line] = int(number)
        if cells and OWN_ID in cells[0]:
            self._repeated.add(line)

    def load_of(self, line: int) -> int | None:
        """Return the load that left a row out, or None if it is not known."""
        return self._loads.get(line)

    def repeats(self, line: int, load_id: int) -> bool:
        """Return whether a row repeats the id of another row of the file that it was left out of.

        Args:
            line: its line in this file.
            load_id: the load that wrote the record with its id.
        """
        return line in self._repeated or self._loads.get(line) == load_id

    def clear(self) -> None:
        """Forget the rows, before the next batch is read."""
        self._loads.clear()
        self._repeated.clear()


def marks_before(header: Sequence[str]) -> int:
    """Return how many columns of a header are those of a file of rejected rows."""
    names = [cell.strip() for cell in header[:3]]
    if names[:2] != [PROBLEMS, LINE]:
        return 0
    return 3 if names[2:] == [LOAD] else 2


def begins_rejected_rows(start: bytes) -> bool:
    """Return whether the first bytes of a file are those of a file of rejected rows."""
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip().lstrip(b"\"'")
    return beginning.startswith((PROBLEMS.encode(), f"{ABOVE}\n".encode()))
