"""Tests of VACUUM ANALYZE on PostgreSQL after a large load."""

from sqlalchemy import Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from bricoop.db.engine import reading
from bricoop.db.vacuum import vacuum_analyze
from support.loading import Load

_COUNTED = text(
    "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND last_analyze IS NOT"
    " NULL"
)


def counted(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.scalars(_COUNTED))


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
