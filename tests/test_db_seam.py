"""The dialect seam: many values asked for at once, alike on both databases."""

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import alias, entity
from bricoop.db.seam import among


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
