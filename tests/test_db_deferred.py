"""Tests of deferred indexes: dropped within a transaction only, and restored in any case."""

import pytest
from sqlalchemy import Connection, Engine, inspect

from bricoop.db import deferred
from bricoop.db.deferred import Deferred
from bricoop.db.engine import reading, writing

NAMES = {"ix_entity_kind", "ix_alias_normalised"}


def there(connection: Connection) -> set[str]:
    """Return the indexes on names that exist."""
    inspector = inspect(connection)
    indexes = (
        index["name"] for table in ("entity", "alias") for index in inspector.get_indexes(table)
    )
    return NAMES & {str(name) for name in indexes}


def test_they_are_away_for_the_load_alone_and_come_back(engine: Engine) -> None:
    away = NAMES if engine.dialect.name == "sqlite" else set()
    with reading(engine) as other:
        spared = Deferred()
        with writing(engine) as connection:
            spared.begin(connection)
            assert there(connection) == NAMES - away
            assert there(other) == NAMES
            spared.end()
            assert there(connection) == NAMES
            spared.end()
    with reading(engine) as connection:
        assert there(connection) == NAMES


def test_what_is_taken_back_brings_them_back(engine: Engine) -> None:
    with writing(engine) as connection:
        Deferred().begin(connection)
        connection.rollback()
    with reading(engine) as connection:
        assert there(connection) == NAMES


def test_many_questions_are_worth_them(quick: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferred, "_OFTEN", 3)
    spared = Deferred()
    with writing(quick) as connection:
        spared.asked()
        spared.begin(connection)
        for _ in range(3):
            spared.asked()
            assert there(connection) == set()
        spared.asked()
        assert there(connection) == NAMES
