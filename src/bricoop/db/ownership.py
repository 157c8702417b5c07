"""Whose an SQLite file is: one with tables that are not bricoop's is refused before it is opened.

Opening alone can change a file: SQLite replays what a crashed program left in its log, and moves a
log that nobody uses into the file. So the file is read first in a way that touches nothing.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from bricoop.db.address import file_of, shown
from bricoop.db.state import VERSION_TABLE, State
from bricoop.errors import DatabaseError

#: What keeps a database from being used as it is, and what to do.
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
    """Return the refusal of a database that is neither ready nor empty."""
    message, hint = _UNFIT[state]
    return DatabaseError(message.format(address=shown(url)), hint)


def refuse_foreign_file(url: URL) -> None:
    """Refuse an SQLite file that holds something and is not a knowledge base, without a trace.

    A file that is missing, empty or damaged passes: opening it says what it is.

    Raises:
        DatabaseError: the file is somebody else's, or the kernel makes what is read from it.
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
        # Whatever the database holds may still be in its log. Who may only read leaves it there.
        names = _names_in(path, "mode=ro")
    if names and VERSION_TABLE not in names:
        raise unfit(State.FOREIGN, url)


def _is_empty(path: Path) -> bool:
    """Return whether a file of no size has no content: files under /proc have, or wait for some."""
    try:
        with open(path, "rb", buffering=0, opener=_without_waiting) as stream:
            # Nothing that is there yet is None, and no end.
            return stream.read(1) == b""
    except OSError:
        # Whatever opens it says better what is wrong with it.
        return True


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _names_in(path: Path, how: str) -> list[str] | None:
    """Return the names of tables, views and triggers in a file, or None where it is unreadable.

    An application's number in the header counts as a name: a file may carry one and no table yet.
    """
    try:
        # A connection by a URI with `immutable` takes no lock and makes no file beside this one.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as connection:
            names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")]
            (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return None
    return [*names, f"application {application}"] if application else names
