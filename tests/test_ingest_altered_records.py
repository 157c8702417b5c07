"""`db check` notices an altered value in any column of any table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    Table,
    Text,
    cast,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from bricoop.db.engine import reading
from bricoop.db.schema import metadata
from bricoop.db.types import Dollars, Exact, Moment
from bricoop.domain import vocabularies
from bricoop.ingest.check.rebuild import check_all
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

FILES = {
    "organizations": "name,kind,country,roles,abbreviations\nLake Bank,policy-bank,Kenya,financier,LB\n",
    "projects": "id,name,key,kind,status,countries,links,financiers,contractors,announced,started,completed,"
    "sector,aliases,description,stated_name\n"
    "1,Alpha Port,alpha-port,port,completed,Kenya; Africa,facility,Lake Bank,Builder Y,2011,2012,2013,"
    "210,Alpha Harbour,A port,Alfa\n2,Beta Road,,road,,Uganda,trade,Bank X,,,,,,,,\n",
    "agreements": "id,name,kind,signed,in_force,ended,countries,organizations\n"
    "1,Pact,treaty,2011,2012,2013,Kenya,Bank Z\n",
    "policies": "id,name,kind,adopted\n1,Plan,initiative,2014\n",
    "finance": "id,project,kind,instrument,financier,amount,currency,amount_usd,amount_usd_constant,"
    "price_year,date,estimated,counted,note\n"
    "1,Alpha Port,commitment,loan,Bank X,7.1,CNY,1000000,2000000,2010,2012,yes,yes,a note\n"
    "2,Alpha Port,pledge,,Bank X; Bank V,,,5,,,,,,\n",
    "locations": "id,project,name,latitude,longitude,precision\n1,Alpha Port,Quay,1.5,40.5,exact\n",
    "statistics": "id,subject,indicator,value,unit,price_base,qualifier,period,note\n"
    "1,Kenya,ships,5,USD,nominal,more-than,2011,a note\n",
    "findings": "id,subject,kind,link,statement\n1,Kenya,challenge,trade,It is far.\n",
}
#: What another source states, and decisions by which its records are one with the first one's, or
#: are parted from them.
OTHERS = {
    "projects": "id,name,countries,financiers\n1,Port of Alpha,Kenya,The Lake Bank\n"
    "2,Alpha Port,Kenya,\n",
    "finance": "id,project,kind,amount,currency,date\n1,Port of Alpha,commitment,1,USD,2012\n",
    "decisions": "left,right,relation,reviewer,decided_at\n"
    "one/finance/1,two/finance/1,same-deal,me,2026\n"
    "one/projects/1,two/projects/2,different,me,2026\n"
    "organization:Lake Bank,organization:The Lake Bank,same,me,2026\n",
}
#: Columns whose change cannot be noticed or is not possible, each with its reason.
EXCEPTIONS = {
    "link.code": "all five codes are taken: none can be given to another row",
    "link.position": "all five positions are taken",
    "decision.id": "a copy gives it anew; only the order of decisions of one moment depends on it",
    **dict.fromkeys(
        ("cluster_member.kind", "cluster_member.key", "cluster_member.name"),
        "an entity as it is without decisions has no checksum",
    ),
    "load_effect.id": "a copy gives it anew; it points to nothing",
    "record_version.id": "a copy gives it anew; it points to nothing",
    "search_state.last_document": "any number as high as the highest is right",
    "search_document.entity_id": "each entity has its document: none can be given to another",
    **dict.fromkeys(
        (
            f"load.rows_{name}"
            for name in ("read", "new", "changed", "unchanged", "rejected", "skipped", "nothing")
        ),
        "the counts add up: none can be changed alone, and two of them are noticed",
    ),
}
#: Every code of every vocabulary: some column takes it.
CODES = sorted(
    code.value
    for vocabulary in vars(vocabularies).values()
    if isinstance(vocabulary, type) and issubclass(vocabulary, StrEnum)
    for code in vocabulary
)


@pytest.fixture(scope="module")
def base(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """A knowledge base with a row in every table, and records that loads changed or found gone."""
    for noun, rows in FILES.items():
        standing.load(noun, rows, source="one", tier=5)
    changed = FILES["projects"].replace("Alpha Harbour", "Alpha Quay")
    standing.load("projects", changed, source="one", tier=5)
    for noun, rows in OTHERS.items():
        standing.load(noun, rows, source="two", tier=6)
    path = tmp_path_factory.mktemp("edition") / "projects.csv"
    path.write_text("".join(changed.splitlines(keepends=True)[:2]), encoding="utf-8")
    load_file(standing.engine, LoadRequest("projects", str(path), SourceSpec("one"), complete=True))
    return standing


def test_every_table_has_a_row(base: Standing) -> None:
    with reading(base.engine) as connection:
        empty = [
            table.name
            for table in metadata.sorted_tables
            if connection.execute(select(table).limit(1)).first() is None
        ]
        assert empty == []
        assert [check for check in check_all(connection) if check.violations] == []


# Every check of a whole knowledge base takes a third of a second, and there are 180 columns.
@pytest.mark.full
@pytest.mark.parametrize("table", [table.name for table in metadata.sorted_tables])
def test_an_altered_column_is_noticed(base: Standing, table: str) -> None:
    unnoticed = []
    for column in metadata.tables[table].columns:
        with base.engine.connect() as connection:
            is_altered = altered(connection, metadata.tables[table], column)
            noticed = is_altered and any(check.violations for check in check_all(connection))
            connection.rollback()
        if not is_altered and not column.primary_key and f"{column}" not in EXCEPTIONS:
            unnoticed.append(f"{column}: no other value could be set")
        if is_altered and noticed is (f"{column}" in EXCEPTIONS):
            unnoticed.append(f"{column}: {'noticed' if noticed else 'not noticed'}")
    assert unnoticed == []


def altered(connection: Connection, table: Table, column: Column[Any]) -> bool:
    """Alter a column of one row, to a value that no constraint refuses; return whether it could."""
    keys = list(table.primary_key.columns)
    order = cast(column, Text).desc()
    rows = connection.execute(select(*keys, column.label("own")).order_by(order)).all()
    for row in sorted(rows, key=lambda row: row.own is None)[:3]:
        for value in values(connection, column, row.own):
            if value == row.own:
                continue
            point = connection.begin_nested()
            try:
                changed = update(table).values({column: value})
                for index, key in enumerate(keys):
                    changed = changed.where(key == row[index])
                connection.execute(changed)
                connection.execute(text("SELECT 1"))
            except DBAPIError:
                point.rollback()
            else:
                return True
    return False


def values(connection: Connection, column: Column[Any], own: Any) -> Iterator[Any]:
    """Yield other values that a column could hold."""
    if isinstance(column.type, JSON):
        yield {**own, "x": 1} if isinstance(own, dict) else [*(own or []), "x"]
        return
    others = select(column).where(column.is_not(None), column != own) if own is not None else None
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        yield from connection.scalars(select(target).where(target != own).limit(5))
        return
    if isinstance(column.type, Boolean):
        yield not own
    elif isinstance(column.type, Moment):
        yield datetime(2001, 2, 3, tzinfo=UTC)
    elif isinstance(column.type, Exact | Dollars):
        yield (own or 0) + Decimal(1)
    elif isinstance(column.type, Float):
        yield (own or 0) + 0.25
    elif isinstance(column.type, Integer):
        yield (own or 0) + 1
        yield (own or 0) - 1
    else:
        yield f"{own or ''}x"
        yield "1999"
        yield (own or "")[::-1]
        yield "KES"
    if others is not None:
        yield from connection.scalars(others.limit(5))
    if not isinstance(column.type, Integer | Float | Exact | Dollars | Boolean | Moment):
        yield from CODES
