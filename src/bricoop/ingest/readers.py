"""CSV files become rows with an address; what cannot be read says where and why."""

import csv
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError

STANDARD_INPUT = "-"
#: The largest cell that is read; a larger one is a quote that never closes.
_LARGEST_CELL = 64 * 1024 * 1024
_SAMPLE = 1024 * 1024


class SourceRow(NamedTuple):
    """One row of a file.

    Attributes:
        line: the line on which the row begins; the first line of the file is 1.
        cells: the texts of its cells, as they stand.
    """

    line: int
    cells: Sequence[str]


class CsvFile:
    """A comma-separated file in UTF-8, read once, row by row, and hashed on the way.

    Attributes:
        name: the file as the user named it, made printable; `standard input` for `-`.
        header: the cells of its first row.
    """

    def __init__(self, path: str) -> None:
        """Open the file.

        Raises:
            FileUnreadableError: there is no such file, or it may not be read.
        """
        self.name = "standard input" if path == STANDARD_INPUT else printable(path)
        self._hash = hashlib.sha256()
        self._line = 0
        self._stream = self._open(path)
        csv.field_size_limit(_LARGEST_CELL)
        self._reader = csv.reader(self._lines(), strict=True)
        try:
            first = next(self._rows(), None)
        except FileUnreadableError:
            self.close()
            raise
        self.header: Sequence[str] = first.cells if first else ()

    @property
    def sha256(self) -> str:
        """The digest of what has been read; of the whole file once all rows have been."""
        return self._hash.hexdigest()

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header; blank lines are no rows.

        Raises:
            FileUnreadableError: a byte is not UTF-8, or a quote never closes.
        """
        yield from self._rows()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._stream is not sys.stdin.buffer:
            self._stream.close()

    def _open(self, path: str) -> BinaryIO:
        if path == STANDARD_INPUT:
            return sys.stdin.buffer
        try:
            return Path(path).open("rb")
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise FileUnreadableError(f"The file {path} cannot be read: {reason}.") from error

    def _rows(self) -> Iterator[SourceRow]:
        while True:
            began = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(began, error) from error
            except OSError as error:
                raise FileUnreadableError(
                    f"The file {self.name} cannot be read: {error.strerror}."
                ) from error
            if any(map(str.strip, cells)):
                yield SourceRow(began, cells)

    def _broken(self, line: int, error: csv.Error) -> FileUnreadableError:
        if "unexpected end" in str(error) or "field larger" in str(error):
            return FileUnreadableError(
                f"{self.name}, line {line}: a quote opens in this row and never closes.",
                'Close it, or write a quote inside a cell twice ("").',
            )
        return FileUnreadableError(
            f"{self.name}, line {line}: the row is not comma-separated text ({error}).",
            'Put cells that hold quotes or line breaks in quotes, and inner quotes twice ("").',
        )

    def _lines(self) -> Iterator[str]:
        for number, raw in enumerate(self._raw_lines(), start=1):
            self._hash.update(raw)
            body = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            try:
                yield body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FileUnreadableError(
                    f"{self.name}, line {number}: byte {error.start + 1} of the line "
                    f"(0x{body[error.start]:02x}) is not UTF-8.",
                    "Save the file as UTF-8.",
                ) from error

    def _raw_lines(self) -> Iterator[bytes]:
        start = self._stream.read(_SAMPLE)
        if b"\n" in start or b"\r" not in start:
            yield from self._split_at_newlines(start)
            return
        # An old Macintosh's line ends: the whole file is one line to everybody else.
        yield from (start + self._stream.read()).splitlines(keepends=True)

    def _split_at_newlines(self, start: bytes) -> Iterator[bytes]:
        *whole, rest = start.split(b"\n")
        for line in whole:
            yield line + b"\n"
        rest += self._stream.readline()
        if rest:
            yield rest
        yield from self._stream
