"""Tests of the schema on both databases: migrations, constraints, types, copies and checks."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from bricoop.db.address import parse_address, shown
from bricoop.db.check import check
from bricoop.db.copy_database import backup, copy_database, table_counts
from bricoop.db.engine import make_engine, migrating, reading, writing
from bricoop.db.headers import headers_of
from bricoop.db.migrate import downgrade, upgrade
from bricoop.db.schema import entity, entity_link, metadata, project, record, record_version
from bricoop.db.state import HEAD, VERSION_TABLE, State, state_of
from bricoop.db.types import Dollars, Exact, Moment
from bricoop.errors import DatabaseError
from bricoop.ingest.upgrade import upgrade_database
from bricoop.settings import resource_folder
from support.examples import examples
from support.schema_shape import is_index, shape


@pytest.fixture
def empty(database: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    engine = make_engine(parse_address(database))
    yield engine
    engine.dispose()


@pytest.mark.later_on_postgresql
def test_migrations_make_what_the_models_say_and_unmake_it(empty: Engine) -> None:
    with writing(empty) as connection:
        upgrade(connection)
        options = {
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "include_name": lambda name, object_type, _: (
                object_type != "table" or not is_index(name)
            ),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    migrated = shape(empty)
    with writing(empty) as connection:
        downgrade(connection)
        assert inspect(connection).get_table_names() == [VERSION_TABLE]
    with writing(empty) as connection:
        metadata.create_all(connection)
    assert shape(empty) == migrated
    with writing(empty) as connection:
        metadata.drop_all(connection)
        upgrade(connection)
        assert state_of(connection) is State.READY


def test_the_head_is_the_newest_migration() -> None:
    files = (resource_folder("migrations") / "versions").glob("[0-9]*.py")
    assert max(path.name[:4] for path in files) == HEAD


def test_a_database_says_what_it_is(empty: Engine) -> None:
    with writing(empty) as connection:
        assert state_of(connection) is State.EMPTY
        connection.execute(text("CREATE TABLE record (id INTEGER)"))
        assert state_of(connection) is State.FOREIGN
        connection.execute(text("DROP TABLE record"))
        upgrade(connection, "0002")
        assert state_of(connection) is State.OLDER
    upgrade_database(empty)
    with writing(empty) as connection:
        assert state_of(connection) is State.READY
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608
        assert state_of(connection) is State.NEWER
    with pytest.raises(DatabaseError, match="newer"):
        upgrade_database(empty)


@pytest.mark.parametrize(
    "row",
    [
        {"id": 9_999, "kind": "nonsense", "key": "x", "name": "x", "normalised": "x"},
        {"id": 9_999, "kind": "project", "key": "gwadar-port", "name": "x", "normalised": "x"},
        {"id": 9_999, "kind": "project", "key": "x", "name": "x", "normalised": "x",
         "merged_into": 8_888},
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_is_wrong(engine: Engine, row: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(entity.insert().values(row))


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "castle"), ("started", "19"), ("status", "x")]
)
def test_vocabularies_and_partial_dates_are_checked(
    engine: Engine, column: str, value: str
) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(project.update().values({column: value}))


def test_a_fact_needs_its_record(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            entity_link.insert().values(
                record_id=99_999, position=0, entity_id=1, link_id=1, basis="stated"
            )
        )


SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("exact", Exact),
    Column("dollars", Dollars),
    Column("moment", Moment),
)
EXACT = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
MONEY = st.decimals(min_value=-1_000_000_000_000, max_value=1_000_000_000_000, places=6)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.lists(st.tuples(EXACT, MONEY, MOMENTS), min_size=1, max_size=8))
def test_amounts_and_moments_come_back_as_they_went(
    empty: Engine, rows: list[tuple[Decimal, Decimal, datetime]]
) -> None:
    with empty.begin() as connection:
        SCRATCH.drop(connection, checkfirst=True)
        SCRATCH.create(connection)
        values = [
            {"exact": exact, "dollars": dollars, "moment": moment}
            for exact, dollars, moment in rows
        ]
        connection.execute(SCRATCH.insert(), values)
        stored = connection.execute(select(SCRATCH).order_by(SCRATCH.c.id)).all()
        total = connection.execute(select(func.sum(SCRATCH.c.dollars))).scalar_one()
    assert [row.exact for row in stored] == [exact for exact, _, _ in rows]
    assert [row.dollars for row in stored] == [dollars for _, dollars, _ in rows]
    assert [row.moment for row in stored] == [
        moment.replace(microsecond=0) for _, _, moment in rows
    ]
    assert total == sum(two for _, two, _ in rows)


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_no_query_is_compiled_on_the_server(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SHOW jit").scalar_one() == "off"


def test_an_address_is_shown_without_its_password() -> None:
    url = parse_address("postgres://ann:secret@db.example/kb")
    assert shown(url) == "postgresql://ann:***@db.example/kb"


@pytest.mark.parametrize("address", ["mysql://x/y", "sqlite://", "http://a"])
def test_other_databases_are_refused(address: str) -> None:
    with pytest.raises(DatabaseError):
        parse_address(address)


def read_from(address: str) -> None:
    """Try to read from a database."""
    engine = make_engine(parse_address(address))
    try:
        with reading(engine) as connection:
            state_of(connection)
    finally:
        engine.dispose()


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        read_from("postgresql://ann:hunter2@127.0.0.1:1/kb")
    assert "127.0.0.1:1" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but some longer text\n" * 40)
    with pytest.raises(DatabaseError, match="not an SQLite database"):
        read_from(str(path))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        read_from(str(tmp_path / "nowhere" / "kb.sqlite"))


def test_the_seeds_are_whole_and_damage_is_found(engine: Engine) -> None:
    with reading(engine) as connection:
        assert [result for result in check(connection) if result.violations] == []
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alias WHERE name = 'Gwadar Port'"))
        connection.execute(text("DELETE FROM alias WHERE normalised LIKE '%guadal%'"))
        connection.execute(
            entity.insert().values(
                id=90_000, kind="project", key="lost", name="Lost", normalised="lost"
            )
        )
    with reading(engine) as connection:
        broken = {result.name for result in check(connection) if result.violations}
    assert "every entity has a record or a fact" in broken
    assert "every entity has a name" in broken


@pytest.mark.later_on_postgresql
def test_everything_is_copied_to_the_other_database_and_back(
    engine: Engine, database: str, tmp_path: Path
) -> None:
    other, back = (
        make_engine(parse_address(address)) for address in (database, str(tmp_path / "b.sqlite"))
    )
    copy_database(engine, other)
    copy_database(other, back)
    with reading(engine) as first, reading(back) as last:
        assert table_counts(first) == table_counts(last)
        for table in (candidate for candidate in metadata.sorted_tables if not candidate.info):
            columns = [column for column in table.columns if column.name != "id"]
            order = list(table.primary_key.columns)
            original_rows, copied_rows = (
                c.execute(select(*columns).order_by(*order)).all() for c in (first, last)
            )
            assert original_rows == copied_rows
    with pytest.raises(DatabaseError, match="not empty"):
        copy_database(engine, other)
    other.dispose()
    back.dispose()


def test_a_backup_is_a_whole_database_and_never_overwrites(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "backup.sqlite"
    with engine.begin() as writer:
        writer.execute(text("UPDATE entity SET description = 'unseen' WHERE key = 'gwadar-port'"))
        backup(engine, path)
    saved = sqlite3.connect(path)
    row = saved.execute("SELECT description FROM entity WHERE key = 'gwadar-port'").fetchone()
    saved.close()
    assert "unseen" not in row[0]
    with pytest.raises(DatabaseError, match="exists"):
        backup(engine, path)


def test_cells_under_headers_become_lists_under_the_header_of_their_load(empty: Engine) -> None:
    now = "'2026-01-01T00:00:00Z'"
    with writing(empty) as connection:
        upgrade(connection, "0005")
        for statement in (
            "INSERT INTO source (id, key, title, kind, tier) VALUES (1, 's', 'S', 'report', 5)",
            *(
                f"INSERT INTO load VALUES ({number}, 1, 'projects', 'native', 'a.csv', 'x', '0', "  # noqa: S608
                f"{now}, {now}, 1, 1, 0, 0, 0, NULL)"
                for number in (1, 2)
            ),
            (
                "INSERT INTO entity (id, kind, key, name, normalised) "
                "VALUES (1, 'project', 'a', 'A', 'a')"
            ),
            (
                "INSERT INTO record (id, source_id, load_id, entity_id, noun, external_id, fields, "
                "raw, digest) VALUES (1, 1, 2, 1, 'projects', '1', '{\"kind\": \"port\"}', "
                '\'{"Kind": "Port", "name": "A"}\', \'d\')'
            ),
            (
                "INSERT INTO record_version (id, record_id, load_id, fields, raw, digest) "
                "VALUES (1, 1, 1, '{}', '{\"name\": \"B\"}', 'e')"
            ),
        ):
            connection.execute(text(statement.replace(":", "\\:")))
    upgrade_database(empty)
    with reading(empty) as connection:
        assert connection.execute(select(record.c.raw)).scalar_one() == ["Port", "A"]
        assert connection.execute(select(record_version.c.raw)).scalar_one() == ["B"]
        header = headers_of(connection, [(2, "projects")])[2, "projects"]
    assert header.read_from(["Port", "A"], "kind") == {"Kind": "Port"}
    with migrating(empty) as connection:
        downgrade(connection, "0005")
        raw = connection.execute(text("SELECT raw FROM record_version")).scalar_one()
    assert (json.loads(raw) if isinstance(raw, str) else raw) == {"name": "B"}
