"""Open a workbook with calamine, and select a sheet by name or number."""

import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from bricoop.domain.english import counted
from bricoop.domain.limits import WORKBOOK_PART
from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_XLS_BEGINS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
#: The sheets of workbooks exported by bricoop; the rows are in the first.
_EXPORTED = ("Rows", "Question", "Sources")
#: How many hidden sheets a note names.
_SHOWN = 5
_XLS_PASSWORD = b"\x2f\x00"


class SheetEntry(NamedTuple):
    """A sheet in the list of a workbook.

    Attributes:
        name: its name.
        hidden: whether it is hidden.
        has_cells: whether it is a sheet of cells and not, say, a chart.
    """

    name: str
    hidden: bool
    has_cells: bool


def open_workbook(whole: IO[bytes], name: str) -> "CalamineWorkbook":
    """Return the workbook.

    Raises:
        FileUnreadableError: it is damaged, or needs a password.
    """
    # Imported here, so that other commands start faster.
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    whole.seek(0)
    try:
        with damaged(name):
            return CalamineWorkbook.from_filelike(whole)
    except FileUnreadableError as error:
        raise refusal(whole, name) from error


def refusal(whole: IO[bytes], name: str) -> FileUnreadableError:
    """Return the error for a workbook that cannot be read: a password, or damage."""
    return locked(name) if is_locked(whole) else _damaged(name)


@contextmanager
def damaged(name: str) -> Iterator[None]:
    """Turn errors of calamine into `FileUnreadableError`: a password, or damage."""
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415 (as above)

    try:
        with _without_panic_messages():
            yield
    except PasswordError as error:
        raise locked(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(name) from error
    except BaseException as error:
        # A panic in Rust is raised as a BaseException that is not an Exception.
        if type(error).__name__ == "PanicException":
            raise _damaged(name) from error
        raise


@contextmanager
def _without_panic_messages() -> Iterator[None]:
    """Suppress the message that Rust writes to standard error when it panics."""
    sys.stderr.flush()
    try:
        stderr_copy = os.dup(2)
    except OSError:
        # Standard error is closed, so nothing can be written to it.
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(stderr_copy, 2)
        os.close(stderr_copy)


def sheet_number(
    entries: Sequence[SheetEntry], asked_for: str | int | None, name: str, notes: list[str]
) -> int:
    """Return the index of the requested sheet, or of the only one, counted from 0.

    Raises:
        FileUnreadableError: there is no such sheet, or none is named and there are several.
    """
    names = [entry.name for entry in entries]
    sheets = [n for n, entry in enumerate(entries) if entry.has_cells]
    hidden = [n for n in sheets if entries[n].hidden]
    visible = [n for n in sheets if n not in hidden]
    listed = ", ".join(_listed(name, hidden=n in hidden) for n, name in enumerate(names))
    if asked_for is not None:
        number = _named(names, asked_for)
        if number is None:
            message = f"{name} has no sheet {printable(str(asked_for))!r}."
            raise FileUnreadableError(message, f"It has: {listed}.")
        notes.extend(_of_hidden(names, hidden, number))
        return number
    # Hidden sheets are no reason to ask: they hold lists for drop-downs more often than data.
    if len(visible) == 1:
        if hidden:
            notes.append(
                f"Only the sheet {printable(names[visible[0]])} is not hidden: it was read."
            )
        return visible[0]
    if not sheets:
        raise FileUnreadableError(f"{name} has no worksheet.")
    if set(_EXPORTED) <= set(names):
        notes.append(f"Read the sheet {_EXPORTED[0]} of an exported workbook.")
        return names.index(_EXPORTED[0])
    message = f"{name} has {len(sheets)} sheets: {listed}."
    raise FileUnreadableError(message, "Name one with --sheet.")


def _named(names: list[str], asked_for: str | int) -> int | None:
    if asked_for in names:
        return names.index(str(asked_for))
    number = str(asked_for)
    return int(number) - 1 if number.isdecimal() and 1 <= int(number) <= len(names) else None


def _listed(name: str, *, hidden: bool) -> str:
    return f"{printable(name)} (hidden)" if hidden else printable(name)


def _of_hidden(names: list[str], hidden: list[int], number: int) -> list[str]:
    """Return the notes on hidden sheets, given the index of the sheet that is read."""
    if number in hidden:
        return [f"A hidden sheet was read: {printable(names[number])}."]
    if not hidden:
        return []
    skipped = ", ".join(printable(names[n]) for n in hidden[:_SHOWN])
    more = ", …" if len(hidden) > _SHOWN else ""
    return [f"Not read: {counted(len(hidden), 'hidden sheets')} ({skipped}{more})."]


def is_locked(whole: IO[bytes]) -> bool:
    """Return whether a workbook needs a password."""
    whole.seek(0)
    with suppress(OSError, *DAMAGED_ARCHIVE):
        archive = zipfile.ZipFile(whole)
        with archive.open("META-INF/manifest.xml") as manifest:
            return b":encryption-data" in manifest.read(WORKBOOK_PART.value)
    whole.seek(0)
    content = whole.read()
    if _ENCRYPTED_XLSX in content:
        return True
    # An .xls has the password record among the first records of its stream.
    position = content.find(_XLS_BEGINS)
    for _ in range(5):
        kind, length = content[position : position + 2], content[position + 2 : position + 4]
        if position < 0 or kind == _XLS_PASSWORD:
            return position >= 0
        position += 4 + int.from_bytes(length, "little")
    return False


def locked(name: str) -> FileUnreadableError:
    """Return the error for a workbook that needs a password."""
    message = f"{name} is a workbook that needs a password."
    return FileUnreadableError(message, "Save it without one.")


def _damaged(name: str) -> FileUnreadableError:
    message = f"{name} is a damaged workbook, or not a workbook of a known kind."
    return FileUnreadableError(message, "Open it in a spreadsheet program and save it again.")
