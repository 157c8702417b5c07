"""Everything from one database to another, in one piece, and counted on both sides."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, select

from bricoop.db.address import file_of, shown
from bricoop.db.bulk import Bulk, Rows
from bricoop.db.column_values import misfits, refuse
from bricoop.db.engine import reading, set_journal, writing
from bricoop.db.migrate import upgrade
from bricoop.db.ownership import unfit
from bricoop.db.schema import FACTS, metadata
from bricoop.db.search.index import make_index
from bricoop.db.state import State, state_of
from bricoop.errors import DatabaseError

_PAGE = 5000

Progress = Callable[[str, int], None]


def table_counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has, in the order in which tables depend on each other.

    Tables of the search index are left out: they say nothing by themselves.
    """
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _copied_tables()
    }


def copy_database(
    origin: Engine, target: Engine, progress: Progress = lambda _, __: None
) -> dict[str, int]:
    """Copy everything into an empty database; return the rows of each table.

    Both sides see one state: the origin's as it was at the start, the target's not before the end.

    Raises:
        DatabaseError: the target is not empty, a value of the origin is of another type than its
            column, or a count differs; then nothing was written.
    """
    with _whole_or_absent(target):
        with reading(target) as sink:
            _refuse_full(sink)
        set_journal(target)
        with reading(origin) as source, writing(target) as sink:
            _refuse_full(sink)
            refuse(
                source,
                misfits(source, _copied_tables()),
                "Nothing was copied. Run `bricoop db check`.",
            )
            upgrade(sink)
            with Bulk(sink) as bulk:
                for table in _copied_tables():
                    progress(table.name, _copy_table(source, bulk, table))
                make_index(bulk)
            before, after = table_counts(source), table_counts(sink)
            if before != after:
                names = ", ".join(name for name in before if before[name] != after[name])
                message = f"The copy differs in {names}; it was discarded."
                raise DatabaseError(message)
    return after


@contextmanager
def _whole_or_absent(target: Engine) -> Iterator[None]:
    """Remove the file of an SQLite database that did not exist before and was not completed.

    An empty file under the name of a copy would pass for a knowledge base that has lost everything.
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
    """Remove the file of a database, and what SQLite keeps beside it."""
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


def _copy_table(source: Connection, bulk: Bulk, table: Table) -> int:
    # A number that the database gives by itself and nothing points to is given anew.
    own = table.autoincrement_column if table not in FACTS else None
    columns = [column for column in table.columns if column is not own]
    names = [column.name for column in columns]
    statement = select(*columns).order_by(*table.primary_key.columns)
    copied = 0
    for page in source.execute(statement.execution_options(yield_per=_PAGE)).partitions():
        bulk.wait()
        bulk.insert([Rows(table, names, [tuple(row) for row in page])])
        copied += len(page)
    return copied


def backup(origin: Engine, path: Path) -> None:
    """Write the whole database to a new SQLite file, as it is at one moment, while others write.

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
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            message = "the driver is not sqlite3"
            raise TypeError(message)
        # VACUUM INTO would need no open transaction; the driver's own backup restarts if it must.
        _copy_file(driver, path)


def _copy_file(driver: sqlite3.Connection, path: Path) -> None:
    """Copy a database to a new file, which is complete or absent."""
    try:
        with closing(sqlite3.connect(path)) as target:
            driver.backup(target)
    except sqlite3.Error as error:
        _remove(path)
        hint = "Free some space, or write to another disk." if "full" in str(error) else ""
        raise DatabaseError(f"The file {path} cannot be written: {error}.", hint) from error
    except BaseException:
        _remove(path)
        raise
