"""`bricoop db check` finds every damage, says what to do, and `db rebuild` derives again."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from bricoop.db.engine import make_engine, reading
from bricoop.db.migrate import downgrade, upgrade
from bricoop.db.shape import differences
from bricoop.ingest.load import load_file
from bricoop.ingest.rebuild import rebuild
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from conftest import Load
from refilled import Refilled
from support.contents import contents_of
from support.examples import few_of
from test_cli import answer, process, run

pytestmark = pytest.mark.later_on_postgresql

FACTS = "every record has the facts that follow from it"
SHOWN = "every entity shows the values of its best source"
TYPES = "every value is of the type of its column"
SAID = "every record matches its digest"
COUNTS = "the counts of every load match its records"
ENFORCED = "every foreign key is enforced, and no rows are hidden or unlogged"
PARTS = "indexes and views match this version, and there are no triggers"
SEARCH = "the search index matches the entities"
WHO = "the knowledge base and every load are described"
LOADS = "every load matches its checksum"
SOURCES = "every source matches its checksum"
OWN = "every entity has its own kind and key"
ABOUT = "every record is about the entity that its load named"
NAMES = "every entity has a name"
KEPT = "what loads replaced can be restored by undoing them"

PROJECTS = """\
id,name,kind,status,countries,financiers,aliases
1,Alpha Port,port,completed,Kenya,Bank X,Alpha Harbour
2,Beta Road,road,,Kenya; Uganda,Bank X; Bank Y,
"""
FINANCE = """\
id,project,kind,financier,amount,currency,amount_usd
1,Alpha Port,commitment,Bank X,7.1234567,CNY,1000000
2,Beta Road,pledge,Bank Y,5,USD,5
3,Beta Road,pledge,,6,USD,6
4,Beta Road,pledge,,7.5,USD,
"""


class Damage(NamedTuple):
    """What somebody does to a database.

    Attributes:
        sql: what is done.
        check: the check that finds it.
        can_be_derived: whether `db rebuild` brings it back.
    """

    sql: str
    check: str
    can_be_derived: bool = True


DAMAGES = {
    "all money deleted": Damage("DELETE FROM finance", FACTS),
    "one amount deleted": Damage("DELETE FROM finance WHERE currency = 'CNY'", FACTS),
    "an amount raised": Damage(
        "UPDATE finance SET amount_usd = amount_usd + 1000000000000 WHERE currency = 'CNY'",
        FACTS,
    ),
    "a fact added": Damage(
        "INSERT INTO entity_country (record_id, position, entity_id, country_id, role, basis) "
        "SELECT record_id, 900, entity_id, country_id, role, basis FROM entity_country "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "a financier exchanged": Damage(
        "UPDATE participation SET organization_id = (SELECT id FROM entity WHERE name = 'Bank Y') "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "a country exchanged": Damage(
        "UPDATE entity_country SET country_id = (SELECT id FROM country WHERE alpha3 = 'TCD') "
        "WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')", FACTS,
    ),
    "names deleted": Damage(
        "DELETE FROM alias WHERE entity_id = (SELECT id FROM entity WHERE name = 'Alpha Port')",
        FACTS,
    ),
    "the name of what is only mentioned deleted": Damage(
        "DELETE FROM alias WHERE name = 'Bank Y'", NAMES
    ),
    "a status changed": Damage(
        "UPDATE project SET status = 'cancelled' WHERE status = 'completed'", SHOWN
    ),
    "a name shown changed": Damage(
        "UPDATE entity SET name = 'Omega', normalised = 'omega' WHERE name = 'Alpha Port'",
        SHOWN,
    ),
    "what is of no kind": Damage(
        "DELETE FROM project WHERE id = (SELECT id FROM entity WHERE name = 'Alpha Port')",
        "every entity has a row in the table of its kind",
    ),
    "an entity of nobody": Damage(
        "INSERT INTO entity (id, kind, key, name, normalised) "
        "VALUES (90000, 'region', 'lost', 'Lost', 'lost')",
        "every entity has a record or a fact",
    ),
    "an index dropped": Damage("DROP INDEX ix_record_entity_id", PARTS),
    "an index replaced": Damage(
        "DROP INDEX ix_record_entity_id; CREATE INDEX ix_record_entity_id ON record (noun)",
        PARTS,
    ),
    "a view dropped": Damage("DROP VIEW v_projects", PARTS),
    "a view replaced": Damage(
        "DROP VIEW v_projects; CREATE VIEW v_projects AS SELECT key FROM entity", PARTS
    ),
    "search emptied": Damage("DELETE FROM search_document", SEARCH),
    "a field changed": Damage(
        "UPDATE record SET fields = '{\"name\": \"Alpha Port\", \"kind\": \"road\"}' "
        "WHERE stated_name IS NULL AND noun = 'projects' AND external_id = '1'", SAID, can_be_derived=False,
    ),
    "a digest changed": Damage(
        "UPDATE record SET digest = 'x' WHERE noun = 'finance' AND external_id = '2'", SAID, can_be_derived=False
    ),
    "a version changed": Damage("UPDATE record_version SET digest = 'x'", SAID, can_be_derived=False),
    "counts of a load changed": Damage(
        "UPDATE load SET rows_new = rows_new - 1, rows_unchanged = rows_unchanged + 1 "
        "WHERE noun = 'finance' AND file_name = 'finance.csv' AND rows_new > 0", COUNTS, can_be_derived=False,
    ),
    "a record said of another source": Damage(
        "UPDATE record SET source_id = 1 WHERE noun = 'finance' AND external_id = '2'",
        "every record has a load, and the source of that load", can_be_derived=False,
    ),
    "what a load replaced emptied": Damage("UPDATE load_effect SET row = '{}'", KEPT, can_be_derived=False),
    "rows gone changed": Damage("UPDATE load SET rows_gone = 7 WHERE id = 13", COUNTS, can_be_derived=False),
    "a header deleted": Damage(
        "DELETE FROM load_header WHERE load_id = 13", WHO, can_be_derived=False
    ),
    "the knowledge base's own row deleted": Damage("DELETE FROM knowledge_base", WHO, can_be_derived=False),
    "a place changed": Damage(
        "UPDATE record SET locator = 'page 1' WHERE noun = 'finance' AND external_id = '2'", LOADS,
        can_be_derived=False,
    ),
    "an external id changed": Damage(
        "UPDATE record SET external_id = 'x' WHERE noun = 'finance' AND external_id = '2'", LOADS,
        can_be_derived=False,
    ),
    "a record deleted": Damage(
        "DELETE FROM finance WHERE record_id = (SELECT max(id) FROM record WHERE noun = 'finance'); "
        "DELETE FROM record WHERE id = (SELECT max(id) FROM record WHERE noun = 'finance')", LOADS,
        can_be_derived=False,
    ),
    "a file's digest changed": Damage(
        "UPDATE load SET file_sha256 = 'x' WHERE id = 13", LOADS, can_be_derived=False
    ),
    "a profile changed": Damage(
        "UPDATE load SET profile = 'gcdf3' WHERE id = 13", LOADS, can_be_derived=False
    ),
    "the version changed": Damage(
        "UPDATE knowledge_base SET version = 900", LOADS, can_be_derived=False
    ),
    "a title changed": Damage(
        "UPDATE source SET title = 'x' WHERE key = 'one'", SOURCES, can_be_derived=False
    ),
    "a tier changed": Damage(
        "UPDATE source SET tier = 1 WHERE key = 'one'", SOURCES, can_be_derived=False
    ),
    "a kind changed": Damage(
        "UPDATE entity SET kind = 'policy' WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "a key changed": Damage(
        "UPDATE entity SET key = 'omega' WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "an entity merged": Damage(
        "UPDATE entity SET merged_into = 1 WHERE name = 'Alpha Port'", OWN, can_be_derived=False
    ),
    "money moved to another project": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'finance' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "money moved, with the copy of what it is of": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road'), "
        "standing = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'finance' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "a record moved, with the copy of what it is of": Damage(
        "UPDATE record SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road'), "
        "standing = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE noun = 'projects' AND external_id = '1'", ABOUT, can_be_derived=False,
    ),
    "a fact moved to another project": Damage(
        "UPDATE finance SET entity_id = (SELECT id FROM entity WHERE name = 'Beta Road') "
        "WHERE currency = 'CNY'", FACTS,
    ),
    "a code changed": Damage("UPDATE country SET alpha3 = 'KNY' WHERE alpha3 = 'KEN'", SHOWN),
    "two codes exchanged": Damage(
        "UPDATE country SET alpha3 = '---' WHERE alpha3 = 'KEN'; "
        "UPDATE country SET alpha3 = 'KEN' WHERE alpha3 = 'UGA'; "
        "UPDATE country SET alpha3 = 'UGA' WHERE alpha3 = '---'", SHOWN,
    ),
    "codes deleted": Damage(
        "DELETE FROM country WHERE alpha3 = 'TUV'", "every entity has a row in the table of its kind"
    ),
    "a region renamed": Damage(
        "UPDATE entity SET name = 'Afrika', normalised = 'afrika' WHERE key = 'africa'", SHOWN
    ),
    "a name that is only mentioned changed": Damage(
        "UPDATE alias SET name = 'Bank Q', normalised = 'bank q' WHERE name = 'Bank Y'", FACTS
    ),
    "a column dropped": Damage(
        "DROP VIEW v_projects; DROP VIEW v_finance; ALTER TABLE project DROP COLUMN sector",
        "every table matches this version", can_be_derived=False,
    ),
}  # fmt: skip


@pytest.fixture
def filled(engine: Engine, load: Load) -> Engine:
    """A knowledge base with money, and with a record that a later load changed."""
    load("projects", PROJECTS, source="one")
    load("finance", FINANCE, source="two")
    load("projects", PROJECTS.replace("Alpha Harbour", "Alpha Quay"), source="one")
    return engine


def done(engine: Engine, statements: str) -> None:
    """Run statements, in a transaction of their own."""
    with engine.begin() as connection:
        for statement in statements.split("; "):
            connection.execute(text(statement.replace(":", "\\:")))


def failed(address: str) -> list[str]:
    """Return the checks that do not hold."""
    result = run("--db", address, "db", "check")
    lines = result.stdout.splitlines()
    assert "Traceback" not in result.stderr
    broken = [line.split("  ")[0] for line in lines if " no: " in line]
    assert result.exit_code == (5 if broken else 0)
    said = result.stderr.splitlines()
    assert len(said) == (len(broken) + 1 if broken else 0)
    # Each says what to do, and so does the last line.
    assert all("Restore a backup." in line or "`bricoop db " in line for line in said)
    return broken


#: Damages that can be done to one knowledge base at once.
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
@pytest.mark.parametrize("name", few_of(DAMAGES, 12))
def test_damage_is_found_and_derived_again_where_it_can_be(
    knowledge_base: str, filled: Engine, name: str
) -> None:
    damage = DAMAGES[name]
    with reading(filled) as connection:
        before = contents_of(connection)
    done(filled, damage.sql)
    assert damage.check in failed(knowledge_base)
    if not damage.can_be_derived:
        # Nothing is derived from it, so that it would pass for the truth.
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
    said = run("--db", knowledge_base, "db", "rebuild").stderr
    assert "the facts of 0 records and the values of 0 entities" in said
    with reading(filled) as connection:
        assert before.differences(contents_of(connection)) == []
    assert failed(knowledge_base) == []


#: What somebody else attaches to tables, by name: how check names it, and its statements.
ATTACHED = {
    "sqlite": {
        "a trigger": ("trigger spy_0 on finance", ["CREATE TRIGGER spy_0 AFTER INSERT ON finance {act}"]),
        "its table in capitals": (
            "trigger spy on finance", ["CREATE TRIGGER Spy AFTER INSERT ON FINANCE {act}"],
        ),
        "a name like those of SQLite": (
            "trigger sqlitespy on record", ["CREATE TRIGGER sqlitespy AFTER INSERT ON record {act}"],
        ),
        "the name of an index": (
            "trigger ix_record_entity_id on record",
            ["CREATE TRIGGER ix_record_entity_id AFTER INSERT ON record {act}"],
        ),
        "the name of a view": (
            "trigger v_finance on record", ["CREATE TRIGGER v_finance AFTER INSERT ON record {act}"],
        ),
        "the name of a table": (
            "trigger record on load", ["CREATE TRIGGER record AFTER INSERT ON load {act}"],
        ),
        "marks in its name": (
            "trigger a%b \"c'; on load", ["CREATE TRIGGER \"a%b \"\"c';\" AFTER INSERT ON load {act}"],
        ),
        "what acts as soon as somebody writes": (
            "trigger spy_1 on knowledge_base", ["CREATE TRIGGER spy_1 AFTER UPDATE ON knowledge_base {act}"],
        ),
        "a unique index": (
            "index spy_2 on finance", ["CREATE UNIQUE INDEX spy_2 ON finance (record_id, position, kind)"],
        ),
    },
    "postgresql": {
        "a trigger": ("trigger spy_0 on finance", ["CREATE TRIGGER spy_0 AFTER INSERT ON finance {act}"]),
        "one name on two tables": (
            "trigger spy on load",
            ["CREATE TRIGGER spy AFTER INSERT ON record {act}",
             "CREATE TRIGGER spy AFTER INSERT ON load {act}"],
        ),
        "the name of an index": (
            "trigger ix_record_entity_id on record",
            ["CREATE TRIGGER ix_record_entity_id AFTER INSERT ON record {act}"],
        ),
        "the name of a table": (
            "trigger record on load", ["CREATE TRIGGER record AFTER INSERT ON load {act}"],
        ),
        "what acts as soon as somebody writes": (
            "trigger spy_1 on knowledge_base", ["CREATE TRIGGER spy_1 AFTER UPDATE ON knowledge_base {act}"],
        ),
        "a rule": (
            "rule spy on record", ["CREATE RULE spy AS ON INSERT TO record DO ALSO DELETE FROM finding"],
        ),
        "a unique index": (
            "index spy_2 on finance", ["CREATE UNIQUE INDEX spy_2 ON finance (record_id, position, kind)"],
        ),
    },
}  # fmt: skip
ACTS = {"sqlite": "BEGIN DELETE FROM load_header; END", "postgresql": "EXECUTE FUNCTION spy()"}
FUNCTION = """
    CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN DELETE FROM load_header; RETURN NULL; END'
"""


def test_what_somebody_else_attached_to_tables_is_found_and_dropped(filled: Engine) -> None:
    server = filled.dialect.name
    with reading(filled) as connection:
        before = contents_of(connection)
    if server == "postgresql":
        with filled.begin() as connection:
            connection.exec_driver_sql(FUNCTION)
    attached = ATTACHED[server].values()
    with filled.begin() as connection:
        for statement in [one for _, statements in attached for one in statements]:
            connection.execute(text(statement.format(act=ACTS[server])))
    with reading(filled) as connection:
        found = {one.what for one in differences(connection)}
    assert found >= {f"{shown} is not part of bricoop" for shown, _ in attached}
    assert len(found) == sum(len(statements) for _, statements in attached)
    assert set(rebuild(filled).parts) == found
    with reading(filled) as connection:
        assert differences(connection) == []
        assert before.differences(contents_of(connection)) == []


def test_what_a_server_no_longer_has_is_found(server_refilled: Refilled) -> None:
    engine = make_engine(server_refilled.ready())
    with engine.connect() as connection:
        for table, what in (
            ("alias", "DROP CONSTRAINT fk_alias_entity_id"),
            ("finance", "ADD COLUMN more text"),
        ):
            connection.execute(text(f"ALTER TABLE {table} {what}"))
        connection.execute(
            text(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_entity_kind'::regclass"
            )
        )
        # All of it is undone with the transaction, which another connection does not see.
        found = {one.what for one in differences(connection)}
        connection.rollback()
        assert differences(connection) == []
    engine.dispose()
    assert found == {"table alias differs", "table finance differs", "index ix_entity_kind differs"}


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_what_a_server_no_longer_enforces_is_found_and_enforced_again(
    knowledge_base: str, filled: Engine
) -> None:
    done(filled, "ALTER TABLE finance DISABLE TRIGGER ALL")
    done(filled, "ALTER TABLE country DISABLE TRIGGER ALL")
    assert failed(knowledge_base) == [ENFORCED]
    # A fact of no entity is derived again, before rows are compared with foreign keys.
    done(filled, "UPDATE finance SET financier_id = 4711 WHERE currency = 'CNY'")
    checked = run("--db", knowledge_base, "db", "check").stderr
    assert "every reference points to an existing row (finance.financier_id of the row" in checked
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert "foreign key fk_finance_financier_id of table finance is off." in rebuilt.stderr
    assert failed(knowledge_base) == []
    with pytest.raises(IntegrityError):
        done(filled, "UPDATE finance SET financier_id = 4711 WHERE currency = 'CNY'")


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_foreign_keys_stay_off_while_rows_break_them(knowledge_base: str, filled: Engine) -> None:
    done(filled, "ALTER TABLE record DISABLE TRIGGER ALL")
    done(filled, "UPDATE record SET source_id = 4711 WHERE noun = 'finance'")
    rebuilt = run("--db", knowledge_base, "db", "rebuild").stderr
    assert "Not repaired: every reference points to an existing row (record.source_id of" in rebuilt
    assert "Restore a backup." in rebuilt
    assert {ENFORCED, "every reference points to an existing row"} <= set(failed(knowledge_base))


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_row_security_is_found_and_switched_off(knowledge_base: str, filled: Engine) -> None:
    done(filled, "ALTER TABLE record ENABLE ROW LEVEL SECURITY")
    assert failed(knowledge_base) == [ENFORCED]
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert "row security of table record is on." in rebuilt.stderr
    assert failed(knowledge_base) == []


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_tables_that_a_crash_would_empty_are_made_safe(knowledge_base: str, filled: Engine) -> None:
    done(filled, "ALTER TABLE load_effect SET UNLOGGED; ALTER TABLE record_version SET UNLOGGED")
    done(filled, "ALTER TABLE load_header SET UNLOGGED")
    assert failed(knowledge_base) == [ENFORCED]
    rebuilt = run("--db", knowledge_base, "db", "rebuild")
    assert "table load_effect is unlogged" in rebuilt.stderr
    assert failed(knowledge_base) == []


def test_rows_of_tables_that_differ_can_be_copied_to_new_ones(
    knowledge_base: str, filled: Engine, tmp_path: Path
) -> None:
    done(filled, "ALTER TABLE project ADD COLUMN more text")
    assert failed(knowledge_base) == ["every table matches this version"]
    assert "`bricoop db copy URL`" in run("--db", knowledge_base, "db", "check").stderr
    target = str(tmp_path / "copy.sqlite")
    assert run("--db", knowledge_base, "db", "copy", target).exit_code == 0
    assert failed(target) == []


def test_words_that_the_index_itself_lost_are_found(knowledge_base: str, filled: Engine) -> None:
    emptied = {
        "sqlite": "INSERT INTO search_index (search_index) VALUES ('delete-all')",
        "postgresql": "UPDATE search_index SET names = '', whole = ''",
    }
    done(filled, emptied[filled.dialect.name])
    assert failed(knowledge_base) == [SEARCH]
    assert run("--db", knowledge_base, "db", "rebuild").exit_code == 0
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


def test_a_missing_table_is_found(knowledge_base: str, filled: Engine) -> None:
    on_server = filled.dialect.name == "postgresql"
    # PostgreSQL drops no table that views read, unless they go with it.
    done(filled, f"DROP VIEW v_findings; DROP TABLE finding{' CASCADE' if on_server else ''}")
    assert failed(knowledge_base) == ["every table matches this version", PARTS]
    assert "table finding is missing" in run("--db", knowledge_base, "db", "check").stderr


def test_each_damaged_page_ends_in_a_sentence(sqlite_template: Path, tmp_path: Path) -> None:
    whole = sqlite_template.read_bytes()
    with closing(sqlite3.connect(sqlite_template)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    path = tmp_path / "kb.sqlite"
    found = 0
    for start in range(0, len(whole), size * 7):
        path.write_bytes(whole[:start] + b"\x5a" * size + whole[start + size :])
        result = run("--db", str(path), "db", "check")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in {0, 5}, start
        assert result.exit_code == 0 or "Restore a backup" in result.stderr or start == 0
        found += result.exit_code == 5
    # A page that is free holds nothing.
    assert found > 0.9 * len(range(0, len(whole), size * 7))


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
    assert failed(knowledge_base) == []
