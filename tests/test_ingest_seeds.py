"""Setting up a database: the seeds are loaded once or not at all, with a clear message."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading, writing
from bricoop.db.schema import country, entity, knowledge_base, link, load, record, source
from bricoop.db.state import State, state_of
from bricoop.errors import DatabaseError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.seeds import set_up
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.ingest.upgrade import upgrade_database
from bricoop.settings import resource_folder

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


def older_seeds(folder: Path) -> Path:
    """Return the seeds of an earlier version: one source is not there yet, and a row differs."""
    seeds = folder / "seeds"
    shutil.copytree(resource_folder("seeds"), seeds)
    manifest = seeds / "seeds.toml"
    sources = manifest.read_text(encoding="utf-8").split("[[sources]]\n")
    remaining = [text for text in sources if 'key = "vision-and-actions-2015"' not in text]
    assert len(remaining) == len(sources) - 1
    manifest.write_text("[[sources]]\n".join(remaining), encoding="utf-8")
    projects = seeds / "manufacturing-cooperation-paper" / "projects.csv"
    text = projects.read_text(encoding="utf-8")
    projects.write_text(text.replace("Gwadar Port", "Gwadar Harbour"), encoding="utf-8")
    return seeds


def test_an_upgrade_loads_new_seeds_and_none_that_was_undone(empty: Engine, tmp_path: Path) -> None:
    set_up(empty, older_seeds(tmp_path))
    with reading(empty) as connection:
        findings = connection.scalars(select(load.c.id).where(load.c.noun == "findings")).one()
    undo_load(empty, findings)
    message = upgrade_database(empty)
    assert re.search(r" is up to date \(\d+\)\. \d+ rows of new seeds were loaded\.$", message)
    with reading(empty) as connection:
        names = select(entity.c.name).where(entity.c.key.like("gwadar-%"))
        assert "Gwadar Port" in connection.scalars(names).all()
        keys = connection.scalars(select(source.c.key)).all()
        assert "vision-and-actions-2015" in keys
        standing = select(load.c.noun).where(load.c.undone_at.is_(None))
        assert "findings" not in connection.scalars(standing).all()
    assert "seeds" not in upgrade_database(empty)


def test_a_seed_file_that_contradicts_a_users_data_is_left_out(
    empty: Engine, tmp_path: Path
) -> None:
    set_up(empty, older_seeds(tmp_path))
    path = tmp_path / "mine.csv"
    path.write_text("code,name\nfacility,Facility\n", encoding="utf-8")
    spec = SourceSpec("vision-and-actions-2015", title="My own copy", tier=6)
    load_file(empty, LoadRequest("links", str(path), spec))
    message = upgrade_database(empty)
    assert " Left out links.csv of vision-and-actions-2015: " in message
    assert "rows of new seeds were loaded." in message
