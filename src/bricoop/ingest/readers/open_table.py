"""Open any file as a table: unpack it, detect its kind, and choose its reader."""

from contextlib import suppress
from typing import IO

from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.archives import (
    GZIP,
    ZIP,
    archive,
    is_workbook,
    only_table,
    ungzip,
)
from bricoop.ingest.readers.file_options import NATIVE, FileOptions, Kind
from bricoop.ingest.readers.foreign_formats import refuse_foreign
from bricoop.ingest.readers.rejected_rows import begins_rejected_rows
from bricoop.ingest.readers.separated import SeparatedTable
from bricoop.ingest.readers.streams import SourceFile, Stream
from bricoop.ingest.readers.table import Table
from bricoop.ingest.readers.workbook import WorkbookTable

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}


def open_table(path: str, form: FileOptions = NATIVE, named: str | None = None) -> Table:
    """Open a file as a table; `-` is standard input, `named` its name in messages.

    Raises:
        FileUnreadableError: it cannot be read, or not with these options.
    """
    file = SourceFile(path, named)
    try:
        return _Opening(file, form).table()
    except BaseException:
        file.close()
        raise


def beginning(path: str, size: int) -> bytes | None:
    """Return the first `size` bytes of a text file, unpacked; None if it is a workbook.

    Raises:
        FileUnreadableError: it cannot be read, or is neither.
    """
    file = SourceFile(path)
    try:
        content = _Opening(file, NATIVE).content()
        if not isinstance(content, Stream):
            return None
        first = b""
        while len(first) < size and (block := content.read(size - len(first))):
            first += block
        return first
    finally:
        file.close()


class _Opening:
    """A file that is being unpacked and recognised."""

    def __init__(self, file: SourceFile, form: FileOptions) -> None:
        self._file = file
        self._form = form
        self._notes: list[str] = []

    def table(self) -> Table:
        content = self.content()
        table: Table
        table = self._text(content) if isinstance(content, Stream) else self._workbook(content)
        table.join_header(self._form)
        return table

    def content(self) -> IO[bytes] | Stream:
        """Return a workbook as a seekable file, and anything else as an unpacked stream."""
        stream = self._file.stream
        # The content decides and not the name: downloads often have a wrong ending, or none.
        if stream.head.startswith(GZIP):
            self._notes.append("Unpacked from gzip.")
            stream = ungzip(stream)
        elif stream.head.startswith(ZIP):
            whole = self._file.copy(stream)
            opened = archive(whole, self._file.name)
            if is_workbook(opened):
                return whole
            self._file.opened.enter_context(opened)
            inner, stream = only_table(opened, self._file.name)
            self._notes.append(f"Unpacked {inner} from the zip file.")
        return self._unpacked(stream)

    def _unpacked(self, stream: Stream) -> IO[bytes] | Stream:
        name = self._file.name
        if stream.head.startswith(_OLD_WORKBOOK):
            return self._file.copy(stream)
        if stream.head.startswith(ZIP):
            whole = self._file.copy(stream)
            if is_workbook(archive(whole, name)):
                return whole
        if stream.head.startswith((GZIP, *ZIP)):
            raise FileUnreadableError(f"{name} is compressed twice.", "Unpack it.")
        packed = stream is not self._file.stream
        refuse_foreign(stream.head, name, self._form.encoding, packed=packed)
        return stream

    def _text(self, stream: Stream) -> Table:
        name = self._file.name
        # Rejected rows are written as CSV even if the file they came from is a workbook.
        if begins_rejected_rows(stream.head):
            self._form = self._form.for_rejected_rows()
        else:
            if self._form.kind is Kind.WORKBOOK:
                raise FileUnreadableError(f"{name} is not a workbook.", "Save it as .xlsx.")
            if self._form.sheet is not None:
                raise FileUnreadableError(f"{name} is not a workbook and has no sheets.")
        if self._file.ending in _WORKBOOKS:
            self._notes.append(
                f"It is not a workbook, although its name ends in {self._ending}: read as CSV."
            )
        return SeparatedTable(self._file, stream, self._form, self._notes)

    def _workbook(self, whole: IO[bytes]) -> Table:
        if self._form.is_delimiter_named:
            message = f"{self._file.name} is a workbook and has no delimiter."
            raise FileUnreadableError(message, "Leave the delimiter out.")
        if self._form.kind is Kind.CSV:
            raise FileUnreadableError(f"{self._file.name} is a workbook.", "Save it as CSV.")
        if self._file.ending in {".csv", ".tsv", ".txt"}:
            self._notes.append(f"It is a workbook, although its name ends in {self._ending}.")
        # Read the rest of a compressed file, as its digest covers all bytes.
        with suppress(FileUnreadableError):
            while self._file.stream.read():
                pass
        return WorkbookTable(self._file, whole, self._form, self._notes)

    @property
    def _ending(self) -> str:
        return printable(self._file.ending)
