"""Setting up a database: the seeds are loaded once or not at all, with a clear message."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading, writing
from bricoop.db.schema import country, knowledge_base, link, load, record
from bricoop.db.state import State, state_of
from bricoop.errors import DatabaseError
from bricoop.ingest.seeds import set_up

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def empty(database: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    new_engine = make_engine(parse_address(database))
    yield new_engine
    new_engine.dispose()


def test_an_empty_database_becomes_a_knowledge_base(empty: Engine) -> None:
    rows = set_up(empty)
    with reading(empty) as connection:
        assert state_of(connection) is State.READY
        assert connection.scalar(select(func.count()).select_from(record)) == rows
        assert connection.scalar(select(func.sum(load.c.rows_new))) == rows
        assert connection.scalar(select(func.count()).select_from(link)) == 5
        assert connection.scalar(select(func.count()).select_from(country)) == 250
        assert connection.scalar(select(knowledge_base.c.version)) == 1


def test_setting_up_again_changes_nothing(engine: Engine) -> None:
    with reading(engine) as connection:
        before = connection.execute(select(knowledge_base)).all()
    assert set_up(engine) is None
    with reading(engine) as connection:
        assert connection.execute(select(knowledge_base)).all() == before


def test_somebody_elses_database_is_left_alone(empty: Engine) -> None:
    with writing(empty) as connection:
        connection.execute(text("CREATE TABLE project (title TEXT)"))
    assert set_up(empty) is None
    with reading(empty) as connection:
        assert state_of(connection) is State.FOREIGN


def test_a_first_use_waits_for_another_that_is_at_work(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    engine = make_engine(parse_address(str(path)))
    with ThreadPoolExecutor(1) as threads, closing(sqlite3.connect(path)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        running = threads.submit(set_up, engine)
        # Ends early where the set-up gives up at once, which it must not.
        wait([running], timeout=0.3)
        other.execute("ROLLBACK")
        rows = running.result()
    engine.dispose()
    assert rows is not None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("notes.txt", "not an SQLite database"),
        ("nowhere/kb.sqlite", "does not exist"),
        ("folder", "cannot be opened"),
    ],
)
def test_where_no_database_can_be_is_said_in_our_words(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "notes.txt").write_text("these are notes, and no database\n" * 40)
    (tmp_path / "folder").mkdir()
    engine = make_engine(parse_address(str(tmp_path / name)))
    try:
        with pytest.raises(DatabaseError, match=message):
            set_up(engine)
    finally:
        engine.dispose()
