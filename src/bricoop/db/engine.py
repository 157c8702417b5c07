"""Engines, settings of connections, and transactions."""

import logging
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from bricoop.db.address import shown
from bricoop.db.aggregates import register_aggregates
from bricoop.db.driver_errors import translate_db_errors
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.ownership import refuse_foreign_file
from bricoop.db.server_transactions import begin_on_server
from bricoop.db.unwritable_files import open_immutable, refuse_changed
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
        event.listen(engine, "begin", begin_on_server)
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
    return {
        # A server may have a stricter default, in which a replica cannot even be connected to.
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "connect_timeout": 10,
            "fallback_application_name": "bricoop",
            # A pooler such as PgBouncer passes each transaction to any of its connections, of which
            # another one may have prepared the statement. Preparing saves no measurable time.
            "prepare_threshold": None,
        },
    }


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transaction handling commits around DDL; explicit transactions do not.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    register_aggregates(connection)


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
        TransactionConflictError: PostgreSQL rolled it back because of another one; see `retried`.
        DatabaseError: the database cannot be reached or written.
    """
    refuse_lake(engine.url)
    with translate_db_errors(engine), engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            yield connection


def commit_uninterrupted(connection: Connection, after_commit: Callable[[], object]) -> None:
    """Commit and call `after_commit`; an interrupt is delayed until both are done.

    So the caller knows, when interrupted, whether the transaction was committed.

    Raises:
        DatabaseError: the connection ended meanwhile, so that nobody knows.
    """
    with _undisturbed():
        try:
            connection.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _uncertain(connection.engine.url) from error
            raise
        after_commit()


def _uncertain(url: URL) -> DatabaseError:
    message = (
        f"The connection to the database {shown(url)} ended during the commit, so what was to be "
        "written may be there or not."
    )
    return DatabaseError(message, "Look with `bricoop query loads` before you repeat the command.")


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
