"""CSV files become rows with an address; what cannot be read says where and why."""

import csv
import hashlib
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError

STANDARD_INPUT = "-"
#: The largest cell that is read; a larger one is a quote that never closes.
_LARGEST_CELL = 64 * 1024 * 1024
_BLOCK = 1024 * 1024


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
        self._stream = self._open(path)
        csv.field_size_limit(_LARGEST_CELL)
        self._reader = csv.reader(chain.from_iterable(self._blocks()), strict=True)
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

    def _blocks(self) -> Iterator[StringIO]:
        rest = self._read(_BLOCK).removeprefix(b"\xef\xbb\xbf")
        while more := self._read(_BLOCK):
            rest += more
            cut = (rest.rfind(b"\n") + 1) or (rest.rfind(b"\r", 0, -1) + 1)
            if cut:
                yield self._decoded(rest[:cut])
                rest = rest[cut:]
        yield self._decoded(rest)

    def _read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._hash.update(block)
        return block

    def _decoded(self, block: bytes) -> StringIO:
        try:
            # Lines end in LF, CRLF or CR, and keep their ends for the reader of cells.
            return StringIO(block.decode("utf-8"), newline="")
        except UnicodeDecodeError as error:
            place, byte = error.start, block[error.start]
            start = max(block.rfind(b"\n", 0, place), block.rfind(b"\r", 0, place)) + 1
            before = sum(1 for _ in StringIO(block[:start].decode("utf-8"), newline=""))
            raise FileUnreadableError(
                f"{self.name}, line {self._reader.line_num + before + 1}: "
                f"byte {place - start + 1} of the line (0x{byte:02x}) is not UTF-8.",
                "Save the file as UTF-8.",
            ) from error
