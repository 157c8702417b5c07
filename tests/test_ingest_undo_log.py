"""Undoing the newest load restores the state before it exactly, whatever it changed."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import alias
from bricoop.errors import UsageError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.examples import few_of
from support.loading import Load
from support.state import table_rows

pytestmark = pytest.mark.later_on_postgresql

#: Loads as (noun, file, source); undoing the last one must restore the state before it.
HISTORIES = [
    # A name has come to mean another organization, and the one that had it is gone.
    [
        ("projects", "id,name,financiers\n1,Pa,Bank X\n", "one"),
        ("organizations", "name,aliases\nOther Bank,Bank X\n", "two"),
        ("projects", "id,name,financiers\n1,Pa,\n", "one"),
    ],
    [
        ("participations", "id,project,organization,role\n1,Gwadar Port,Bank Z,funding\n", "one"),
        ("names", "subject,name,kind\nBank Z,BZ,abbreviation\n", "two"),
        ("participations", "id,project,organization,role\n1,Gwadar Port,Fund Q,funding\n", "one"),
    ],
    [
        ("participations", "id,project,organization,role\n1,Gwadar Port,Bank Z,funding\n", "one"),
        ("organizations", "name,kind\nBank Z,fund\n", "two"),
        ("participations", "id,project,organization,role\n1,Gwadar Port,Fund Q,funding\n", "one"),
    ],
    # Two records name a project that none describes; the name passes from one to the other.
    [
        ("finance", "id,project,kind\n1,Alpha,pledge\n2,Alpha,commitment\n", "one"),
        ("finance", "id,project,kind\n1,Beta,pledge\n2,Alpha,commitment\n", "one"),
    ],
    [
        ("locations", "project,latitude,longitude,precision\nALPHA,1.5,1.5,exact\n", "one"),
        ("projects", "name,description\nAlpha,A dam\n", "two"),
    ],
    [
        ("finance", "id,project,kind,amount,currency\n1,Px,pledge,0.10,CNY\n", "one"),
        ("projects", "name,aliases\nPy,Px\n", "two"),
        ("finance", "id,project,kind,amount,currency\n1,Pz,pledge,0.20,CNY\n", "one"),
    ],
    [
        ("projects", "name\nAlphaZ\n", "one"),
        ("statistics", "id,subject,indicator,value\n1,AlphaZ,i,1\n", "two"),
        ("statistics", "id,subject,indicator,value\n1,Gwadar Port,i,1\n", "two"),
    ],
]


@pytest.mark.parametrize("history", few_of(HISTORIES, 3))
def test_undoing_the_newest_loads_one_by_one_goes_back_step_by_step(
    engine: Engine, load: Load, history: list[tuple[str, str, str]]
) -> None:
    states = [table_rows(engine)]
    loads = []
    for noun, text, source in history:
        loads.append(load(noun, text, source).load_id)
        states.append(table_rows(engine))
    for load_id in reversed(loads):
        assert load_id is not None
        states.pop()
        undo_load(engine, load_id)
        assert table_rows(engine) == states[-1]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            ("projects", "name\nAlphaZ\n", "one"),
            [
                ("statistics", "id,subject,indicator,value\n1,AlphaZ,i,1\n", "two"),
                ("statistics", "id,subject,indicator,value\n1,Gwadar Port,i,1\n", "two"),
            ],
        ),
        (
            ("regions", "name\nRegion QQ\n", "one"),
            [
                ("projects", "id,name,countries\n1,Pa,Region QQ\n", "two"),
                ("projects", "id,name,countries\n1,Pa,Belarus\n", "two"),
            ],
        ),
        (
            ("countries", "name,alpha2,alpha3\nQland,QR,QRR\n", "one"),
            [("organizations", "id,name,country\n1,Org One,Qland\n", "two")],
        ),
    ],
)
def test_a_load_on_which_others_rest_is_kept_until_they_are_undone(
    engine: Engine,
    load: Load,
    first: tuple[str, str, str],
    then: list[tuple[str, str, str]],
) -> None:
    before = table_rows(engine)
    ground = load(*first).load_id
    later = [load(*arguments).load_id for arguments in then]
    assert ground is not None
    state = table_rows(engine)
    with pytest.raises(UsageError, match=r"cannot be undone alone: .*Type `bricoop undo "):
        undo_load(engine, ground)
    assert table_rows(engine) == state
    for load_id in (*reversed(later), ground):
        assert load_id is not None
        undo_load(engine, load_id)
    assert table_rows(engine) == before


@pytest.mark.parametrize("codes", ["PK,BLR,112", "BY,PAK,112", "BY,BLR,586"])
def test_a_countrys_code_is_not_given_to_another(engine: Engine, load: Load, codes: str) -> None:
    before = table_rows(engine)
    with pytest.raises(RowsRejectedError) as caught:
        load("countries", f"name,alpha2,alpha3,numeric\nBelarus,{codes}\n", "one", 1)
    assert [problem.rule for problem in caught.value.result.problems] == [
        "is the code of another country"
    ]
    assert table_rows(engine) == before


def test_a_name_by_mention_is_had_from_one_record_alone(engine: Engine, load: Load) -> None:
    load("finance", "id,project,kind\n1,Alpha,pledge\n2,Alpha,commitment\n", "one")
    second = load("finance", "id,project,kind\n1,Beta,pledge\n2,Alpha,commitment\n", "one")
    assert second.load_id is not None
    undo_load(engine, second.load_id)
    with reading(engine) as connection:
        names = connection.execute(select(alias).where(alias.c.normalised == "alpha")).all()
    assert len(names) == 1


def load_complete(engine: Engine, folder: Path, text: str) -> int:
    """Load projects as a complete edition; return the id of the load."""
    path = folder / "edition.csv"
    path.write_text(text, encoding="utf-8")
    source = SourceSpec("notes", title="My notes", tier=5)
    loaded = load_file(engine, LoadRequest("projects", str(path), source, complete=True))
    assert loaded.load_id is not None
    return loaded.load_id


def test_a_name_that_the_load_itself_had_lent_is_not_given_back(
    engine: Engine, tmp_path: Path
) -> None:
    # The bank has its name from the first row, then from the second, and then it goes.
    load_complete(engine, tmp_path, "id,name,financiers\n1,Pa,Bank X\n2,Pb,Bank X\n")
    before = table_rows(engine)
    undo_load(engine, load_complete(engine, tmp_path, "id,name,financiers\n1,Pa,Fund Y\n"))
    assert table_rows(engine) == before


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_what_was_gone_returns_or_the_newer_edition_has_to_go_first(
    engine: Engine, tmp_path: Path, order: tuple[int, int]
) -> None:
    first, second = "id,name\n1,A Hub\n2,B Hub\n", "id,name\n1,A Hub\n"
    numbers = [load_complete(engine, tmp_path, first)]
    before = table_rows(engine)
    numbers.append(load_complete(engine, tmp_path, second))
    numbers.append(load_complete(engine, tmp_path, "id,name\n1,A Hub\n2,New Hub\n"))
    if order == (1, 2):
        # Nothing was gone in the third edition, so it need not have been a complete one.
        with pytest.raises(UsageError, match=f"Type `bricoop undo {numbers[2]}`; then"):
            undo_load(engine, numbers[1])
    for index in sorted(order, reverse=True):
        undo_load(engine, numbers[index])
    with reading(engine) as connection:
        rows = execute(connection, Question("projects", {"source": ("notes",)}, ("name",))).rows
        assert sorted(rows) == [("A Hub",), ("B Hub",)]
    contents = table_rows(engine)
    assert [contents[name] for name in ("record", "participation")] == [
        before[name] for name in ("record", "participation")
    ]
