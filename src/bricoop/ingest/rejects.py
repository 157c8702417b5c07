"""Rows that are wrong, written as they were into a file that can be mended and loaded again."""

import codecs
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from bricoop.errors import UsageError
from bricoop.ingest.readers.form import Form
from bricoop.ingest.readers.table import LINE, PROBLEMS, SourceRow


class Rejects:
    """The rows of one file that are left out, each behind all that is wrong with it.

    Attributes:
        lines: all that is wrong with each of these rows, by its line.
    """

    def __init__(self, path: Path | None, form: Form) -> None:
        """Begin with none.

        Args:
            path: where they are to be written; None means that no row is ever left out.
            form: how the file is read, so that these rows can be read the same way.
        """
        self.lines: dict[int, str] = {}
        self._path = path
        self._form = form
        self._stream: TextIO | None = None

    def begin_again(self) -> None:
        """Write from the beginning: the file is to be read once more."""
        self.close()

    def write(self, header: Sequence[str], row: SourceRow) -> None:
        """Write a row that is left out.

        Raises:
            UsageError: the file cannot be written.
        """
        if self._stream is None:
            self._stream = self._begun(header)
        self._writer.writerow([self._complaint(row.line), row.line, *row.cells])

    def _complaint(self, line: int) -> str:
        # The first word keeps a spreadsheet from taking a header such as =A1 for a formula.
        words = f"Refused: {self.lines[line]}".split()
        said = " ".join(words)
        return said if self._form.quote else said.replace(self._form.delimiter, " ")

    def keep(self) -> None:
        """Let the file take its place: the other rows are loaded."""
        self.close()
        if self._path is not None and self.lines:
            self._part.replace(self._path)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def discard(self) -> None:
        """Leave no part of a file behind."""
        self.close()
        if self._path is not None:
            self._part.unlink(missing_ok=True)

    @property
    def _part(self) -> Path:
        path = self._path or Path()
        return path.with_name(f"{path.name}.part")

    def _begun(self, header: Sequence[str]) -> TextIO:
        form = self._form
        try:
            stream = self._part.open("w", encoding=_encoding(form), newline="")
        except OSError as error:
            message = f"The file {self._path} cannot be written: {error.strerror}."
            raise UsageError(message) from error
        # Where the header does not stand on the first line, something stands above it.
        stream.write("rows that were left out\n" * ((form.header_row or 1) - 1))
        self._writer = csv.writer(
            stream,
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
            lineterminator="\n",
        )
        self._writer.writerow([PROBLEMS, LINE, *header])
        return stream


def _encoding(form: Form) -> str:
    # A byte order mark has the last word over the encoding that a profile names.
    return "utf-8" if codecs.lookup(form.encoding).name == "utf-8" else "utf-8-sig"
