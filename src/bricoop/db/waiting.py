"""Waits until other processes have written, and tells the user that it waits."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.address import shown
from bricoop.db.schema import knowledge_base
from bricoop.domain.names import printable
from bricoop.errors import DatabaseError

#: How long a writer waits for another one on SQLite if nothing else is set, in seconds: a large
#: load may take minutes. On PostgreSQL it then waits without limit.
LONGEST_WAIT = 120
#: Seconds until the user is told; shorter waits are not worth a message.
_SILENT = 1
#: How often a locked row is tried within these seconds on PostgreSQL.
_TRIES = 10
#: The options of an engine for the callback that receives messages, and for the longest wait.
_CALLBACK, _LIMIT = "bricoop_on_wait", "bricoop_longest_wait"
#: SQLSTATE of a lock that was not available within `lock_timeout`.
_LOCKED = "55P03"
_MINUTE = 60

#: The oldest transaction that holds the writers' lock. A transaction that waits for the lock holds
#: one on the table as well; users without `pg_read_all_stats` do not see its beginning.
_HOLDER = text("""
SELECT application_name, usename, pid, to_char(xact_start AT TIME ZONE 'UTC', 'HH24:MI:SS') AS began
FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE relation = CAST('knowledge_base' AS regclass) AND granted AND pid <> pg_backend_pid()
    AND mode IN ('RowShareLock', 'RowExclusiveLock') AND cardinality(pg_blocking_pids(pid)) = 0
ORDER BY mode = 'RowExclusiveLock' DESC, xact_start LIMIT 1
""")


def announce_waits(engine: Engine, tell: Callable[[str], object]) -> None:
    """Call `tell` with a message when a writer waits for another process, or tries again."""
    engine.update_execution_options(**{_CALLBACK: tell})


@contextmanager
def waits_announced_to(engine: Engine, tell: Callable[[str], object]) -> Iterator[None]:
    """Call `tell` during the block, in place of what was called before."""
    before = engine.get_execution_options().get(_CALLBACK)
    announce_waits(engine, tell)
    try:
        yield
    finally:
        engine.update_execution_options(**{_CALLBACK: before})


def tell_user(engine: Engine, message: str) -> None:
    """Pass a message to the callback of `announce_waits`, if there is one."""
    tell = engine.get_execution_options().get(_CALLBACK)
    if tell is not None:
        tell(message)


def limit_waits(engine: Engine, seconds: float | None) -> None:
    """Set how long a writer waits for another process; None for the default of the database."""
    default = LONGEST_WAIT if engine.dialect.name == "sqlite" else None
    engine.update_execution_options(**{_LIMIT: default if seconds is None else seconds})


def longest_wait(connection: Connection) -> float | None:
    """Return how many seconds a writer waits for another process; None if there is no limit."""
    default = LONGEST_WAIT if connection.dialect.name == "sqlite" else None
    limit: float | None = connection.get_execution_options().get(_LIMIT, default)
    return limit


def lock_timeout(seconds: float | None) -> str:
    """Return PostgreSQL's setting for the longest wait for a lock, in which 0 is no limit.

    >>> lock_timeout(1.5), lock_timeout(0), lock_timeout(None)
    ('1500', '1', '0')
    """
    return "0" if seconds is None else str(max(1, round(seconds * 1000)))


def begin_immediate(connection: Connection, driver: sqlite3.Connection) -> None:
    """Begin a transaction that writes to SQLite, after those of other processes.

    SQLite is asked anew every second: it does not notice an interrupt while it waits.

    Raises:
        DatabaseError: the file is still locked after the longest wait.
    """
    limit = longest_wait(connection) or 0
    end = time.monotonic() + limit
    is_announced = False
    try:
        while True:
            remaining = max(0.0, end - time.monotonic())
            driver.execute(f"PRAGMA busy_timeout = {round(min(_SILENT, remaining) * 1000)}")
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
                if time.monotonic() >= end:
                    raise _waited_too_long(connection.engine.url, limit) from error
                if not is_announced:
                    _announce(connection, limit)
                is_announced = True
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000}")


def wait_for_writers(connection: Connection) -> None:
    """Wait on PostgreSQL until the row that every writer locks is free, and lock it.

    The transaction is one that `writing` began, so that no `statement_timeout` ends the wait.

    Raises:
        DatabaseError: the row is still locked after the longest wait.
    """
    if connection.dialect.name != "postgresql":
        return
    limit = longest_wait(connection)
    silent = _SILENT if limit is None else min(_SILENT, limit)
    row = select(knowledge_base.c.id)
    for _ in range(_TRIES):
        free = connection.execute(row.with_for_update(skip_locked=True)).first()
        if free is not None or connection.execute(row).first() is None:
            return
        time.sleep(silent / _TRIES)
    if limit is not None and limit <= _SILENT:
        raise _waited_too_long(connection.engine.url, limit)
    _announce(connection, limit, _holder(connection))
    _limit_locks(connection, None if limit is None else limit - _SILENT)
    try:
        connection.execute(row.with_for_update())
    except DBAPIError as error:
        if limit is None or getattr(error.orig, "sqlstate", None) != _LOCKED:
            raise
        raise _waited_too_long(connection.engine.url, limit) from error
    _limit_locks(connection, limit)


def _limit_locks(connection: Connection, seconds: float | None) -> None:
    setting = text("SELECT set_config('lock_timeout', :timeout, true)")
    connection.execute(setting, {"timeout": lock_timeout(seconds)})


def _holder(connection: Connection) -> str:
    """Return who holds the writers' lock, in parentheses; empty if that cannot be seen."""
    holder = connection.execute(_HOLDER).first()
    if holder is None:
        return ""
    began = f"since {holder.began} UTC" if holder.began else ""
    process = f"process {holder.pid} of the server"
    details = (holder.application_name, f"user {holder.usename}", process, began)
    return f" ({printable(', '.join(filter(None, details)))})"


def _announce(connection: Connection, limit: float | None, holder: str = "") -> None:
    bound = "" if limit is None else f", for at most {_duration(limit)}"
    address = shown(connection.engine.url)
    tell_user(
        connection.engine,
        f"Another process{holder} writes to the database {address}; waiting for it{bound}.",
    )


def _waited_too_long(url: URL, seconds: float) -> DatabaseError:
    message = (
        f"Another process still writes to the database {shown(url)}, after a wait of "
        f"{_duration(seconds)}; nothing was written."
    )
    return DatabaseError(message, "Try again later, or wait longer with --wait SECONDS.")


def _duration(seconds: float) -> str:
    """Return a number of seconds in words.

    >>> _duration(120), _duration(60), _duration(1), _duration(2.5)
    ('2 minutes', '1 minute', '1 second', '2.5 seconds')
    """
    whole, rest = divmod(seconds, _MINUTE)
    number, unit = (whole, "minute") if whole and not rest else (seconds, "second")
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
