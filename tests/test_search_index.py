"""The search index is updated by load, undo, rename, upgrade and copy, and checked for gaps."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from bricoop.db.address import parse_address
from bricoop.db.check import check
from bricoop.db.copy_database import copy_database
from bricoop.db.engine import make_engine, migrating, reading, writing
from bricoop.db.migrate import downgrade
from bricoop.db.schema import entity
from bricoop.db.search.index import make_index
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.ingest.upgrade import upgrade_database
from bricoop.lookup.fulltext import matching
from support.examples import few_of
from support.loading import Load
from support.random_loads import load_some
from support.searching import PROJECTS, hit_count, hit_keys, hits, is_whole

pytestmark = pytest.mark.later_on_postgresql


def test_the_index_follows_changes_renames_and_what_is_gone(engine: Engine, load: Load) -> None:
    load("projects", "id,name,financiers,description\n1,Orsha Hub,Bank of Minsk,Old words\n", "one")
    load("organizations", "id,name\n9,Bank of Minsk\n", "two", tier=2)
    assert hit_keys(engine, "orsha minsk") == ["orsha-hub"]
    renamed = load(
        "organizations", "id,name,former_names\n9,Belinvest,Bank of Minsk\n", "two", tier=2
    )
    # Its name is in the search documents of the projects that it funds.
    assert hit_keys(engine, "orsha belinvest") == ["orsha-hub"]
    assert is_whole(engine)
    load("projects", "id,name,financiers,description\n1,Orsha Port,,New words\n", "one")
    assert hit_keys(engine, '"old words"') == hit_keys(engine, "orsha belinvest") == []
    assert hit_keys(engine, '"new words" orsha') == ["orsha-hub"]
    translated = load("names", "subject,name,kind\nBelinvest,白俄罗斯银行,translation\n", "three")
    assert hit_keys(engine, "罗斯银行") == ["bank-of-minsk"]
    assert renamed.load_id is not None
    assert is_whole(engine)
    # It names the organization by the name that goes, so it goes first.
    assert translated.load_id is not None
    undo_load(engine, translated.load_id)
    undo_load(engine, renamed.load_id)
    assert is_whole(engine)
    assert "bank-of-minsk" in hit_keys(engine, "minsk")


@pytest.mark.parametrize("seed", few_of(range(6), 2))
def test_any_history_leaves_the_index_as_the_database_is(
    engine: Engine, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (a history, not a secret)
    numbers = load_some(engine, chance, tmp_path)
    assert is_whole(engine)
    chance.shuffle(numbers)
    for number in numbers:
        undo_load(engine, number)
        assert is_whole(engine)


def test_damage_is_found_and_the_index_made_anew(engine: Engine) -> None:
    broken = "the search index matches the entities"
    for damage in (
        "DELETE FROM search_document WHERE key = 'gwadar-port'",
        "UPDATE search_document SET digest = digest + 1 WHERE key = 'gwadar-port'",
        "UPDATE entity SET description = 'Something else' WHERE key = 'gwadar-port'",
    ):
        with engine.begin() as connection:
            connection.execute(text(damage))
        with reading(engine) as connection:
            # SQLite also counts the words that a document no longer has.
            assert [finding.name for finding in check(connection) if finding.violations] == [broken]
        with writing(engine) as connection:
            make_index(connection)
        assert is_whole(engine)
        assert hit_keys(engine, "gwadar")[0] == "gwadar-port"


@pytest.mark.parametrize("version", ["0006", "0015"])
def test_an_older_database_gets_its_index_when_it_is_brought_up_to_date(
    engine: Engine, version: str
) -> None:
    with migrating(engine) as connection:
        downgrade(connection, version)
    upgrade_database(engine)
    assert is_whole(engine)
    assert hit_keys(engine, "gwadar port") == ["gwadar-port"]


def test_the_index_follows_a_change_of_which_name_is_shown(engine: Engine, load: Load) -> None:
    load("projects", "name,financiers\nHub,New Bank\n", "atlas")
    load("organizations", "name,aliases\nNew Bank,Old Bank\n", "list", tier=7)
    load("organizations", "name,aliases\nOld Bank,New Bank\n", "register", tier=1)
    assert is_whole(engine)


def test_a_copy_is_found_in_as_the_original(engine: Engine, database: str, load: Load) -> None:
    load("projects", PROJECTS, "atlas")
    other = make_engine(parse_address(database))
    copy_database(engine, other)
    assert is_whole(other)
    assert hits(other, "railway") == hits(engine, "railway")
    other.dispose()


def test_documents_that_died_are_cleared_away(
    quick: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bricoop.db.search.index._DEAD", 0)
    spec = SourceSpec("one", title="One", tier=5)
    path = tmp_path / "one.csv"
    for turn in range(4):
        rows = "".join(f"{at},Hub {at},Turn {turn}\n" for at in range(300))
        path.write_text(f"id,name,description\n{rows}", encoding="utf-8")
        load_file(quick, LoadRequest("projects", str(path), spec))
        assert is_whole(quick)
        assert hit_count(quick, f'"turn {turn}" hub') == 300
    with reading(quick) as connection:
        last, living = connection.execute(
            text("SELECT last_document, (SELECT count(*) FROM search_document) FROM search_state")
        ).one()
    assert last <= 2 * living + 300


def test_long_and_repetitive_texts_are_found_alike(engine: Engine, load: Load) -> None:
    long = "the end " * 400 + " ".join(f"w{at}" for at in range(20_000)) + " 最后 " + "x" * 5000
    load("projects", f"id,name,description\n1,Long Story,{long}\n", "one")
    assert is_whole(engine)
    for phrase, is_there in (
        ('"end the"', True),
        ("w15", True),
        ('"w100 w101"', True),
        ("w19999", False),
    ):
        assert ("long-story" in hit_keys(engine, phrase, limit=50)) is is_there, phrase


def test_what_matches_can_be_asked_of_by_others(engine: Engine) -> None:
    with reading(engine) as connection:
        statement = select(entity.c.key).where(entity.c.id.in_(matching(connection, "gwadar port")))
        assert list(connection.scalars(statement)) == ["gwadar-port"]
