"""Refuses SQLite files of other programs before they are opened, without changing them.

Merely opening a file can change it: SQLite replays the log that a crashed program left, and merges
an unused log into the file. So the file is first read in a way that modifies nothing.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from bricoop.db.address import file_of, shown
from bricoop.db.state import VERSION_TABLE, State
from bricoop.errors import DatabaseError

#: Messages and hints for states in which a database cannot be used.
_UNFIT = {
    State.OLDER: (
        "The database {address} was made by an older version of bricoop.",
        "Back it up, then run: bricoop db upgrade.",
    ),
    State.NEWER: (
        "The database {address} was made by a newer version of bricoop; it was not changed.",
        "Install the newer version.",
    ),
    State.FOREIGN: (
        "The database {address} contains tables of another program; it was not changed.",
        "Use a new file, or one that bricoop created.",
    ),
    State.DAMAGED: (
        f"The database {{address}} is damaged: its table {VERSION_TABLE} holds no version.",
        "Restore a backup.",
    ),
}


def unfit(state: State, url: URL) -> DatabaseError:
    """Return the error for a database that is neither ready nor empty."""
    message, hint = _UNFIT[state]
    return DatabaseError(message.format(address=shown(url)), hint)


def refuse_foreign_file(url: URL) -> None:
    """Refuse an SQLite file that is not empty and not a knowledge base, without touching it.

    A missing, empty or damaged file passes, as opening it raises a better error.

    Raises:
        DatabaseError: the file belongs to another program, or is virtual, such as those in /proc.
    """
    path = file_of(url)
    if path is None or not path.is_file():
        return
    if not path.stat().st_size:
        if not _is_empty(path):
            message = f"The file {shown(url)} is not an SQLite database."
            raise DatabaseError(message, "Use another file with --db.")
        return
    names = _names_in(path, "immutable=1")
    log = path.with_name(f"{path.name}-wal")
    if names == [] and log.is_file() and log.stat().st_size:
        # All content may still be in the log. A read-only connection reads the log and keeps it.
        names = _names_in(path, "mode=ro")
    if names and VERSION_TABLE not in names:
        raise unfit(State.FOREIGN, url)


def _is_empty(path: Path) -> bool:
    """Return whether a file of size 0 has no content; files in /proc and pipes may have some."""
    try:
        with open(path, "rb", buffering=0, opener=_without_waiting) as stream:
            # A pipe without data yields None, unlike the end of a file.
            return stream.read(1) == b""
    except OSError:
        # Opening it will raise a better error.
        return True


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _names_in(path: Path, how: str) -> list[str] | None:
    """Return the names of tables, views and triggers in a file, or None if it is unreadable.

    The application id in the header counts as a name, as a file may have one but no table yet.
    """
    try:
        # With `immutable` in the URI, SQLite takes no lock and creates no other file.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as connection:
            names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")]
            (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return None
    return [*names, f"application {application}"] if application else names
