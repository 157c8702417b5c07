"""The rules about claims: Python and SQL agree on both databases, whatever the records say."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, literal, select

from bricoop.db.claims import claims_name, claims_name_in_sql, rank, rank_in_sql
from bricoop.db.engine import reading, writing
from bricoop.db.schema import record, source
from bricoop.db.types import Document, Name
from bricoop.domain.nouns import LOADED
from support.examples import examples

#: Partial dates that begin alike, so that many are equal, within each other or neighbours.
DATES = st.none() | st.sampled_from(
    ["0999", "2018-12-31", "2019", "2019-03", "2019-03-01", "2019-03-14", "2019-10", "2020", "9999"]
)
#: Tiers and dates of publication.
SOURCES = st.lists(st.tuples(st.integers(1, 8), DATES), min_size=2, max_size=12)
FIELDS = st.dictionaries(
    st.sampled_from(["name", "alpha2", "alpha3", "numeric"]), st.sampled_from(["", "KEN", "Kenya"])
)
#: A database of its own for all examples, as each leaves it as it was.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=examples(60), suppress_health_check=SHARED)
@given(sources=SOURCES)
def test_claims_rank_alike_in_python_and_in_sql(
    engine: Engine, sources: list[tuple[int, str | None]]
) -> None:
    ranks = {
        10_000 + number: rank(tier, published, 10_000 + number)
        for number, (tier, published) in enumerate(sources)
    }
    rows = [
        {"id": number, "key": f"s{number}", "title": "A", "kind": "other", "tier": tier,
         "published": published}
        for number, (tier, published) in zip(ranks, sources, strict=True)
    ]  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(source), rows)
        try:
            ids = _ranked(connection)
        finally:
            connection.execute(delete(source).where(source.c.id >= 10_000))
    assert ids == sorted(ranks, key=ranks.__getitem__)


def _ranked(connection: Connection) -> list[int]:
    """Return the ids of the sources, in the order of claims of which each source has one."""
    by = rank_in_sql(source.c.tier, source.c.published, source.c.id)
    ids = select(source.c.id).where(source.c.id >= 10_000)
    return list(connection.scalars(ids.order_by(*by)))


@settings(max_examples=examples(60), suppress_health_check=SHARED)
@given(noun=st.sampled_from([noun.name for noun in LOADED]), fields=FIELDS)
def test_records_claim_names_alike_in_python_and_in_sql(
    engine: Engine, noun: str, fields: dict[str, Any]
) -> None:
    condition = claims_name_in_sql(literal(noun, Name), literal(fields, Document))
    with reading(engine) as connection:
        assert bool(connection.scalar(select(condition))) is claims_name(noun, fields)


def test_records_of_the_seeds_claim_names_alike_in_python_and_in_sql(engine: Engine) -> None:
    condition = claims_name_in_sql(record.c.noun, record.c.fields)
    with reading(engine) as connection:
        rows = connection.execute(
            select(record.c.noun, record.c.fields, condition.label("claims"))
        ).all()
    assert {bool(row.claims) for row in rows if row.noun == "countries"} == {True, False}
    assert all(bool(row.claims) is claims_name(row.noun, row.fields) for row in rows)
