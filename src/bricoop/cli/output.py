"""Output streams of answers: standard output, or a file that is replaced atomically."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO, cast

from bricoop.atomic_files import is_replaceable, replacing
from bricoop.cli.files import check_output, check_standard_output
from bricoop.domain.names import printable
from bricoop.errors import UsageError
from bricoop.interruption import note_written


@contextmanager
def answering(output: Path | None) -> Iterator[TextIO]:
    """Yield the text stream for the answer: a file, or standard output.

    A file is written under a temporary name and replaces an older one only when it is complete; a
    symbolic link is kept. Pipes, devices and the target of standard output are written directly.
    """
    with _stream(output, binary=False) as stream:
        yield cast("TextIO", stream)


@contextmanager
def answering_bytes(output: Path | None) -> Iterator[BinaryIO]:
    """Yield the binary stream for the answer, like `answering`; a terminal is refused."""
    with _stream(output, binary=True) as stream:
        yield cast("BinaryIO", stream)


class _SafeTerminal:
    """A terminal stream that makes control characters visible."""

    def __init__(self, terminal: IO[Any]) -> None:
        self._terminal = terminal

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the terminal stream."""
        return getattr(self._terminal, name)

    def write(self, text: str) -> int:
        """Write text; control characters are escaped except line feeds and tabs."""
        lines = ("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))
        return int(self._terminal.write("\n".join(lines)))

    def writelines(self, texts: Iterable[str]) -> None:
        """Write several texts."""
        for text in texts:
            self.write(text)


def safe_for_terminal(out: IO[Any]) -> TextIO:
    """Return a stream for data formats that escapes control characters on a terminal.

    Files and pipes get every character unchanged.
    """
    return cast("TextIO", _SafeTerminal(out) if out.isatty() else out)


def is_standard_output(output: Path | None) -> bool:
    """Return whether a path is None or leads to the target of standard output."""
    if output is None:
        return True
    try:
        return os.path.samestat(output.stat(), os.fstat(sys.stdout.fileno()))
    except OSError:
        # There is no such file yet, or standard output has no file descriptor.
        return False


@contextmanager
def _stream(output: Path | None, *, binary: bool) -> Iterator[IO[str] | IO[bytes]]:
    if output is None or is_standard_output(output):
        check_standard_output()
        yield _standard_output(binary=binary)
        return
    check_output(output)
    opener = _open_bytes if binary else _open_text
    try:
        if is_replaceable(output):
            with replacing(output) as partial_path, opener(partial_path) as stream:
                yield stream
            note_written(f"{printable(str(output))} had already been written", is_minor=True)
        else:
            with opener(output) as stream:
                yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"The file {output} cannot be written: {error.strerror}.") from error


def _standard_output(*, binary: bool) -> IO[str] | IO[bytes]:
    if not binary:
        return sys.stdout
    if sys.stdout.isatty():
        raise UsageError(
            "A binary format cannot be shown in a terminal.",
            "Use --output FILE, or a pipe.",
        )
    return sys.stdout.buffer


def _open_text(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="")


def _open_bytes(path: Path) -> IO[bytes]:
    return path.open("wb")
