"""Tests of bulk inserts: exact, ordered, atomic, and alike on both databases."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.bulk import Rows, insert_rows, update_rows
from bricoop.db.engine import reading, writing
from bricoop.db.schema import alias, entity, finance, project, record
from bricoop.errors import DatabaseError

COLUMNS = ("id", "kind", "key", "name", "normalised", "description")
#: Texts that need escaping in the text format of COPY or in SQL.
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


def named(numbers: range) -> list[tuple[object, ...]]:
    """Return rows of `entity`."""
    return [(n, "project", f"key-{n}", f"Dam {n}", f"dam {n}", None) for n in numbers]


def arrived(engine: Engine, rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Insert rows of `entity`, and return them as another transaction sees them."""
    with writing(engine) as connection:
        insert_rows(connection, [Rows(entity, COLUMNS, rows)])
    with reading(engine) as connection:
        result = connection.execute(
            select(*(entity.c[name] for name in COLUMNS))
            .where(entity.c.id >= 10_000)
            .order_by(entity.c.id)
        )
        return [tuple(row) for row in result]


def test_awkward_text_arrives_as_it_was(engine: Engine) -> None:
    rows: list[tuple[object, ...]] = [
        (10_000 + n, "project", f"key-{n}", name, f"n{n}", name) for n, name in enumerate(AWKWARD)
    ]
    assert arrived(engine, rows) == rows


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
        insert_rows(connection, [Rows(finance, columns, [(row[0], 7, *row[1:])])])
        rows = connection.execute(
            select(finance.c.amount, finance.c.amount_usd, finance.c.estimated, finance.c.counted)
        ).one()
    assert tuple(rows) == (exact, money, True, None)


def test_no_rows_are_no_work(engine: Engine) -> None:
    with writing(engine) as connection:
        before = connection.execute(select(entity.c.id)).all()
        insert_rows(connection, [Rows(entity, COLUMNS, [])])
        assert connection.execute(select(entity.c.id)).all() == before


def test_rows_that_the_database_refuses_are_refused_in_our_words(engine: Engine) -> None:
    row = (10_000, "project", "gwadar-port", "Taken", "taken", None)
    with pytest.raises(DatabaseError, match="reported an error"), writing(engine) as connection:
        insert_rows(connection, [Rows(entity, COLUMNS, [row])])
    with reading(engine) as connection:
        assert connection.execute(select(entity.c.id).where(entity.c.id == 10_000)).all() == []


@pytest.mark.parametrize("size", [1, 19, 2000, 4321])
def test_every_row_arrives_whatever_their_number(engine: Engine, size: int) -> None:
    rows = named(range(10_000, 10_000 + size))
    assert arrived(engine, rows) == rows


def test_rows_that_refer_to_others_may_come_before_them(engine: Engine) -> None:
    names = ("record_id", "position", "entity_id", "name", "normalised", "kind")
    with writing(engine) as connection:
        record_id = connection.execute(select(func.min(record.c.id))).scalar_one()
        for start in range(10_000, 16_000, 1000):
            fresh = range(start, start + 1000)
            aliases = [(record_id, n, n, f"Dam {n}", f"dam {n}", "name") for n in fresh]
            insert_rows(
                connection, [Rows(alias, names, aliases), Rows(entity, COLUMNS, named(fresh))]
            )
        counting = select(func.count()).select_from(alias).where(alias.c.entity_id >= 10_000)
        assert connection.execute(counting).scalar_one() == 6000


def insert_and_stop(engine: Engine) -> None:
    """Insert many rows and raise an interrupt."""
    with writing(engine) as connection:
        for start in range(10_000, 30_000, 4000):
            insert_rows(connection, [Rows(entity, COLUMNS, named(range(start, start + 4000)))])
        raise KeyboardInterrupt


def test_an_interrupt_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(KeyboardInterrupt):
        insert_and_stop(engine)
    with reading(engine) as connection:
        assert connection.execute(select(entity.c.id).where(entity.c.id >= 10_000)).all() == []


def test_many_rows_are_updated_by_their_ids_and_others_stay(engine: Engine) -> None:
    numbers = range(10_000, 10_000 + len(AWKWARD) + 1)
    rows = [
        {"the_id": number, "name": text, "description": None if text == "" else text}
        for number, text in zip(numbers, AWKWARD, strict=False)
    ]
    with writing(engine) as connection:
        insert_rows(connection, [Rows(entity, COLUMNS, named(numbers))])
        update_rows(connection, entity, rows)
        update_rows(connection, entity, [])
        own = select(entity.c.name, entity.c.description).where(entity.c.id >= 10_000)
        values = [tuple(row) for row in connection.execute(own.order_by(entity.c.id))]
    assert values == [(text, text or None) for text in AWKWARD] + [(f"Dam {numbers[-1]}", None)]


def test_updated_numbers_are_exact(engine: Engine) -> None:
    exact = Decimal("0.1234567890123456789012345678901234567")
    with writing(engine) as connection:
        insert_rows(connection, [Rows(entity, COLUMNS, named(range(10_000, 10_002)))])
        insert_rows(connection, [Rows(project, ("id",), [(10_000,), (10_001,)])])
        rows: list[dict[str, object]] = [
            {"the_id": 10_000, "capacity": exact, "capacity_unit": "MW", "started": "2019-03"},
            {"the_id": 10_001, "capacity": None, "capacity_unit": None, "started": None},
        ]
        update_rows(connection, project, rows)
        own = select(project.c.capacity, project.c.started).where(project.c.id >= 10_000)
        values = [tuple(row) for row in connection.execute(own.order_by(project.c.id))]
    assert values == [(exact, "2019-03"), (None, None)]


def test_updated_json_keeps_the_order_of_its_keys(engine: Engine) -> None:
    fields = {"b": [None, *AWKWARD], "a": {"z": 1, "y": True}}
    with writing(engine) as connection:
        numbers = list(connection.scalars(select(record.c.id).order_by(record.c.id).limit(250)))
        rows = [{"the_id": n, "fields": fields, "locator": f"row {n}"} for n in numbers]
        update_rows(connection, record, rows)
        own = select(record.c.locator, record.c.fields).where(record.c.id.in_(numbers))
        values = connection.execute(own.order_by(record.c.id)).all()
        connection.rollback()
    assert [tuple(row) for row in values] == [(f"row {n}", fields) for n in numbers]
    assert {tuple(row.fields) for row in values} == {("b", "a")}
