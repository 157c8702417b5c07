"""Opening a knowledge base for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bricoop.cli.group import say
from bricoop.errors import DatabaseError
from bricoop.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

#: What `--db` before the command said; the same option after the command wins.
_given: list[str] = []
#: The file of the knowledge base that a command opened.
_files: list[Path] = []


def remember_database(database: str | None) -> None:
    """Keep what `--db` said before the command."""
    _given[:] = [database] if database else []


@contextmanager
def opened(database: str | None) -> Iterator["Engine"]:
    """Yield the engine of a knowledge base that is ready; the first use makes it.

    Raises:
        DatabaseError: it is unreachable, or of another version.
    """
    with engine_for(database) as engine:
        _make_ready(engine)
        yield engine


@contextmanager
def engine_for(database: str | None) -> Iterator["Engine"]:
    """Yield the engine of the database that the command line or the environment names."""
    from bricoop.db.address import file_of, parse_address
    from bricoop.db.engine import make_engine

    named = database or (_given[0] if _given else None)
    engine = make_engine(parse_address(Settings.read(named).database))
    _files[:] = [path for path in (file_of(engine.url),) if path is not None]
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading_from(database: str | None) -> Iterator["Connection"]:
    """Yield a connection that sees one state of a ready knowledge base."""
    from bricoop.db.engine import reading

    with opened(database) as engine, reading(engine) as connection:
        yield connection


def _make_ready(engine: "Engine") -> None:
    from bricoop.db.address import file_of, shown
    from bricoop.db.engine import reading
    from bricoop.db.state import State, state_of
    from bricoop.settings import default_database

    path = file_of(engine.url)
    if path == default_database():
        path.parent.mkdir(parents=True, exist_ok=True)
    state = State.EMPTY
    if path is None or path.exists():
        with reading(engine) as connection:
            state = state_of(connection)
    if state is State.EMPTY:
        from bricoop.ingest.seeds import set_up

        rows = set_up(engine)
        if rows is not None:
            say(f"Made a new knowledge base with {rows} seed rows: {shown(engine.url)}")
    elif state is not State.READY:
        raise DatabaseError(*_unfit(state.name, shown(engine.url)))


def _unfit(state: str, address: str) -> tuple[str, str]:
    return {
        "OLDER": (
            f"The database {address} is of an older bricoop.",
            "`bricoop db upgrade` brings it up to date; back it up first.",
        ),
        "NEWER": (
            f"The database {address} is of a newer bricoop, and was left alone.",
            "Install that version.",
        ),
        "FOREIGN": (
            f"The database {address} holds tables that are not bricoop's, and was left alone.",
            "Name an empty one.",
        ),
    }[state]


def files_of_database() -> list[Path]:
    """Return the file of the knowledge base that is open, where it is a file."""
    return list(_files)
