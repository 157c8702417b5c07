"""Whatever is altered in the tables of clusters is noticed by `bricoop db check`."""

from typing import Any

import pytest
from sqlalchemy import Connection, Table, and_, delete, select, update

from bricoop.db.identity_checksums import altered_identities
from bricoop.db.schema import cluster_member, cluster_pointer, cluster_record, entity, record
from support.command_line import run
from support.damages import OWN, failed
from support.joined import decide, load_sources
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

TABLES = (cluster_member, cluster_pointer, cluster_record)
COLUMNS = [
    pytest.param(table, column.name, id=str(column)) for table in TABLES for column in table.columns
]


@pytest.fixture(scope="module")
def decided(standing: Standing) -> Standing:
    """Load what decisions join."""
    load_sources(standing.load)
    decide(standing.load)
    return standing


def rows_of(connection: Connection, table: Table) -> list[Any]:
    """Return conditions that each choose a row of a table."""
    keys = table.primary_key.columns
    rows = connection.execute(select(*keys).order_by(*keys)).all()
    return [and_(*(key == value for key, value in zip(keys, row, strict=True))) for row in rows]


def other_values(connection: Connection, table: Table, column: str) -> list[Any]:
    """Return values for a column that the database allows."""
    texts = {"kind": "policy", "key": "omega", "name": "Omega", "fact": "omega", "position": 77}
    if column in texts:
        return [texts[column]]
    now = connection.scalars(select(table.c[column])).all()
    if column == "own_entity_id":
        return [90_000, *sorted(set(now))]
    origin = {"record_id": record.c.id, "canonical_id": entity.c.id}.get(column)
    if origin is None:
        return [90_000]
    return [connection.scalar(select(origin).where(origin.not_in(now)).limit(1))]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_what_is_altered_is_noticed(decided: Standing, table: Table, column: str) -> None:
    with decided.engine.connect() as connection:
        assert altered_identities(connection) == {}
        for row in rows_of(connection, table):
            before = connection.scalar(select(table.c[column]).where(row))
            for value in other_values(connection, table, column):
                if value != before:
                    connection.execute(update(table).where(row).values({column: value}))
                    assert altered_identities(connection)
                    connection.rollback()


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_deleted_row_is_noticed(decided: Standing, table: Table) -> None:
    with decided.engine.connect() as connection:
        for row in rows_of(connection, table):
            connection.execute(delete(table).where(row))
            assert altered_identities(connection)
            connection.rollback()


def test_what_cannot_be_derived_stays_noticed(decided: Standing) -> None:
    def alter(**values: str) -> None:
        with decided.engine.begin() as connection:
            own = update(cluster_member).where(cluster_member.c.kind == "organization")
            connection.execute(own.values(values))

    def rebuilt() -> str:
        return run("--db", decided.address, "db", "rebuild").stderr

    altered = "organization kuri-lending-house, or what decisions joined with it"
    alter(key="omega", name="Omega")
    assert altered in run("--db", decided.address, "db", "check").stderr
    assert altered in rebuilt()
    assert failed(decided.address) == [OWN]
    alter(key="klh", name="Omega")
    assert altered not in rebuilt()
    assert failed(decided.address) == []
