"""A writer of CSV rows that end in LF, in which every cell can be read back."""

import csv
from collections.abc import Iterable, Sequence
from typing import Protocol


class _Out(Protocol):
    def write(self, text: str, /) -> object:
        """Write text."""


class CsvWriter:
    """Writes rows of texts; cells with a delimiter, a quote or a line break are quoted."""

    def __init__(self, out: _Out, delimiter: str = ",", quote: str = '"') -> None:
        """Write to a stream whose own translation of line ends is off."""
        self._writer = csv.writer(
            _Lines(out), delimiter=delimiter, quotechar=quote, lineterminator="\r\n"
        )

    def write(self, cells: Sequence[object]) -> None:
        """Write a row."""
        self._writer.writerow(cells)

    def write_all(self, rows: Iterable[Sequence[object]]) -> None:
        """Write several rows."""
        self._writer.writerows(rows)


class _Lines:
    """A stream that replaces CRLF at the end of rows by LF.

    Python's writer is given CRLF: before 3.13, it quotes a carriage return in a cell only if its
    line end contains one.
    """

    def __init__(self, out: _Out) -> None:
        self._out = out

    def write(self, line: str) -> object:
        """Write one row."""
        return self._out.write(f"{line[:-2]}\n")
