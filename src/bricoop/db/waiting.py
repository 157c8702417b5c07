"""Waits until other processes have written, and tells the user that it waits."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select

from bricoop.db.address import shown
from bricoop.db.schema import knowledge_base

#: How long a writer waits for another one on SQLite, in seconds: a large load may take minutes.
LONGEST_WAIT = 120
#: Seconds until the user is told; shorter waits are not worth a message.
_SILENT = 1
#: How often a locked row is tried within these seconds on PostgreSQL.
_TRIES = 10
#: The option of an engine for the callback that receives the message.
_OPTION = "bricoop_on_wait"


def announce_waits(engine: Engine, tell: Callable[[str], object]) -> None:
    """Call `tell` with a message when a writer waits for another process."""
    engine.update_execution_options(**{_OPTION: tell})


@contextmanager
def waits_announced_to(engine: Engine, tell: Callable[[str], object]) -> Iterator[None]:
    """Call `tell` during the block, in place of what was called before."""
    before = engine.get_execution_options().get(_OPTION)
    announce_waits(engine, tell)
    try:
        yield
    finally:
        engine.update_execution_options(**{_OPTION: before})


def begin_immediate(connection: Connection, driver: sqlite3.Connection) -> None:
    """Begin a transaction that writes to SQLite, after those of other processes.

    SQLite is asked anew every second: it does not notice an interrupt while it waits.

    Raises:
        sqlite3.OperationalError: the file is still locked after the longest wait.
    """
    end = time.monotonic() + LONGEST_WAIT
    is_announced = False
    driver.execute(f"PRAGMA busy_timeout = {_SILENT * 1000}")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > end:
                    raise
                if not is_announced:
                    _announce(connection, f", for at most {LONGEST_WAIT // 60} minutes")
                is_announced = True
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000}")


def wait_for_writers(connection: Connection) -> None:
    """Wait on PostgreSQL until the row that every writer locks is free, and lock it."""
    if connection.dialect.name != "postgresql":
        return
    row = select(knowledge_base.c.id)
    for _ in range(_TRIES):
        free = connection.execute(row.with_for_update(skip_locked=True)).first()
        if free is not None or connection.execute(row).first() is None:
            return
        time.sleep(_SILENT / _TRIES)
    _announce(connection, "")
    connection.execute(row.with_for_update())


def _announce(connection: Connection, limit: str) -> None:
    tell = connection.get_execution_options().get(_OPTION)
    if tell is not None:
        tell(f"Another process writes to the database {shown(connection.engine.url)}; "
             f"waiting for it{limit}.")  # fmt: skip


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
