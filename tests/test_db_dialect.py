"""Tests of conditions with many values, on both databases."""

import pytest
from sqlalchemy import Engine, func, literal, select, text

from bricoop.db.dialect import in_values
from bricoop.db.engine import make_engine, reading, writing
from bricoop.db.schema import alias, entity


@pytest.mark.parametrize(
    "values", [[], ["gwadar port"], ["gwadar port", "白俄罗斯", "it's", '"', "x" * 300]]
)
def test_one_of_many_texts_is_found_exactly(engine: Engine, values: list[str]) -> None:
    with reading(engine) as connection:
        rows = set(
            connection.scalars(
                select(alias.c.normalised).where(in_values(connection, alias.c.normalised, values))
            )
        )
    assert rows == set(values) & {"gwadar port", "白俄罗斯"}


@pytest.mark.parametrize(
    ("letters", "small"),
    [
        ("İZMİR", "izmir"), ("ISPARTA ı", "isparta ı"), ("ΟΔΟΣ ΟΔΟΣ", "οδοσ οδοσ"),
        ("οδος", "οδος"), ("GROẞE STRAẞE", "große straße"), ("ÉLAN ĞÜŞ ЖД Ǆ", "élan ğüş жд ǆ"),
    ],
)  # fmt: skip
def test_letters_become_small_alike(engine: Engine, letters: str, small: str) -> None:
    with reading(engine) as connection:
        assert connection.scalar(select(func.lower(literal(letters)))) == small


def test_one_of_many_numbers_is_found_exactly(engine: Engine) -> None:
    with reading(engine) as connection:
        known = set(connection.scalars(select(entity.c.id)))
        rows = connection.scalars(
            select(entity.c.id).where(in_values(connection, entity.c.id, range(50_000)))
        )
        assert set(rows) == known


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_writers_queue_whatever_isolation_is_the_servers_default(engine: Engine) -> None:
    strict = engine.url.update_query_dict(
        {"options": "-c default_transaction_isolation=serializable"}
    )
    other = make_engine(strict)
    isolation = text("SHOW transaction_isolation")
    with writing(other) as connection:
        assert connection.scalar(isolation) == "read committed"
    with reading(other) as connection:
        assert connection.scalar(isolation) == "repeatable read"
    # Nor does any other connection take the server's default, which a replica cannot open.
    with other.connect() as connection:
        assert connection.scalar(isolation) == "read committed"
    other.dispose()
