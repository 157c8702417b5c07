"""Tests of `bricoop db check` and `db rebuild` on damaged databases."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bricoop.db.engine import reading
from bricoop.db.migrate import downgrade, upgrade
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from support.command_line import answer, process, run
from support.contents import contents_of
from support.damages import DAMAGES, FACTS, FINANCE, LOADS, TYPES, done, failed, fill
from support.examples import few_of
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def filled(engine: Engine, load: Load) -> Engine:
    """A knowledge base with finance, and with a record that a later load changed."""
    fill(load)
    return engine


#: Damage that can be combined in one knowledge base.
TOGETHER = (
    "one amount deleted", "a fact added", "a financier exchanged", "names deleted",
    "the name of what is only mentioned deleted", "a status changed", "an entity of nobody",
    "an index dropped", "a view replaced", "search emptied", "what is of no kind",
)  # fmt: skip


def test_many_damages_at_once_are_found_and_derived_again(
    knowledge_base: str, filled: Engine
) -> None:
    with reading(filled) as connection:
        before = contents_of(connection)
    for name in TOGETHER:
        done(filled, DAMAGES[name].sql)
    assert {DAMAGES[name].check for name in TOGETHER} - set(failed(knowledge_base)) == set()
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert failed(knowledge_base) == []
    with reading(filled) as connection:
        assert before.differences(contents_of(connection)) == []


@pytest.mark.parametrize(
    "knowledge_base",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)],
    indirect=True,
)
@pytest.mark.parametrize("name", few_of(DAMAGES, 4))
def test_damage_is_found_and_derived_again_where_it_can_be(
    knowledge_base: str, filled: Engine, name: str
) -> None:
    damage = DAMAGES[name]
    with reading(filled) as connection:
        before = contents_of(connection)
    done(filled, damage.sql)
    assert damage.check in failed(knowledge_base)
    if not damage.can_be_derived:
        # Nothing can be derived again, so the alteration must stay detectable.
        run("--db", knowledge_base, "db", "rebuild")
        assert damage.check in failed(knowledge_base)
        return
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert failed(knowledge_base) == []
    with reading(filled) as connection:
        assert before.differences(contents_of(connection)) == []
    assert "Alpha Port" in answer("--db", knowledge_base, "search", "alpha")


@pytest.mark.parametrize(
    "name", ["money moved to another project", "money moved, with the copy of what it is of"]
)
def test_money_that_was_moved_stays_where_it_was(
    knowledge_base: str, filled: Engine, name: str
) -> None:
    where = ("query", "finance", "--project", "Alpha Port", "--columns", "amount,project")
    before = answer("--db", knowledge_base, *where)
    done(filled, DAMAGES[name].sql)
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert "Not repaired: every record is about the entity that its load named" in rebuilt.stderr
    assert answer("--db", knowledge_base, *where) == before


def test_an_amount_that_is_no_number_is_found_and_derived_again(
    knowledge_base: str, filled: Engine
) -> None:
    if filled.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps numbers only")
    done(filled, "UPDATE finance SET amount = '' WHERE currency = 'CNY'")
    refused = run("--db", knowledge_base, "query", "finance")
    assert refused.exit_code == 5
    assert "is damaged: '' in a row of it is not a number." in refused.stderr
    assert failed(knowledge_base) == [FACTS]
    assert run("--db", knowledge_base, "db", "rebuild").exit_code == 0
    assert failed(knowledge_base) == []


def test_a_version_that_was_changed_stays_noticed(
    knowledge_base: str, load: Load, filled: Engine
) -> None:
    done(filled, "UPDATE knowledge_base SET version = 900")
    load("projects", "name\nGamma\n", source="three")
    assert failed(knowledge_base) == [LOADS]


def test_what_cannot_be_given_back_is_refused_by_undo(knowledge_base: str, filled: Engine) -> None:
    done(filled, "UPDATE load_effect SET row = '{}'")
    refused = run("--db", knowledge_base, "undo", "15")
    assert refused.exit_code == 5
    assert "what load 15 changed is not readable. Restore a backup." in refused.stderr


def test_what_was_not_kept_is_not_restored_by_undo(
    knowledge_base: str, filled: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "edition.csv"
    path.write_text("".join(FINANCE.splitlines(keepends=True)[:2]), encoding="utf-8")
    newest = load_file(
        filled, LoadRequest("finance", str(path), SourceSpec("two"), complete=True)
    ).load_id
    assert newest == 16
    done(filled, "DELETE FROM load_effect WHERE load_id = 16")
    refused = run("--db", knowledge_base, "undo", "16")
    assert refused.exit_code == 5
    assert "said before load 16 is not there to be restored. Nothing was changed" in refused.stderr


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_an_amount_that_is_not_a_number_is_damage(knowledge_base: str, filled: Engine) -> None:
    done(filled, "UPDATE finance SET amount = 'NaN', amount_usd = 'NaN' WHERE currency = 'CNY'")
    refused = run("--db", knowledge_base, "total", "--country", "Kenya", "--rule", "all")
    assert refused.exit_code == 5
    assert "is damaged" in refused.stderr


def test_a_whole_knowledge_base_stays_as_it_is(knowledge_base: str, filled: Engine) -> None:
    assert failed(knowledge_base) == []
    with reading(filled) as connection:
        before = contents_of(connection)
    message = run("--db", knowledge_base, "db", "rebuild").stderr
    assert "the facts of 0 records and the values of 0 entities" in message
    with reading(filled) as connection:
        assert before.differences(contents_of(connection)) == []
    assert failed(knowledge_base) == []


def test_fields_that_are_no_json_are_found(knowledge_base: str, filled: Engine) -> None:
    broken = "UPDATE record SET fields = '{not json' WHERE noun = 'finance' AND external_id = '2'"
    if filled.dialect.name == "postgresql":
        with pytest.raises(Exception, match="json"), filled.begin() as connection:
            connection.execute(text(broken))
        return
    done(filled, broken)
    assert failed(knowledge_base) == [TYPES]
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert rebuilt.exit_code == 5
    assert "is not valid JSON. Nothing was changed. Restore a backup." in rebuilt.stderr
    assert failed(knowledge_base) == [TYPES]


def test_each_damaged_page_ends_in_a_sentence(sqlite_template: Path, tmp_path: Path) -> None:
    whole = sqlite_template.read_bytes()
    with closing(sqlite3.connect(sqlite_template)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    path = tmp_path / "kb.sqlite"
    failures = 0
    for start in range(0, len(whole), size * 7):
        path.write_bytes(whole[:start] + b"\x5a" * size + whole[start + size :])
        result = run("--db", str(path), "db", "check")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in {0, 5}, start
        assert result.exit_code == 0 or "Restore a backup" in result.stderr or start == 0
        failures += result.exit_code == 5
    # A free page has no content.
    assert failures > 0.9 * len(range(0, len(whole), size * 7))


def test_a_damaged_page_in_a_process_of_its_own(sqlite_template: Path, tmp_path: Path) -> None:
    path = shutil.copyfile(sqlite_template, tmp_path / "kb.sqlite")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 16384 * 16384
    content[middle : middle + 16384] = b"\0" * 16384
    path.write_bytes(content)
    result = process("--db", str(path), "db", "check", home=tmp_path)
    assert result.returncode == 5
    assert "Traceback" not in result.stderr


def test_an_older_knowledge_base_gets_its_checksums(knowledge_base: str, filled: Engine) -> None:
    with filled.begin() as connection:
        downgrade(connection, "0014")
        missing = text("SELECT count(*) FROM finance WHERE currency = 'USD' AND amount_usd IS NULL")
        assert connection.scalar(missing) == 1
        upgrade(connection)
        update_kinds(connection)
    assert failed(knowledge_base) == []
