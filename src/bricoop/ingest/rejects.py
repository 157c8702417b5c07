"""Write refused rows to a file, with their problems, to be corrected and loaded again."""

import codecs
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from bricoop.atomic_files import PartialFile, is_replaceable
from bricoop.domain.csv_writer import CsvWriter
from bricoop.domain.names import printable
from bricoop.errors import UsageError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.rejected_rows import ABOVE, LINE, LOAD, PROBLEMS
from bricoop.ingest.readers.table import SourceRow


class Rejects:
    """Writes the rows of a file that are left out, each preceded by its problems.

    Attributes:
        lines: the problems of each of these rows, by line.
    """

    def __init__(self, path: Path | None, form: FileOptions) -> None:
        """Start with no rows.

        Args:
            path: the file to write; None means that no rows are left out.
            form: the options of the source file, by which the rejects can be read again.

        Raises:
            UsageError: the path is a directory, or its directory does not exist.
        """
        self.lines: dict[int, str] = {}
        self._path = path
        self._form = form
        self._stream: TextIO | None = None
        self._partial_file: PartialFile | None = None
        if path is not None:
            self._refuse_unusable_path(path)

    def begin_again(self) -> None:
        """Start over, as the source file is read once more."""
        with suppress(OSError):
            self.close()

    def write(self, header: Sequence[str], row: SourceRow, load_id: int | None) -> None:
        """Write a row that is left out.

        Args:
            header: the header of its file.
            row: the row.
            load_id: the load that leaves it out; None in a dry run.

        Raises:
            UsageError: the file cannot be written.
        """
        if self._stream is None:
            self._stream = self._begun(header)
        try:
            self._writer.write([self._complaint(row.line), row.line, load_id or "", *row.cells])
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def _complaint(self, line: int) -> str:
        # The first word prevents spreadsheets from treating a text such as =A1 as a formula.
        return printable(" ".join(f"Refused: {self.lines[line]}".split()))

    def keep(self) -> None:
        """Move the temporary file to its final path, once the other rows are loaded.

        A symbolic link is kept; a pipe or device is written to.

        Raises:
            UsageError: the file cannot be written.
        """
        try:
            self.close()
            if self._path is None or self._partial_file is None:
                return
            # Moved only now: if the load fails, an earlier file of rejects stays as it was.
            if is_replaceable(self._path):
                self._partial_file.complete()
            else:
                temporary_path = self._partial_file.path
                with temporary_path.open("rb") as temporary, self._path.open("wb") as stream:
                    shutil.copyfileobj(temporary, stream)
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def close(self) -> None:
        """Close the file.

        Raises:
            OSError: buffered rows cannot be written, for example because the disk is full.
        """
        # Forgotten first: if closing fails, as on a full disk, it is not tried again.
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def discard(self) -> None:
        """Delete the temporary file, even if closing it fails because the disk is full."""
        with suppress(OSError):
            self.close()
        if self._partial_file is not None:
            self._partial_file.discard()

    def _unwritable(self, reason: str | None) -> UsageError:
        return UsageError(f"The file {self._path} cannot be written: {reason}.")

    def _refuse_unusable_path(self, path: Path) -> None:
        if path.is_dir():
            raise self._unwritable("it is a directory")
        if not path.resolve().parent.is_dir():
            raise self._unwritable("there is no such directory")

    def _begun(self, header: Sequence[str]) -> TextIO:
        form = self._form
        self._partial_file = self._partial_file or PartialFile(self._path or Path())
        try:
            stream = self._partial_file.path.open("w", encoding=_encoding(form), newline="")
        except OSError as error:
            raise self._unwritable(error.strerror) from error
        # Filler lines, so that the header is on the line that the options name.
        stream.write(f"{ABOVE}\n" * ((form.header_row or 1) - 1))
        form = form.for_rejected_rows()
        self._writer = CsvWriter(stream, form.delimiter, form.quote)
        self._writer.write([PROBLEMS, LINE, LOAD, *header])
        return stream


def _encoding(form: FileOptions) -> str:
    # A byte order mark overrides the encoding that a profile names when the file is read.
    return "utf-8" if codecs.lookup(form.encoding).name == "utf-8" else "utf-8-sig"
