"""Opens SQLite files that the user may only read, such as those of a read-only disk.

SQLite needs files beside a database with a write-ahead log even to read it. It cannot create them
in a folder that is read-only, and must not where another user writes: that user could not use them.
So without a log the file is opened as immutable, which needs neither these files nor locks.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from bricoop.db.address import file_of, shown
from bricoop.errors import DatabaseError

#: The key under which a connection stores the file that it reads as immutable.
_STAMP = "bricoop_immutable"


def read_only_uri(path: Path) -> str:
    """Return the URI by which SQLite opens a file for reading only."""
    how = "&immutable=1" if _is_immutable(path) else ""
    return f"{path.resolve().as_uri()}?mode=ro{how}"


def open_immutable(
    url: URL, arguments: list[Any], options: dict[str, Any], info: MutableMapping[Any, Any]
) -> None:
    """Change the arguments of a connection if the file can be read in no other way.

    Args:
        url: the address of the database.
        arguments: the positional arguments of `sqlite3.connect`.
        options: its keyword arguments.
        info: the notes that SQLAlchemy keeps with the connection, for `refuse_changed`.
    """
    path = file_of(url)
    if path is not None and _is_immutable(path):
        arguments[0] = read_only_uri(path)
        options["uri"] = True
        info[_STAMP] = _stamp(path)


def refuse_changed(url: URL, info: MutableMapping[Any, Any]) -> None:
    """Refuse an answer from a file that another user wrote to while it was read as immutable.

    Raises:
        DatabaseError: the file has changed since the connection was opened.
    """
    path = file_of(url)
    if path is not None and _STAMP in info and info[_STAMP] != _stamp(path):
        message = f"The database {shown(url)} was written while it was read without locks."
        raise DatabaseError(message, "Ask again; this answer may be wrong.")


def obstacle(path: Path) -> str:
    """Return why SQLite cannot open a file, as the end of a sentence; empty if it is not known."""
    file = path.resolve()
    folder = file.parent
    if not folder.is_dir():
        return f": the folder {folder} does not exist"
    if not file.exists():
        is_fixed = not os.access(folder, os.W_OK)
        return f": there is no such file, and the folder {folder} is read-only" if is_fixed else ""
    if not os.access(file, os.R_OK):
        return ": its permissions do not allow reading it"
    if _has_log(file):
        return f": it has a log, which cannot be read in the read-only folder {folder}"
    return ""


def _is_immutable(path: Path) -> bool:
    file = path.resolve()
    is_writable = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    return file.is_file() and not is_writable and not _has_log(file)


def _has_log(file: Path) -> bool:
    """Return whether a part of the content is in a log, which SQLite must read as well."""
    logs = (file.with_name(file.name + ending) for ending in ("-wal", "-journal"))
    return any(log.is_file() and log.stat().st_size for log in logs)


def _stamp(path: Path) -> tuple[int, int, bool]:
    file = path.resolve()
    status = file.stat()
    return status.st_mtime_ns, status.st_size, _has_log(file)
