"""Compact map from record ids to lines of the file, with four bytes for each id."""

from array import array

_CHUNK = 65_536


class RecordLines:
    """The line of each record that the file has contained so far."""

    def __init__(self) -> None:
        """Start empty."""
        self._lines = array("I")

    def note(self, record_id: int, line: int) -> None:
        """Set the line of a record's row."""
        lacking = record_id + 1 - len(self._lines)
        if lacking > 0:
            self._lines.extend(bytes(max(lacking, _CHUNK)))
        self._lines[record_id] = line

    def line(self, record_id: int) -> int:
        """Return the line of a record's row, or 0 if the file has not contained it yet."""
        return self._lines[record_id] if record_id < len(self._lines) else 0
