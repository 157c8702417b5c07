"""Bytes that are looked at before they are read, watched on the way, and copied where needed."""

import gzip
import hashlib
import os
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

#: What reading a damaged zip or gzip file raises: the libraries check only part of what they read.
#: `OSError` comes of it as well, and of a disk that cannot be read.
DAMAGED_ARCHIVE = (
    EOFError, KeyError, NotImplementedError, RuntimeError, ValueError,
    gzip.BadGzipFile, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

STANDARD_INPUT = "-"
_BLOCK = 1024 * 1024
_HEAD = 8192
#: A copy stays in memory up to this size.
_IN_MEMORY = 64 * _BLOCK
Watch = Callable[[bytes], object]


class Readable(Protocol):
    """Whatever gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or fewer at the end."""


class Stream:
    """Bytes read once, in order, whose beginning can be seen before.

    Attributes:
        name: the file as the user named it.
        head: the first bytes.
    """

    def __init__(self, source: Readable, name: str, watch: Watch) -> None:
        """Look at the first bytes.

        Raises:
            FileUnreadableError: they cannot be read.
        """
        self.name = name
        self._source = source
        self._watch = watch
        self._rest = self.head = self._from_source(_HEAD)

    def read(self, size: int = _BLOCK, /) -> bytes:
        """Return the next bytes, none at the end.

        Raises:
            FileUnreadableError: the file is damaged, or its disk is.
        """
        if self._rest:
            block, self._rest = self._rest[:size], self._rest[size:]
            return block
        return self._from_source(size)

    def seek(self, offset: int, /) -> int:
        """Refuse: the bytes are read in order."""
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
    """A file as it is on disk, hashed while it is read.

    Attributes:
        name: the file as the user named it, made printable.
        ending: what its name ends with, in small letters: `.csv`.
        stream: its bytes.
        opened: what is closed with it.
    """

    def __init__(self, path: str, named: str | None = None) -> None:
        """Open the file.

        Args:
            path: where it is; `-` is standard input.
            named: what it is to be called, where that is not its path.

        Raises:
            FileUnreadableError: there is no such file, or it may not be read.
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
        """The digest of what has been read."""
        return self._hash.hexdigest()

    @property
    def share_read(self) -> float | None:
        """The share of the file's bytes that has been read; None where its size is not known."""
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
        """Return a stream's bytes in a temporary file, for what cannot be read in order."""
        whole = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the table)
        self.opened.callback(whole.close)
        while block := stream.read(_BLOCK):
            whole.write(block)
        whole.seek(0)
        return whole


def shown_name(path: str) -> str:
    """Return what a file is called in messages."""
    return "standard input" if path == STANDARD_INPUT else printable(path)


def is_pipe(path: str) -> bool:
    """Return whether a path is standard input or a pipe, whose bytes can be read only once."""
    if path == STANDARD_INPUT:
        return True
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        # Whoever reads it says so.
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def pipe(path: str) -> AbstractContextManager[IO[bytes]] | None:
    """Return what opens standard input or a pipe; None for what can be read more than once.

    Raises:
        FileUnreadableError: it may not be read.
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
