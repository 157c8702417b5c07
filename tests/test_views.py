"""Database views: each has the same rows as a question for its noun, on both databases."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from bricoop.db.address import parse_address
from bricoop.db.copy_database import table_counts
from bricoop.db.engine import make_engine, migrating, reading, writing
from bricoop.db.migrate import downgrade, upgrade
from bricoop.db.schema import metadata
from bricoop.db.state import State, state_of
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.catalog import NOUNS
from bricoop.query.execute import execute
from bricoop.query.nouns.noun import Noun
from bricoop.query.question import Question
from bricoop.render.values import as_text
from support.every_field import DECISIONS, fill
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def filled(engine: Engine, load: Load) -> Engine:
    """A knowledge base in which every field of every noun has a value somewhere."""
    fill(load)
    return engine


def seen(engine: Engine, noun: Noun) -> list[tuple[Any, ...]]:
    """Return the rows of a noun's view."""
    with reading(engine) as connection:
        result = connection.execute(text(f"SELECT * FROM {noun.view}"))  # noqa: S608
        assert list(result.keys()) == [field.name for field in noun.usual]
        return [tuple(row) for row in result]


def asked(engine: Engine, noun: Noun) -> list[tuple[Any, ...]]:
    """Return the rows of a question for the noun."""
    with reading(engine) as connection:
        return list(execute(connection, Question(noun.name)).rows)


def plain(value: Any) -> Any:
    """Return an answer's value as a view holds it, or a view's value without its type."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return as_text(value)
    if isinstance(value, list):
        return "; ".join(value) or None
    return int(value) if isinstance(value, bool) else value


def alike(value: Any, other: Any) -> bool:
    """Return whether a view's value is an answer's, an amount to the last digit that a REAL has."""
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other, rel_tol=4e-16)
    return bool(value == other)


def test_every_view_shows_what_its_question_answers(filled: Engine, load: Load) -> None:
    load("decisions", DECISIONS, source="mine")
    for noun in NOUNS:
        views, answers = (
            sorted(([plain(value) for value in row] for row in rows), key=repr)
            for rows in (seen(filled, noun), asked(filled, noun))
        )
        assert len(views) == len(answers), noun.name
        for view, answer in zip(views, answers, strict=True):
            assert all(map(alike, view, answer)), (noun.name, view, answer)


#: What no row that is shown unasked has: what is undone, and what is gone.
ALWAYS_EMPTY = {("loads", "undone"), ("records", "gone_in")}
#: Has a value where a title tells a whole story: see `test_project_kinds.py`.
NOT_HERE = {("projects", "short_name")}


def test_every_field_of_every_view_was_seen_with_a_value(filled: Engine, load: Load) -> None:
    load("decisions", DECISIONS, source="mine")
    filled_fields = Counter(
        (noun.name, field.name)
        for noun in NOUNS
        for row in seen(filled, noun)
        for field, value in zip(noun.usual, row, strict=True)
        if value is not None
    )
    fields = {(noun.name, field.name) for noun in NOUNS for field in noun.usual}
    assert fields - set(filled_fields) == ALWAYS_EMPTY | NOT_HERE


def test_amounts_are_numbers_and_exact_on_a_server(filled: Engine) -> None:
    with reading(filled) as connection:
        amounts = connection.execute(
            text("SELECT amount, amount_usd FROM v_finance WHERE project LIKE 'Alpha%'")
        ).all()
        total = connection.execute(text("SELECT sum(amount_usd) FROM v_finance")).scalar_one()
    number = Decimal if filled.dialect.name == "postgresql" else float
    expected = (number("40000000000.07"), number("40000000000.07"))
    assert expected in [tuple(row) for row in amounts]
    assert total == number("163456789014.475678")


def test_what_is_undone_or_gone_is_in_no_view(filled: Engine, load: Load) -> None:
    number = load("projects", "name\nOmega\n", source="third").load_id
    with reading(filled) as connection:
        assert connection.execute(
            text("SELECT count(*) FROM v_projects WHERE name = 'Omega'")
        ).scalar_one()
    assert number is not None
    undo_load(filled, number)
    for noun in NOUNS:
        assert len(seen(filled, noun)) == len(asked(filled, noun))


def test_there_is_a_view_for_each_noun_and_no_other(engine: Engine) -> None:
    assert set(inspect(engine).get_view_names()) == {noun.view for noun in NOUNS}
    assert not {noun.view for noun in NOUNS} & set(metadata.tables)


@pytest.fixture
def empty(database: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    created = make_engine(parse_address(database))
    yield created
    created.dispose()


def test_views_come_and_go_with_their_migration(filled: Engine) -> None:
    before = table_counts_of(filled)
    with migrating(filled) as connection:
        # Farther than the views: tables that they show are made anew there.
        downgrade(connection, "0005")
        assert inspect(connection).get_view_names() == []
        assert state_of(connection) is State.OLDER
    with migrating(filled) as connection:
        upgrade(connection)
        update_kinds(connection)
        assert state_of(connection) is State.READY
    assert set(inspect(filled).get_view_names()) == {noun.view for noun in NOUNS}
    assert table_counts_of(filled) == before
    for noun in NOUNS:
        assert len(seen(filled, noun)) == len(asked(filled, noun))


def table_counts_of(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with reading(engine) as connection:
        return table_counts(connection)


def test_a_database_with_nothing_but_a_foreign_view_is_foreign(empty: Engine) -> None:
    with writing(empty) as connection:
        connection.execute(text("CREATE VIEW record AS SELECT 1 AS id"))
        assert state_of(connection) is State.FOREIGN


def test_a_view_and_a_table_of_ones_own_can_be_added_to_a_knowledge_base(filled: Engine) -> None:
    with writing(filled) as connection:
        connection.execute(text("CREATE VIEW my_view AS SELECT key FROM entity"))
        connection.execute(text("CREATE TABLE my_table (id INTEGER PRIMARY KEY)"))
        assert state_of(connection) is State.READY


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM v_projects WHERE key = 'gwadar-port'",
        "SELECT name, country FROM v_organizations WHERE key = 'x'",
        "SELECT * FROM v_sources WHERE key = 'x'",
        "SELECT * FROM v_records WHERE id = 7",
        "SELECT * FROM v_countries WHERE alpha3 = 'KEN'",
        "SELECT * FROM v_finance WHERE project_key = 'gwadar-port'",
        "SELECT * FROM v_locations WHERE project_key = 'gwadar-port'",
        "SELECT * FROM v_statistics WHERE subject_key = 'kenya'",
    ],
)
def test_a_row_by_its_key_is_found_without_reading_all(quick: Engine, question: str) -> None:
    with reading(quick) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}").all()
    tables = {"e", "p", "o", "s", "r", "c", "f", "l", "n", "k"}
    assert not {f"SCAN {name}" for name in tables} & {row[3] for row in plan}, plan
