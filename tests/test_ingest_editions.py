"""Editions of a dataset: new, changed and missing records, and their earlier versions."""

from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.schema import entity, finance, participation, record, record_version
from bricoop.errors import DataRejectedError, NotFoundError, UsageError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.differences import differences
from bricoop.render.loading import write_result
from support.state import table_rows

pytestmark = pytest.mark.later_on_postgresql

HEADER = "id,name,kind,countries,financiers\n"
FIRST = HEADER + "1,Alpha,port,Kenya,Bank A\n2,Beta,road,Kenya,Bank B\n3,Ceta,,,Bank B\n"
SECOND = HEADER + "1,Alpha,port,Ghana,Bank A\n2,Beta,railway,Kenya,\n5,Eps,port,Ghana,\n"


def edition(
    engine: Engine, folder: Path, text: str, noun: str = "projects", source: str = "one"
) -> LoadResult:
    """Load a complete edition of a source."""
    path = folder / "edition.csv"
    path.write_text(text, encoding="utf-8")
    spec = SourceSpec(source, title=source, tier=5)
    return load_file(engine, LoadRequest(noun, str(path), spec, complete=True))


def told(engine: Engine, first: int | None, last: int | None = None) -> list[tuple[object, ...]]:
    """Return what loads changed, without the noun."""
    assert first is not None
    with reading(engine) as connection:
        rows = differences(connection, first, last).rows
        return [(row[0], *row[2:]) for row in rows]


def keys(engine: Engine) -> set[str]:
    """Return the keys of all entities."""
    with reading(engine) as connection:
        assert all(result.violations == 0 for result in check(connection))
        return set(connection.scalars(select(entity.c.key)))


def test_an_edition_says_what_is_new_changed_and_gone(engine: Engine, tmp_path: Path) -> None:
    before = keys(engine)
    first = edition(engine, tmp_path, FIRST)
    second = edition(engine, tmp_path, SECOND)
    counts = second.counts
    assert (counts.new, counts.changed, counts.unchanged, counts.read) == (1, 2, 0, 3)
    assert second.gone == {"projects": 1}
    assert second.changed_fields == {"projects": {"countries": 1, "kind": 1, "financiers": 1}}
    assert keys(engine) - before == {"alpha", "beta", "eps", "bank-a"}
    assert told(engine, second.load_id) == [
        ("changed", "1", "Alpha", "countries", ["KEN"], ["GHA"]),
        ("changed", "2", "Beta", "financiers", ["Bank B"], None),
        ("changed", "2", "Beta", "kind", "road", "railway"),
        ("gone", "3", "Ceta", None, None, None),
        ("new", "5", "Eps", "countries", None, ["GHA"]),
        ("new", "5", "Eps", "id", None, "5"),
        ("new", "5", "Eps", "kind", None, "port"),
        ("new", "5", "Eps", "name", None, "Eps"),
    ]
    assert list(dict.fromkeys(row[:3] for row in told(engine, first.load_id))) == [
        ("new", "1", "Alpha"), ("new", "2", "Beta"), ("new", "3", "Ceta"),
    ]  # fmt: skip
    assert told(engine, first.load_id, second.load_id) == told(engine, second.load_id)


def test_what_is_gone_says_nothing_and_is_kept(engine: Engine, tmp_path: Path) -> None:
    edition(engine, tmp_path, FIRST)
    edition(engine, tmp_path, SECOND)
    with reading(engine) as connection:
        gone = connection.execute(select(record).where(record.c.gone_in.is_not(None))).one()
        assert (gone.entity_id, gone.fields["name"]) == (None, "Ceta")
        facts = select(func.count()).where(participation.c.record_id == gone.id)
        assert connection.scalar(facts) == 0


def test_what_is_gone_may_come_back_with_other_content(engine: Engine, tmp_path: Path) -> None:
    first = edition(engine, tmp_path, FIRST)
    second = edition(engine, tmp_path, SECOND)
    third = edition(engine, tmp_path, FIRST.replace("Ceta,,", "Ceta,mine,"))
    counts = third.counts
    assert (counts.new, counts.back, counts.changed, counts.unchanged) == (1, 1, 2, 0)
    out = StringIO()
    write_result(third, out)
    assert "1 new (1 back from an earlier edition), 2 changed" in out.getvalue()
    assert third.gone == {"projects": 1}
    assert {"ceta", "bank-b"} <= keys(engine)
    rows = told(engine, third.load_id)
    assert rows[3:] == [
        ("back", "3", "Ceta", None, None, None),
        ("changed", "3", "Ceta", "kind", None, "mine"),
        ("gone", "5", "Eps", None, None, None),
    ]
    # Of what lies between, the states before and after know nothing.
    assert told(engine, first.load_id, third.load_id) == [
        ("changed", "3", "Ceta", "kind", None, "mine")
    ]
    assert ("gone", "3", "Ceta", None, None, None) in told(engine, second.load_id)
    with reading(engine) as connection:
        versions = select(func.count()).select_from(record_version)
        assert connection.scalar(versions) == 5


def test_each_edition_is_undone_exactly(engine: Engine, tmp_path: Path) -> None:
    states, loads = [table_rows(engine)], []
    for text in (FIRST, SECOND, FIRST, HEADER + "9,Zeta,,,\n", FIRST):
        loads.append(edition(engine, tmp_path, text).load_id)
        states.append(table_rows(engine))
    for load_id in reversed(loads):
        assert load_id is not None
        states.pop()
        undo_load(engine, load_id)
        assert table_rows(engine) == states[-1]


@pytest.mark.parametrize(
    "order",
    [
        (1, 0, 2),
        (2, 0, 1),
        *(
            pytest.param(order, marks=pytest.mark.full)
            for order in [(0, 1, 2), (1, 2, 0), (0, 2, 1)]
        ),
    ],
)
def test_editions_are_undone_in_any_order(
    engine: Engine, tmp_path: Path, order: tuple[int, ...]
) -> None:
    before = keys(engine)
    loads = [edition(engine, tmp_path, text).load_id for text in (FIRST, SECOND, FIRST)]
    for index in order:
        number = loads[index]
        assert number is not None
        undo_load(engine, number)
        keys(engine)
    assert keys(engine) == before


def test_an_edition_undone_in_between_lets_stand_again_what_it_found_gone(
    engine: Engine, tmp_path: Path
) -> None:
    edition(engine, tmp_path, FIRST)
    second = edition(engine, tmp_path, SECOND)
    edition(engine, tmp_path, "name\nOther\n", source="two")
    assert second.load_id is not None
    undo_load(engine, second.load_id)
    assert {"ceta", "bank-b", "other"} <= keys(engine)
    assert "eps" not in keys(engine)


def test_what_another_source_speaks_of_stays(engine: Engine, tmp_path: Path) -> None:
    edition(engine, tmp_path, FIRST)
    edition(engine, tmp_path, "id,name,kind\n7,Ceta,mine\n", source="two")
    edition(engine, tmp_path, SECOND)
    assert "ceta" in keys(engine)
    # The other noun of the source is not what the file is of.
    money = edition(engine, tmp_path, "id,project,kind\n1,Alpha,pledge\n", "finance")
    assert money.gone == {}
    edition(engine, tmp_path, "id,project,kind\n2,Alpha,pledge\n", "finance")
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(finance)) == 1


def test_an_empty_file_is_no_edition(engine: Engine, tmp_path: Path) -> None:
    edition(engine, tmp_path, FIRST)
    before = table_rows(engine)
    with pytest.raises(DataRejectedError, match="--complete would remove everything"):
        edition(engine, tmp_path, HEADER)
    assert table_rows(engine) == before


def test_only_loads_that_stand_and_are_of_one_source_are_compared(
    engine: Engine, tmp_path: Path
) -> None:
    first = edition(engine, tmp_path, FIRST).load_id
    other = edition(engine, tmp_path, FIRST, source="two").load_id
    with pytest.raises(UsageError, match="different sources"):
        told(engine, first, other)
    with pytest.raises(NotFoundError):
        told(engine, 999)
    assert other is not None
    undo_load(engine, other)
    with pytest.raises(UsageError, match="was undone"):
        told(engine, other)


def test_columns_in_another_order_are_no_difference(engine: Engine, tmp_path: Path) -> None:
    edition(engine, tmp_path, "id,name,kind\n1,Alpha,port\n")
    again = edition(engine, tmp_path, "kind,name,id\nport,Alpha,1\n")
    assert (again.counts.unchanged, again.changed_fields) == (1, {})
    respelt = edition(engine, tmp_path, "kind,name,id\nPort,Alpha,1\n")
    assert respelt.changed_fields == {"projects": {"kind": 1}}
    assert told(engine, respelt.load_id) == [("changed", "1", "Alpha", "kind", "port", "Port")]
