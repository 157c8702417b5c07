"""Copies a whole knowledge base to another database, and makes backups."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, select

from bricoop.db.address import file_of, shown
from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.column_values import misfits, refuse
from bricoop.db.engine import reading, set_journal, writing
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.lake_tables import NOT_IN_LAKE
from bricoop.db.migrate import upgrade
from bricoop.db.ownership import unfit
from bricoop.db.retries import retried
from bricoop.db.schema import FACTS, metadata, record
from bricoop.db.search.index import make_index
from bricoop.db.state import State, state_of
from bricoop.db.vacuum import analyze_sqlite, vacuum_analyze
from bricoop.errors import DatabaseError, UsageError

_PAGE = 5000

Progress = Callable[[str, int], None]


def table_counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of each table, in the order of foreign keys.

    Tables of the search index are left out, as they are derived from the others.
    """
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _copied_tables()
        if connection.dialect.name != "lake" or table.name not in NOT_IN_LAKE
    }


def copy_database(
    origin: Engine, target: Engine, progress: Progress = lambda _, __: None
) -> dict[str, int]:
    """Copy everything into an empty database; return the number of rows of each table.

    The copy is a snapshot of the origin at the start, and is committed as a whole.

    Raises:
        DatabaseError: the target is not empty, a value of the origin is of another type than its
            column, or a count differs; then nothing was written.
    """
    refuse_lake(origin.url, "A lake cannot be copied to a database")
    with _whole_or_absent(target):
        with reading(target) as sink:
            _refuse_full(sink)
        set_journal(target)
        after = retried(target, lambda: _copy_in_transaction(origin, target, progress))
    vacuum_analyze(target, after[record.name])
    return after


def _copy_in_transaction(origin: Engine, target: Engine, progress: Progress) -> dict[str, int]:
    with reading(origin) as source, writing(target) as sink:
        _refuse_full(sink)
        hint = "Nothing was copied. Run `bricoop db check`."
        refuse(source, misfits(source, _copied_tables()), hint)
        upgrade(sink)
        for table in _copied_tables():
            progress(table.name, _copy_table(source, sink, table))
        make_index(sink)
        before, after = table_counts(source), table_counts(sink)
        if before != after:
            names = ", ".join(name for name in before if before[name] != after[name])
            message = f"The copy differs in {names}; it was discarded."
            raise DatabaseError(message)
        analyze_sqlite(sink, after[record.name])
    return after


@contextmanager
def _whole_or_absent(target: Engine) -> Iterator[None]:
    """Remove a new SQLite file if the block fails.

    An empty file would be mistaken for an empty knowledge base.
    """
    path = file_of(target.url)
    if path is None or path.exists():
        yield
        return
    try:
        yield
    except BaseException:
        target.dispose()
        _remove(path)
        raise


def _remove(path: Path) -> None:
    """Remove the file of an SQLite database with its journals."""
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _refuse_full(target: Connection) -> None:
    state = state_of(target)
    if state is State.FOREIGN:
        raise unfit(state, target.engine.url)
    if state is not State.EMPTY:
        message = f"The database {shown(target.engine.url)} is not empty."
        raise DatabaseError(message, "Copy to a new one; nothing was written.")


def _copied_tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if not table.info]


def _copy_table(source: Connection, sink: Connection, table: Table) -> int:
    # Automatic ids, which nothing refers to, are assigned anew.
    own = table.autoincrement_column if table not in FACTS else None
    columns = [column for column in table.columns if column is not own]
    names = [column.name for column in columns]
    statement = select(*columns).order_by(*table.primary_key.columns)
    copied = 0
    for page in source.execute(statement.execution_options(yield_per=_PAGE)).partitions():
        insert_rows(sink, [Rows(table, names, [tuple(row) for row in page])])
        copied += len(page)
    return copied


def backup_path(address: str) -> Path:
    """Return the path of the file that an address names.

    Raises:
        UsageError: it is the address of a server, or empty.
        DatabaseError: it cannot be parsed.
    """
    from bricoop.db.address import parse_address  # noqa: PLC0415

    if not address:
        # An empty address would mean the database in the data folder.
        raise UsageError("The name of the backup is empty.", "Name a file.")
    url = parse_address(address)
    path = file_of(url)
    if path is None:
        message = f"A backup is an SQLite file, and {shown(url)} is on a server."
        raise UsageError(message, "Name a file, or copy to the server with `bricoop db copy`.")
    return path


def backup(origin: Engine, path: Path) -> None:
    """Write a snapshot of the database to a new SQLite file; other writers need not stop.

    Raises:
        DatabaseError: the file exists, or cannot be written.
    """
    from bricoop.db.address import parse_address  # noqa: PLC0415
    from bricoop.db.engine import make_engine  # noqa: PLC0415

    if path.exists():
        raise DatabaseError(
            f"The file {path} exists already.", "Name a new file; nothing was written."
        )
    if not path.parent.is_dir():
        raise DatabaseError(
            f"The folder {path.parent} does not exist.", "Create it, or name another."
        )
    if file_of(origin.url) is None:
        target = make_engine(parse_address(str(path)))
        try:
            copy_database(origin, target)
        finally:
            target.dispose()
        return
    with reading(origin) as connection:
        _copy_file(connection, path)


def copy_pages(connection: Connection, target: sqlite3.Connection) -> None:
    """Copy the snapshot that a transaction reads from SQLite to another SQLite database.

    Raises:
        sqlite3.Error: the other one cannot be written.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        message = "the driver is not sqlite3"
        raise TypeError(message)
    # VACUUM INTO cannot run within a transaction. SQLite's backup API can, and restarts itself if
    # another process writes meanwhile.
    driver.backup(target)


def _copy_file(connection: Connection, path: Path) -> None:
    """Copy a database to a new file, and remove the file on failure."""
    try:
        with closing(sqlite3.connect(path)) as target:
            copy_pages(connection, target)
    except sqlite3.Error as error:
        _remove(path)
        hint = "Free some space, or write to another disk." if "full" in str(error) else ""
        raise DatabaseError(f"The file {path} cannot be written: {error}.", hint) from error
    except BaseException:
        _remove(path)
        raise
