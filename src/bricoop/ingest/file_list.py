"""The files of one load command: paths and folders as typed, in a stable order, each once."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bricoop.domain.english import counted, enumerated
from bricoop.domain.names import printable
from bricoop.errors import FileUnreadableError, UsageError
from bricoop.ingest.readers.streams import STANDARD_INPUT

#: Suffixes of the files of a folder that are read; other files are read if they are named.
SUFFIXES = (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".zip", ".csv.gz", ".tsv.gz",
)  # fmt: skip
#: A hidden file, or the lock file that Excel keeps beside an open workbook.
_HIDDEN = (".", "~$")
_DIGITS = re.compile(r"(\d+)")
_NAMED = 3


@dataclass(frozen=True)
class FileList:
    """The files to load.

    Attributes:
        files: their paths, in the order in which they are loaded.
        notes: sentences on files that are left out.
    """

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def listed_files(paths: Sequence[str]) -> FileList:
    """Return the files that paths name, with those of each folder in place of the folder.

    Files keep the order of the paths; those of a folder are in natural order of their names,
    `2.csv` before `10.csv`. Subfolders and hidden files are left out, as are files of a folder with
    other suffixes. A file that is named several times is loaded once, whether through a
    folder, a link or another spelling.

    Args:
        paths: files and folders; `-` is standard input.

    Raises:
        FileUnreadableError: one of several files does not exist.
        UsageError: a folder has no file to load, or standard input is one of several files.
    """
    files: list[str] = []
    notes: list[str] = []
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            in_folder, note = _of_folder(path)
            files += in_folder
            notes += [note] if note else []
        else:
            files.append(path)
    if len(files) > 1:
        _check(files)
        files = list(_each_once(files, notes))
    return FileList(tuple(files), tuple(notes))


def _of_folder(folder: str) -> tuple[list[str], str]:
    """Return the files of a folder, and a note on those that are left out.

    Raises:
        FileUnreadableError: the folder cannot be read.
        UsageError: it has no file to load.
    """
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(_HIDDEN)]
            names = sorted((entry.name for entry in visible if entry.is_file()), key=_natural)
            folders = sum(entry.is_dir() for entry in visible)
    except OSError as error:
        message = f"The folder {printable(folder)} cannot be read: {error.strerror}."
        raise FileUnreadableError(message) from error
    read = [name for name in names if name.lower().endswith(SUFFIXES)]
    others = [printable(name) for name in names if not name.lower().endswith(SUFFIXES)]
    left_out = _left_out(others, folders)
    if not read:
        message = f"The folder {printable(folder)} has no file to load"
        message += f", only {left_out}." if left_out else "."
        raise UsageError(message, f"Files of a folder end in {enumerated(SUFFIXES)}.")
    note = f"Left out of {printable(folder)}: {left_out}." if left_out else ""
    return [str(Path(folder) / name) for name in read], note


def _left_out(others: Sequence[str], folders: int) -> str:
    """Return how many files and folders are left out, with the names of the first files."""
    counts = []
    if others:
        more = ", …" if len(others) > _NAMED else ""
        names = ", ".join(others[:_NAMED])
        counts.append(f"{counted(len(others), 'files')} of other kinds ({names}{more})")
    if folders:
        counts.append(counted(folders, "folders"))
    return " and ".join(counts)


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a sort key by which numbers in names are compared as numbers."""
    pieces = (piece for piece in _DIGITS.split(name.casefold()) if piece)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces], name


def _check(files: Iterable[str]) -> None:
    """Refuse files that cannot be loaded with others, before any of them is.

    Raises:
        FileUnreadableError: a file does not exist.
        UsageError: one of them is standard input.
    """
    for path in files:
        if path == STANDARD_INPUT:
            message = "Standard input (-) cannot be loaded together with files."
            raise UsageError(message, "Load it by a command of its own.")
        try:
            Path(path).stat()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be opened"
            message = f"The file {printable(path)} cannot be read: {reason}."
            raise FileUnreadableError(message, "No file was loaded.") from error


def _each_once(files: Iterable[str], notes: list[str]) -> Iterator[str]:
    """Yield files without repetitions; add a note on these."""
    first_names: dict[tuple[int, int], str] = {}
    repeated: list[str] = []
    for path in files:
        identity = _identity(path)
        if identity is not None and identity in first_names:
            first = first_names[identity]
            same = path if path != first else ""
            repeated.append(printable(f"{first} and {same}" if same else f"{first} twice"))
            continue
        if identity is not None:
            first_names[identity] = path
        yield path
    if repeated:
        more = f", and {len(repeated) - _NAMED:,} more" if len(repeated) > _NAMED else ""
        names = "; ".join(repeated[:_NAMED])
        notes.append(f"Named more than once, and loaded once: {names}{more}.")


def _identity(path: str) -> tuple[int, int] | None:
    """Return device and inode of a regular file; None for a pipe or a device."""
    with suppress(OSError):
        status = Path(path).stat()
        if stat.S_ISREG(status.st_mode):
            return status.st_dev, status.st_ino
    return None
