"""Engines, settings of connections, transactions, and translation of driver errors."""

import logging
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bricoop.db.address import file_of, hide_secrets, shown
from bricoop.db.aggregates import register_aggregates
from bricoop.db.ownership import refuse_foreign_file
from bricoop.db.types import DamagedValueError
from bricoop.db.unwritable_files import obstacle, open_immutable, refuse_changed
from bricoop.db.waiting import LONGEST_WAIT, begin_immediate
from bricoop.errors import DatabaseError, install_hint


def make_engine(url: URL) -> Engine:
    """Return an engine whose connections enforce foreign keys and begin transactions explicitly.

    Raises:
        DatabaseError: the driver of PostgreSQL is not installed.
    """
    try:
        engine = create_engine(url, json_serializer=_to_json, **_options(url))
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        message = "PostgreSQL needs its driver."
        raise DatabaseError(message, install_hint("postgres")) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _before_connecting(url))
        _listen_on_sqlite(engine)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
    _keep_quiet()
    return engine


def engine_on(driver: sqlite3.Connection) -> Engine:
    """Return an engine whose only connection is an SQLite database that is open already."""
    engine = create_engine(
        "sqlite://", creator=lambda: driver, poolclass=StaticPool, json_serializer=_to_json
    )
    _listen_on_sqlite(engine)
    return engine


def _listen_on_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _keep_quiet() -> None:
    """Keep log messages of libraries off the terminal, such as those on interrupted connections.

    Python prints warnings if no handler exists; applications that set up logging still get them.
    """
    for name in ("sqlalchemy", "psycopg"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _before_connecting(url: URL) -> Callable[..., None]:
    def before_connecting(
        _: object, record: Any, arguments: list[Any], options: dict[str, Any]
    ) -> None:
        refuse_foreign_file(url)
        open_immutable(url, arguments, options, record.info)

    return before_connecting


def _to_json(value: Any) -> str:
    import orjson  # noqa: PLC0415 (only writers need it)

    return orjson.dumps(value).decode()


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": LONGEST_WAIT}}
    return {"connect_args": {"connect_timeout": 10}}


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transaction handling commits around DDL; explicit transactions do not.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    register_aggregates(connection)


def _prepare_postgresql(connection: Any, _: object) -> None:
    # Turn off JIT compilation: PostgreSQL compiles queries of high estimated cost, and a condition
    # of some hundred values takes minutes to compile and milliseconds to run. No query of bricoop
    # gains as much. `pg_settings` is queried, as some servers lack the setting.
    connection.execute("SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get("writes"))
    if writes:
        # SQLite cannot move temporary storage within a transaction once it is in use, and checking
        # whether a table exists uses it. Moving it now empties it, so that a large load can still
        # sort its indexes in a file.
        connection.exec_driver_sql("PRAGMA temp_store = FILE")
    lay_out_memory(connection, writes=writes)
    driver = connection.connection.driver_connection
    if writes and isinstance(driver, sqlite3.Connection):
        begin_immediate(connection, driver)
    else:
        connection.exec_driver_sql("BEGIN DEFERRED")


def lay_out_memory(connection: Connection, *, writes: bool) -> None:
    """Set SQLite's cache and temporary storage for writing rows, or for sorting them.

    Temporary storage that is in use within a transaction stays where it is; sorting then takes more
    memory.
    """
    # Readers sort in files, as sorting a million rows in memory would exhaust it. The driver is
    # used directly: SQLAlchemy's handling of an error would end the transaction.
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        with _unless_in_use():
            driver.execute(f"PRAGMA temp_store = {'MEMORY' if writes else 'FILE'}")
    # A large cache speeds up writing and slows down sorting: SQLite sorts in chunks of the size of
    # the cache, and chunks that fit the processor's cache take half the time.
    connection.exec_driver_sql(f"PRAGMA cache_size = {-40960 if writes else -2000}")


@contextmanager
def _unless_in_use() -> Iterator[None]:
    """Suppress SQLite's error on moving temporary storage that is in use."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "temporary storage" not in str(error):
            raise


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose transaction reads one snapshot of the database.

    Raises:
        DatabaseError: the database cannot be reached or read.
    """
    with translate_db_errors(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection
        refuse_changed(engine.url, connection.info)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """Yield a connection as `writing` does, on which tables can be recreated.

    SQLite deletes the rows that refer to a dropped table. So foreign keys are disabled meanwhile,
    and checked at the end.

    Raises:
        DatabaseError: the database cannot be written, or a foreign key would be violated.
    """
    if engine.dialect.name != "sqlite":
        with writing(engine) as connection:
            yield connection
        return
    with translate_db_errors(engine), engine.connect() as connection:
        connection.execution_options(writes=True)
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            message = "the driver is not sqlite3"
            raise TypeError(message)
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    message = "A row of the database refers to a row that does not exist."
                    raise DatabaseError(message, "Nothing was changed; restore a backup.")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection with a transaction that is committed as a whole, or rolled back.

    Writers run one after another: SQLite has a write lock on the file, and on PostgreSQL every
    writer first updates the row of `knowledge_base`.

    Raises:
        DatabaseError: the database cannot be reached or written.
    """
    with translate_db_errors(engine), engine.connect() as connection:
        connection.execution_options(writes=True)
        if connection.dialect.name == "postgresql":
            # Under a stricter default of the server, a writer that waited would fail to serialize.
            connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            yield connection


def commit_uninterrupted(connection: Connection, after_commit: Callable[[], object]) -> None:
    """Commit and call `after_commit`; an interrupt is delayed until both are done.

    So the caller knows, when interrupted, whether the transaction was committed.
    """
    with _undisturbed():
        connection.commit()
        after_commit()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Delay SIGINT and SIGTERM until the end of the block.

    Blocking the signals is not enough: another thread, such as one of a library, would receive
    them, and Python would raise `KeyboardInterrupt` in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        # Python handles signals in the main thread only, and handlers can be set only there.
        yield
        return
    waiting: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # A handler that was not installed from Python is None, and could not be restored.
    handled = {number: handler for number, handler in before.items() if callable(handler)}
    for number in handled:
        signal.signal(number, lambda number, _: waiting.append(number))
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])


@contextmanager
def translate_db_errors(engine: Engine) -> Iterator[None]:
    """Translate errors of drivers into `DatabaseError`.

    An interrupt may break the connection, so that the rollback fails too; `KeyboardInterrupt` is
    raised then.

    Raises:
        DatabaseError: the database cannot be reached, read or written.
    """
    try:
        yield
    except DBAPIError as error:
        if interrupted_before(error):
            raise KeyboardInterrupt from error
        raise explained(engine.url, str(error.orig)) from error
    except sqlite3.Error as error:
        # Settings of a connection are made on the driver directly, without SQLAlchemy.
        raise explained(engine.url, str(error)) from error
    except JSONDecodeError as error:
        message = (
            f"The database {shown(engine.url)} is damaged: JSON in a row of it cannot be read."
        )
        raise DatabaseError(message, "Run `bricoop db check`.") from error
    except DamagedValueError as error:
        message = f"The database {shown(engine.url)} is damaged: {error}."
        raise DatabaseError(message, "Run `bricoop db check`.") from error
    except SQLAlchemyError as error:
        message = f"The database {shown(engine.url)} cannot be used ({type(error).__name__})."
        raise DatabaseError(message) from error


def interrupted_before(error: BaseException) -> bool:
    """Return whether an error was raised while an interrupt was being handled."""
    before: BaseException | None = error
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before is not None


#: Translations of driver messages: a fragment of the message, our sentence, and a hint.
_REASONS = (
    (
        "not a database",
        "The file {address} is not an SQLite database.",
        "Use another file with --db.",
    ),
    ("malformed", "The database {address} is damaged: {reason}.", "Restore a backup."),
    ("could not decode", "The database {address} is damaged: {reason}.", "Run `bricoop db check`."),
    (
        "locked",
        "The database {address} is locked by another process that writes.",
        "Try again later.",
    ),
    (
        "disk is full",
        "The disk is full, so the database {address} or its temporary files cannot be written.",
        "Free some space, or name a folder for temporary files with SQLITE_TMPDIR.",
    ),
    (
        "disk i/o error",
        "The disk under the database {address} cannot be used: SQLite reported {reason}.",
        "Check its free space: SQLite keeps files beside the database even to read it.",
    ),
    (
        "readonly",
        "The database {address} cannot be written.",
        "Check the permissions of the file and its folder.",
    ),
    ("unable to open", "The database {address} cannot be opened{cause}.", "Check the path."),
    (
        "fatal:  database",
        "The database {address} cannot be reached: {reason}.",
        "Create it first, for example with createdb.",
    ),
    (
        "authentication failed",
        "The database {address} cannot be reached: {reason}.",
        "Check the user and the password.",
    ),
    *(
        (fragment, "The database {address} cannot be reached: {reason}.", hint)
        for fragment, hint in (
            ("no password supplied", "Write the password into the address, or into ~/.pgpass."),
            ("fatal:  role", "Name a user that may log in, or create one with createuser."),
            ("pg_hba.conf", "Allow this user and host in the pg_hba.conf of the server."),
            ("resolve host", "Check the host in the address."),
            ("fatal:", ""),
        )
    ),
    (
        "connection",
        "The database {address} cannot be reached: {reason}.",
        "Check that the server is running.",
    ),
    ("", "The database {address} reported an error: {reason}.", ""),
)


def explained(url: URL, reason: str) -> DatabaseError:
    """Return the error for users that translates a message of a driver."""
    reason = reason.strip().splitlines()[0].rstrip(".")
    reason = hide_secrets(url, reason)
    path = file_of(url)
    cause = obstacle(path) if path else ""
    sentence, hint = next(
        (sentence, hint) for fragment, sentence, hint in _REASONS if fragment in reason.lower()
    )
    message = sentence.format(address=shown(url), reason=reason, cause=cause)
    return DatabaseError(message, hint)


def set_journal(engine: Engine) -> None:
    """Switch an SQLite file to write-ahead logging, so that readers need not wait for writers.

    A new file also gets pages of 16 KiB, which suit the size of records.
    """
    if engine.dialect.name == "sqlite":
        with translate_db_errors(engine), engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is None:
                return
            # SQLite does not wait for this lock; the process that holds it sets the same mode.
            with suppress_locked():
                driver.execute("PRAGMA page_size = 16384")
                driver.execute("PRAGMA journal_mode = WAL")


@contextmanager
def suppress_locked() -> Iterator[None]:
    """Suppress the error that another process has locked the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
