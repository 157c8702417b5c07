"""Unpack compressed files while reading: gzip, or a zip archive that holds exactly one table."""

import gzip
import zipfile
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import PurePosixPath
from typing import IO

from bricoop.domain.limits import UNPACKED
from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.foreign_formats import EXPORT
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE, Stream

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: Protection against zip bombs: a small file may unpack to more than any disk holds.
MOST_UNPACKED = UNPACKED.value
#: The archive member that identifies each kind of workbook.
XLSX, ODS, _XLSB = "xl/workbook.xml", "content.xml", "xl/workbook.bin"
#: The archive member that identifies documents other than tables.
_DOCUMENTS = {"word/document.xml": "Word document", "ppt/presentation.xml": "presentation"}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OPEN_DOCUMENTS = {b"text": "text document", b"presentation": "presentation"}
_TABLES = {".csv", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}


def ungzip(packed: Stream) -> Stream:
    """Return the unpacked bytes of a gzip file as a stream."""
    return Stream(gzip.GzipFile(fileobj=packed, mode="rb"), packed.name, _limit(packed.name))


def archive(whole: IO[bytes], name: str) -> zipfile.ZipFile:
    """Open a zip archive, or a workbook that is one.

    Raises:
        FileUnreadableError: it is damaged, unpacks to more than 4 GiB, or is no readable format.
    """
    try:
        opened = zipfile.ZipFile(whole)
    except (OSError, *DAMAGED_ARCHIVE) as error:
        message = f"{name} starts like a workbook or a zip file but is damaged."
        raise FileUnreadableError(message, "Download it or save it again.") from error
    if sum(entry.file_size for entry in opened.infolist()) > MOST_UNPACKED:
        raise _too_much(name)
    names = {entry.lower() for entry in opened.namelist()}
    if document := _document_in(opened, names):
        raise FileUnreadableError(f"{name} is a {document}.", EXPORT)
    if _XLSB in names:
        # Its cells are in a binary form whose size cannot be known before all are in memory.
        raise FileUnreadableError(f"{name} is an .xlsb workbook.", "Save it as .xlsx.")
    if {XLSX, ODS} <= names:
        message = f"{name} is an .xlsx and an .ods at once."
        raise FileUnreadableError(message, "Open it in a spreadsheet program and save it again.")
    return opened


def _document_in(opened: zipfile.ZipFile, names: Collection[str]) -> str:
    """Return the kind of text document that a zip archive is; empty if it is none."""
    for path, document in _DOCUMENTS.items():
        if path in names:
            return document
    kind = b""
    # Damage is reported later, by the code that reads the whole archive.
    damaged = suppress(OSError, *DAMAGED_ARCHIVE)
    with damaged, opened.open("mimetype") as stream:
        kind = stream.read(100).strip()
    return _OPEN_DOCUMENTS.get(kind.removeprefix(_OPEN_DOCUMENT), "")


def is_workbook(opened: zipfile.ZipFile) -> bool:
    """Return whether a zip archive is a workbook: .xlsx, .xlsm or .ods."""
    names = set(opened.namelist())
    return XLSX in names or is_ods(opened)


def is_ods(opened: zipfile.ZipFile) -> bool:
    """Return whether a zip archive is an OpenDocument spreadsheet."""
    names = set(opened.namelist())
    return ODS in names and "META-INF/manifest.xml" in names


def only_table(opened: zipfile.ZipFile, name: str) -> tuple[str, Stream]:
    """Return name and content of the only table in a zip archive.

    Raises:
        FileUnreadableError: it holds none or several, or needs a password.
    """
    entries = [entry for entry in opened.infolist() if _is_content(entry)]
    tables = [entry for entry in entries if PurePosixPath(entry.filename).suffix.lower() in _TABLES]
    candidates = tables or entries
    if len(candidates) != 1:
        names = ", ".join(printable(candidate.filename) for candidate in candidates[:10])
        contents = f"{len(candidates)} tables: {names}" if candidates else "no table"
        raise FileUnreadableError(f"{name} contains {contents}.", "Unpack it, and load one file.")
    (entry,) = candidates
    if entry.flag_bits & 1:
        raise FileUnreadableError(f"{name} needs a password.", "Unpack it, and load the file.")
    try:
        inside = opened.open(entry)
    except (OSError, *DAMAGED_ARCHIVE) as error:
        message = f"{name} cannot be unpacked: {str(error).rstrip('.')}."
        raise FileUnreadableError(message, "Unpack it, and load the file.") from error
    return printable(entry.filename), Stream(inside, name, _limit(name))


def _is_content(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not entry.is_dir() and not hidden


def _limit(name: str) -> Callable[[bytes], None]:
    unpacked = 0

    def watch(block: bytes) -> None:
        nonlocal unpacked
        unpacked += len(block)
        if unpacked > MOST_UNPACKED:
            raise _too_much(name)

    return watch


def _too_much(name: str) -> FileUnreadableError:
    size = MOST_UNPACKED // 1024**3
    return FileUnreadableError(f"{name} unpacks to more than {size} GiB.", "Is it a table?")
