"""Rows that are wrong, written as they were into a file that can be corrected and loaded again."""

import codecs
import csv
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TextIO
from uuid import uuid4

from bricoop.errors import UsageError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.table import ABOVE, LINE, PROBLEMS, SourceRow


class Rejects:
    """The rows of one file that are left out, each behind all that is wrong with it.

    Attributes:
        lines: all that is wrong with each of these rows, by its line.
    """

    def __init__(self, path: Path | None, form: FileOptions) -> None:
        """Begin with none.

        Args:
            path: where they are to be written; None means that no row is ever left out.
            form: how the file is read, so that these rows can be read the same way.

        Raises:
            UsageError: no file can be written there.
        """
        self.lines: dict[int, str] = {}
        self._path = path
        self._form = form
        self._stream: TextIO | None = None
        self._part: Path | None = None
        if path is not None:
            self._refuse_what_is_no_place(path)

    def begin_again(self) -> None:
        """Write from the beginning: the file is to be read once more."""
        with suppress(OSError):
            self.close()

    def write(self, header: Sequence[str], row: SourceRow) -> None:
        """Write a row that is left out.

        Raises:
            UsageError: the file cannot be written.
        """
        if self._stream is None:
            self._stream = self._begun(header)
        try:
            self._writer.writerow([self._complaint(row.line), row.line, *row.cells])
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def _complaint(self, line: int) -> str:
        # The first word keeps a spreadsheet from taking a header such as =A1 for a formula.
        return " ".join(f"Refused: {self.lines[line]}".split())

    def keep(self) -> None:
        """Let the file take its place: the other rows are loaded.

        A link stays a link; a pipe or a device is written to.

        Raises:
            UsageError: the file cannot be written.
        """
        try:
            self.close()
            if self._path is None or self._part is None:
                return
            if _is_replaceable(self._path):
                self._part.replace(self._path.resolve())
                self._part = None
            else:
                with self._part.open("rb") as temporary, self._path.open("wb") as stream:
                    shutil.copyfileobj(temporary, stream)
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def close(self) -> None:
        """Close the file.

        Raises:
            OSError: what was still to be written cannot be, as where the disk is full.
        """
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def discard(self) -> None:
        """Leave no part of a file behind, even where closing it fails because the disk is full."""
        with suppress(OSError):
            self.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)

    def _unwritable(self, reason: str | None) -> UsageError:
        return UsageError(f"The file {self._path} cannot be written: {reason}.")

    def _refuse_what_is_no_place(self, path: Path) -> None:
        if path.is_dir():
            raise self._unwritable("it is a directory")
        if not path.resolve().parent.is_dir():
            raise self._unwritable("there is no such directory")

    def _named_part(self, path: Path) -> Path:
        # A name of its own: nothing that is already there is written over or removed.
        whole = path.resolve()
        folder = whole.parent if _is_replaceable(path) else Path(gettempdir())
        return folder / f"{whole.name}.{uuid4().hex}.part"

    def _begun(self, header: Sequence[str]) -> TextIO:
        form = self._form
        self._part = self._part or self._named_part(self._path or Path())
        try:
            stream = self._part.open("w", encoding=_encoding(form), newline="")
        except OSError as error:
            raise self._unwritable(error.strerror) from error
        # Where the header does not stand on the first line, something stands above it.
        stream.write(f"{ABOVE}\n" * ((form.header_row or 1) - 1))
        form = form.for_rejected_rows()
        self._writer = csv.writer(
            _Lines(stream), delimiter=form.delimiter, quotechar=form.quote, lineterminator="\r\n"
        )
        self._writer.writerow([PROBLEMS, LINE, *header])
        return stream


class _Lines:
    """Ends lines with a newline only.

    The writer is told of the carriage return so that it quotes a cell which holds one.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> int:
        """Write one row."""
        return self._out.write(f"{line[:-2]}\n")


def _encoding(form: FileOptions) -> str:
    # A byte order mark has the last word over the encoding that a profile names.
    return "utf-8" if codecs.lookup(form.encoding).name == "utf-8" else "utf-8-sig"


def _is_replaceable(path: Path) -> bool:
    return path.is_file() or not path.exists()
