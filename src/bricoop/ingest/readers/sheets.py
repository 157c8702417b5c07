"""A workbook is opened, and the sheet that is meant is found by name or number."""

import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_XLS_BEGINS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
#: Sheets of every workbook that bricoop writes; the rows are in the first.
_EXPORTED = ("Rows", "Question", "Sources")
_XLS_PASSWORD = b"\x2f\x00"


def open_workbook(whole: IO[bytes], name: str) -> "CalamineWorkbook":
    """Return the workbook.

    Raises:
        FileUnreadableError: it is damaged, or needs a password.
    """
    # Only those who load workbooks wait for what reads them.
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    whole.seek(0)
    try:
        with damaged(name):
            return CalamineWorkbook.from_filelike(whole)
    except FileUnreadableError as error:
        if _is_locked(whole):
            raise _locked(name) from error
        raise


@contextmanager
def damaged(name: str) -> Iterator[None]:
    """Say of a workbook that it is damaged, or needs a password, when reading it fails."""
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415 (as above)

    try:
        with _without_stacks():
            yield
    except PasswordError as error:
        raise _locked(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(name) from error
    except BaseException as error:
        # What panics in Rust is no Exception here.
        if type(error).__name__ == "PanicException":
            raise _damaged(name) from error
        raise


@contextmanager
def _without_stacks() -> Iterator[None]:
    """Keep what Rust writes of a panic, which becomes an error here, off standard error."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        # Standard error is closed: nothing can be written to it.
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def sheet_number(
    workbook: "CalamineWorkbook", wanted: str | int | None, name: str, notes: list[str]
) -> int:
    """Return the number of the sheet that is meant, counted from 0.

    Raises:
        FileUnreadableError: there is no such sheet, or none is named and there are several.
    """
    names = workbook.sheet_names
    listed = ", ".join(printable(one) for one in names)
    if wanted is not None:
        if wanted in names:
            return names.index(str(wanted))
        if str(wanted).isdecimal() and 1 <= int(wanted) <= len(names):
            return int(wanted) - 1
        message = f"{name} has no sheet {printable(str(wanted))!r}."
        raise FileUnreadableError(message, f"It has: {listed}.")
    kinds = [(str(one.typ), str(one.visible)) for one in workbook.sheets_metadata]
    sheets = [n for n, (typ, _) in enumerate(kinds) if typ.endswith("WorkSheet")]
    shown = [n for n in sheets if kinds[n][1].endswith(".Visible")]
    if len(shown) == 1:
        if len(sheets) > 1:
            notes.append(f"Only the sheet {printable(names[shown[0]])} is not hidden: it was read.")
        return shown[0]
    if not sheets:
        raise FileUnreadableError(f"{name} has no sheet of cells.")
    if set(_EXPORTED) <= set(names):
        notes.append(f"Of an exported workbook, the sheet {_EXPORTED[0]} was read.")
        return names.index(_EXPORTED[0])
    message = f"{name} has {len(sheets)} sheets: {listed}."
    raise FileUnreadableError(message, "Name one with --sheet.")


def _is_locked(whole: IO[bytes]) -> bool:
    whole.seek(0)
    no_ods = (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError)
    with suppress(*no_ods), zipfile.ZipFile(whole) as archive:
        return b":encryption-data" in archive.read("META-INF/manifest.xml")
    whole.seek(0)
    content = whole.read()
    if _ENCRYPTED_XLSX in content:
        return True
    # An .xls says so in one of the first records after the one that opens it.
    place = content.find(_XLS_BEGINS)
    for _ in range(5):
        kind, length = content[place : place + 2], content[place + 2 : place + 4]
        if place < 0 or kind == _XLS_PASSWORD:
            return place >= 0
        place += 4 + int.from_bytes(length, "little")
    return False


def _locked(name: str) -> FileUnreadableError:
    message = f"{name} is a workbook that needs a password."
    return FileUnreadableError(message, "Save it without one.")


def _damaged(name: str) -> FileUnreadableError:
    message = f"{name} is a damaged workbook, or none that is known here."
    return FileUnreadableError(message, "Open it in a spreadsheet program and save it again.")
