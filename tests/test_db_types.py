"""Tests that all amounts that can be loaded can be added up exactly."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.engine import reading
from bricoop.db.schema import finance, record
from support.loading import Load

HEADER = "id,project,kind,amount_usd\n"


@pytest.mark.parametrize(
    "amounts",
    [
        ["0.1", "0.2", "0.3"],
        ["9000000000000", "-9000000000000", "0.000001"],
        ["8999999999999.999999", "0.000001"],
    ],
)
def test_a_sum_of_dollars_is_exact_in_any_order(
    engine: Engine, load: Load, amounts: list[str]
) -> None:
    for source, ordered in (("one", amounts), ("two", amounts[::-1])):
        rows = "".join(f"{number},Gwadar,pledge,{text}\n" for number, text in enumerate(ordered))
        load("finance", HEADER + rows, source=source)
    with reading(engine) as connection:
        totals = connection.scalars(
            select(func.sum(finance.c.amount_usd))
            .join(record, record.c.id == finance.c.record_id)
            .group_by(record.c.source_id)
        ).all()
    assert totals == [sum(Decimal(text) for text in amounts)] * 2
