"""Which records a file has spoken of so far, and on which line: four bytes for each."""

from array import array

_CHUNK = 65_536


class RecordLines:
    """The line on which each record's row stands; what has no line has not been seen."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._lines = array("I")

    def note(self, record_id: int, line: int) -> None:
        """Note that a record's row stands on a line."""
        lacking = record_id + 1 - len(self._lines)
        if lacking > 0:
            self._lines.extend(bytes(max(lacking, _CHUNK)))
        self._lines[record_id] = line

    def line(self, record_id: int) -> int:
        """Return the line of a record's row, or 0 where it has not been seen."""
        return self._lines[record_id] if record_id < len(self._lines) else 0
