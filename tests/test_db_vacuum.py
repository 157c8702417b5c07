"""Tests of the statistics that databases have after a large load, and of VACUUM on PostgreSQL."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from bricoop.db.engine import reading
from bricoop.db.vacuum import vacuum_analyze
from bricoop.ingest.upgrade import upgrade_database
from support.loading import Load, loading

_COUNTED = text(
    "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND last_analyze IS NOT"
    " NULL"
)


def counted(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.scalars(_COUNTED))


def is_analyzed(engine: Engine) -> bool:
    """Return whether an SQLite database has statistics by which it plans."""
    statistics = text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    with reading(engine) as connection:
        return bool(connection.execute(statistics).scalar_one())


def test_a_large_load_has_the_tables_counted_and_a_small_one_has_not(
    engine: Engine, load: Load
) -> None:
    load("projects", "name\nOrsha Dry Port\n")
    if engine.dialect.name == "sqlite":
        vacuum_analyze(engine, 1_000_000)
        return
    assert counted(engine) == set()
    vacuum_analyze(engine, 9_999)
    assert counted(engine) == set()
    vacuum_analyze(engine, 10_000)
    assert {"entity", "project", "record", "entity_country", "search_index"} <= counted(engine)


def test_what_another_holds_is_passed_over(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return
    with engine.begin() as other:
        other.execute(text("LOCK TABLE project IN ACCESS EXCLUSIVE MODE"))
        vacuum_analyze(engine, 10_000)
    assert "entity" in counted(engine)
    assert "project" not in counted(engine)


def test_a_server_that_does_not_let_it_be_done_takes_nothing_from_the_load(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return

    def hurry(connection: DBAPIConnection, _: object) -> None:
        connection.cursor().execute("SET statement_timeout = 1")
        connection.commit()

    event.listen(engine, "connect", hurry)
    engine.dispose()
    vacuum_analyze(engine, 10_000)


@pytest.mark.parametrize(("rows", "has_statistics"), [(9_999, False), (10_000, True)])
def test_sqlite_has_statistics_after_a_large_load(
    quick: Engine, tmp_path: Path, rows: int, *, has_statistics: bool
) -> None:
    names = "".join(f"Lake Bank {number}\n" for number in range(rows))
    loading(quick, tmp_path)("organizations", f"name\n{names}")
    assert is_analyzed(quick) == has_statistics


def test_sqlite_has_statistics_after_an_upgrade(quick: Engine) -> None:
    assert not is_analyzed(quick)
    upgrade_database(quick)
    assert is_analyzed(quick)
