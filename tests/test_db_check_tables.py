"""Tests of `bricoop db check` and `db rebuild` on altered schemas."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from bricoop.db.engine import make_engine, reading
from bricoop.db.schema_objects import differences
from bricoop.ingest.check.rebuild import rebuild
from support.command_line import run
from support.contents import contents_of
from support.damages import ENFORCED, PARTS, SEARCH, done, failed, fill
from support.loading import Load
from support.refilled_database import Refilled

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def filled(engine: Engine, load: Load) -> Engine:
    """A knowledge base with finance, and with a record that a later load changed."""
    fill(load)
    return engine


#: Objects that others attach to tables, by name: how check reports them, and their statements.
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
        for statement in [sql for _, statements in attached for sql in statements]:
            connection.execute(text(statement.format(act=ACTS[server])))
    with reading(filled) as connection:
        descriptions = {difference.description for difference in differences(connection)}
    assert descriptions >= {f"{shown} is not part of bricoop" for shown, _ in attached}
    assert len(descriptions) == sum(len(statements) for _, statements in attached)
    assert set(rebuild(filled).parts) == descriptions
    with reading(filled) as connection:
        assert differences(connection) == []
        assert before.differences(contents_of(connection)) == []


def test_what_a_server_no_longer_has_is_found(server_refilled: Refilled) -> None:
    engine = make_engine(server_refilled.ready())
    with engine.connect() as connection:
        for table, description in (
            ("alias", "DROP CONSTRAINT fk_alias_entity_id"),
            ("finance", "ADD COLUMN more text"),
        ):
            connection.execute(text(f"ALTER TABLE {table} {description}"))
        connection.execute(
            text(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_entity_kind'::regclass"
            )
        )
        # All of it is rolled back, and other connections do not see it.
        descriptions = {difference.description for difference in differences(connection)}
        connection.rollback()
        assert differences(connection) == []
    engine.dispose()
    assert descriptions == {
        "table alias differs",
        "table finance differs",
        "index ix_entity_kind differs",
    }


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


def test_a_missing_table_is_found(knowledge_base: str, filled: Engine) -> None:
    on_server = filled.dialect.name == "postgresql"
    # PostgreSQL drops a table that views depend on only with CASCADE.
    done(filled, f"DROP VIEW v_findings; DROP TABLE finding{' CASCADE' if on_server else ''}")
    assert failed(knowledge_base) == ["every table matches this version", PARTS]
    assert "table finding is missing" in run("--db", knowledge_base, "db", "check").stderr
