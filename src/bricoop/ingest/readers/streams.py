"""Byte streams of files: peek at the beginning, hash while reading, copy to a temporary file."""

import gzip
import hashlib
import os
import shutil
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from io import UnsupportedOperation
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError

#: Exceptions that the libraries raise for damaged zip or gzip files. `OSError`, which they raise
#: too, is handled separately, as it may also come from the disk.
DAMAGED_ARCHIVE = (
    EOFError, KeyError, NotImplementedError, RuntimeError, ValueError,
    gzip.BadGzipFile, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

STANDARD_INPUT = "-"
_BLOCK = 1024 * 1024
_HEAD = 8192
#: Copies larger than this are written to disk.
_IN_MEMORY = 64 * _BLOCK
Watch = Callable[[bytes], object]


class Readable(Protocol):
    """An object from which bytes can be read."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, fewer at the end."""


class Stream:
    """A stream of bytes, read once and in order, whose beginning can be inspected first.

    Attributes:
        name: the file name for messages.
        head: the first bytes.
    """

    def __init__(self, source: Readable, name: str, watch: Watch) -> None:
        """Read the first bytes.

        Raises:
            FileUnreadableError: they cannot be read.
        """
        self.name = name
        self._source = source
        self._watch = watch
        self._rest = self.head = self._from_source(_HEAD)

    def read(self, size: int = _BLOCK, /) -> bytes:
        """Return the next bytes; empty at the end.

        Raises:
            FileUnreadableError: the file is damaged, or cannot be read from disk.
        """
        if self._rest:
            block, self._rest = self._rest[:size], self._rest[size:]
            return block
        return self._from_source(size)

    def seek(self, offset: int, /) -> int:
        """Raise an error, as the bytes can only be read in order."""
        raise UnsupportedOperation(str(offset))

    def _from_source(self, size: int) -> bytes:
        try:
            block = self._source.read(size)
        except DAMAGED_ARCHIVE as error:
            message = f"{self.name} is a damaged archive: {str(error).rstrip('.')}."
            raise FileUnreadableError(message, "Download or compress it again.") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileUnreadableError(f"The file {self.name} cannot be read: {reason}.") from error
        self._watch(block)
        return block


class SourceFile:
    """A file on disk or standard input, hashed while it is read.

    Attributes:
        name: the file name for messages, made printable.
        ending: the suffix of its name in lower case, such as `.csv`.
        stream: its bytes.
        opened: resources that are closed together with the file.
    """

    def __init__(self, path: str, named: str | None = None) -> None:
        """Open the file.

        Args:
            path: the path of the file; `-` is standard input.
            named: the name for messages, if not the path.

        Raises:
            FileUnreadableError: the file does not exist or cannot be read.
        """
        self.name = named or shown_name(path)
        self._read = 0
        self.ending = Path(path).suffix.lower()
        self._hash = hashlib.sha256()
        self.opened = ExitStack()
        self._file: IO[bytes] = _opened(path)
        if path != STANDARD_INPUT:
            self.opened.callback(self._file.close)
        try:
            self.stream = Stream(self._file, self.name, self._watch)
        except FileUnreadableError:
            self.close()
            raise

    @property
    def sha256(self) -> str:
        """The digest of the bytes read so far."""
        return self._hash.hexdigest()

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes that has been read; None if its size is not known."""
        try:
            size = os.fstat(self._file.fileno()).st_size
        except (OSError, UnsupportedOperation):
            return None
        return min(1.0, self._read / size) if size else None

    def _watch(self, block: bytes) -> None:
        self._hash.update(block)
        self._read += len(block)

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self.opened.close()

    def copy(self, stream: Stream) -> IO[bytes]:
        """Copy a stream to a temporary file, for formats that need random access."""
        whole = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the table)
        self.opened.callback(whole.close)
        shutil.copyfileobj(stream, whole, _BLOCK)
        whole.seek(0)
        return whole


def digest_of(path: str) -> str:
    """Return the digest of a file as it is on disk.

    Raises:
        FileUnreadableError: it cannot be read.
    """
    file = SourceFile(path)
    try:
        while file.stream.read():
            pass
        return file.sha256
    finally:
        file.close()


def shown_name(path: str) -> str:
    """Return the name of a file for messages."""
    return "standard input" if path == STANDARD_INPUT else printable(path)


def size_of(path: str) -> int:
    """Return the size of a regular file in bytes, 0 for anything else."""
    try:
        file = Path(path)
        return file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):
        return 0


def is_pipe(path: str) -> bool:
    """Return whether a path is standard input, a pipe or a socket, which can be read only once."""
    if path == STANDARD_INPUT:
        return True
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        # The error is reported when the file is opened.
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def pipe(path: str) -> AbstractContextManager[IO[bytes]] | None:
    """Open standard input or a pipe; return None for a file that can be read more than once.

    Raises:
        FileUnreadableError: it cannot be opened.
    """
    if not is_pipe(path):
        return None
    return nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else _opened(path)


def _opened(path: str) -> IO[bytes]:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer
    try:
        mode = Path(path).stat().st_mode
        if not (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)):
            return Path(path).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        message = f"The file {printable(path)} cannot be read: {reason}."
        raise FileUnreadableError(message) from error
    message = f"{printable(path)} is a device, not a file."
    raise FileUnreadableError(message, "Name a file, or - for standard input.")
