"""The dialect seam: many rows in at once, many values asked for at once, alike on both databases."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading, writing
from bricoop.db.schema import alias, entity, finance, record
from bricoop.db.seam import among, insert_rows
from bricoop.errors import DatabaseError

COLUMNS = ("id", "kind", "key", "name", "normalised", "description")
#: What the text format of COPY and the quotes of SQL would both stumble over.
AWKWARD = [
    "\\N",
    "\\",
    "tab\tin it",
    "line\nbreak",
    "return\r",
    "it's",
    '"quoted"',
    "中国",
    "𐍈",
    "%s",
    "",
]


def test_awkward_text_arrives_as_it_was(engine: Engine) -> None:
    rows = [
        (10_000 + n, "project", f"key-{n}", name, f"n{n}", name) for n, name in enumerate(AWKWARD)
    ]
    with writing(engine) as connection:
        insert_rows(connection, entity, COLUMNS, rows)
    with reading(engine) as connection:
        found = connection.execute(
            select(*(entity.c[name] for name in COLUMNS))
            .where(entity.c.id >= 10_000)
            .order_by(entity.c.id)
        )
        assert [tuple(row) for row in found] == rows


def test_typed_values_arrive_exactly(engine: Engine) -> None:
    columns = (
        "record_id", "position", "entity_id", "kind", "amount", "currency", "amount_usd",
        "estimated", "counted",
    )  # fmt: skip
    exact, money = Decimal("0.1234567890123456789012345678901234567"), Decimal(9000000000000)
    with writing(engine) as connection:
        first = connection.execute(select(record.c.id, record.c.entity_id)).first()
        assert first is not None
        row = (*first, "pledge", exact, "CNY", money, True, None)
        insert_rows(connection, finance, columns, [(row[0], 7, *row[1:])])
        found = connection.execute(
            select(finance.c.amount, finance.c.amount_usd, finance.c.estimated, finance.c.counted)
        ).one()
    assert tuple(found) == (exact, money, True, None)


def test_no_rows_are_no_work(engine: Engine) -> None:
    with writing(engine) as connection:
        before = connection.execute(select(entity.c.id)).all()
        insert_rows(connection, entity, COLUMNS, [])
        assert connection.execute(select(entity.c.id)).all() == before


@pytest.mark.parametrize(
    "wanted", [[], ["gwadar port"], ["gwadar port", "白俄罗斯", "it's", '"', "x" * 300]]
)
def test_one_of_many_texts_is_found_exactly(engine: Engine, wanted: list[str]) -> None:
    with reading(engine) as connection:
        found = set(
            connection.scalars(
                select(alias.c.normalised).where(among(connection, alias.c.normalised, wanted))
            )
        )
    assert found == set(wanted) & {"gwadar port", "白俄罗斯"}


def test_one_of_many_numbers_is_found_exactly(engine: Engine) -> None:
    with reading(engine) as connection:
        known = set(connection.scalars(select(entity.c.id)))
        found = connection.scalars(
            select(entity.c.id).where(among(connection, entity.c.id, range(50_000)))
        )
        assert set(found) == known


def test_rows_that_the_database_refuses_are_refused_in_our_words(engine: Engine) -> None:
    row = (10_000, "project", "gwadar-port", "Taken", "taken", None)
    with pytest.raises(DatabaseError, match="refused"), writing(engine) as connection:
        insert_rows(connection, entity, COLUMNS, [row])
    with reading(engine) as connection:
        assert connection.execute(select(entity.c.id).where(entity.c.id == 10_000)).all() == []
