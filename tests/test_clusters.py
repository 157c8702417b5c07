"""Clusters follow from decisions, survive undo and newer editions, and can be taken apart."""

import json

import pytest
from sqlalchemy import Engine, select, text

from bricoop.db.engine import reading
from bricoop.db.schema import deal_member, record
from bricoop.ingest.check.rebuild import rebuild
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.command_line import answer
from support.damages import failed
from support.loading import Load
from support.state import state

pytestmark = pytest.mark.later_on_postgresql

A = "id,name,countries,status\n1,Lake Kuri Road,Kenya,completed\n2,Orsha Hub,Belarus,\n"
B = "id,name,countries,started\nb1,Road to Lake Kuri,Kenya,2011\nb2,Hub at Orsha,Belarus,2012\n"
C = "id,name,countries\nc1,Kuri Highway,Kenya\n"
MONEY = "id,project,kind,amount,currency,date\n{0},{1},commitment,{2},USD,2011\n"
SAME = "same-project"
HEAD = "left,right,relation,reviewer,decided_at\n"


def row(first: str, second: str, relation: str, reviewer: str = "me", day: int = 1) -> str:
    """Return a row of a load file of decisions; `a.1` is short for `a/projects/1`."""
    refs = (text if ":" in text else text.replace(".", "/projects/") for text in (first, second))
    return f"{','.join(refs)},{relation},{reviewer},2026-11-{day:02}\n"


def decide(load: Load, *rows: str, source: str = "mine") -> int:
    """Load decisions; return the id of the load."""
    load_id = load("decisions", HEAD + "".join(rows), source=source).load_id
    assert load_id is not None
    return load_id


@pytest.fixture
def trackers(load: Load) -> None:
    """Load three sources that name one road differently."""
    load("projects", A, source="a", tier=5)
    load("projects", B, source="b", tier=4)
    load("projects", C, source="c", tier=6)


def found(engine: Engine, name: str = "kuri") -> list[tuple[object, ...]]:
    """Return key, sources, status and start of each project with a word in its name."""
    columns = ("key", "sources", "status", "started")
    question = Question("projects", {"name": (name,)}, columns)
    with reading(engine) as connection:
        return sorted(execute(connection, question).rows, key=str)


@pytest.mark.usefixtures("trackers")
def test_what_is_one_project_is_shown_once(engine: Engine, load: Load, knowledge_base: str) -> None:
    before = state(engine)
    assert len(found(engine)) == 3
    joined = decide(load, row("a.1", "b.b1", "same-project"), row("c.c1", "b.b1", "same-project"))
    # The better tier is canonical, and each value is that of the best source that states it.
    assert found(engine) == [("road-to-lake-kuri", ["a", "b", "c"], "completed", "2011")]
    assert failed(knowledge_base) == []
    undo_load(engine, joined)
    assert state(engine) == before
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_canonical_key_stays(engine: Engine, load: Load) -> None:
    decide(load, row("a.1", "c.c1", "same-project"))
    assert [line[0] for line in found(engine)] == ["lake-kuri-road", "road-to-lake-kuri"]
    decide(load, row("a.1", "b.b1", "same-project", day=2))
    assert [line[0] for line in found(engine)] == ["lake-kuri-road"]


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize("source", ["a", "b"])
def test_decisions_survive_an_undo_and_hold_again(
    engine: Engine, load: Load, knowledge_base: str, source: str
) -> None:
    decide(load, row("a.1", "b.b1", "same-project"), row("a.2", "b.b2", "same-project"))
    joined = state(engine)
    text, number = {"a": (A, 1), "b": (B, 2)}[source]
    with reading(engine) as connection:
        ids = select(record.c.load_id).where(record.c.external_id == {"a": "1", "b": "b1"}[source])
        load_id = connection.scalars(ids).one()
    undo_load(engine, load_id)
    assert len(found(engine)) == 2
    assert failed(knowledge_base) == []
    load("projects", text, source=source, tier=6 - number)
    again = state(engine)
    assert again == joined
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_newer_edition_keeps_the_cluster(engine: Engine, load: Load, knowledge_base: str) -> None:
    decide(load, row("a.1", "b.b1", "same-project"))
    newer = B.replace("Road to Lake", "Way to Lake")
    edition = load("projects", newer, source="b", tier=4)
    assert found(engine) == [
        ("kuri-highway", ["c"], None, None),
        ("road-to-lake-kuri", ["a", "b"], "completed", "2011"),
    ]
    assert failed(knowledge_base) == []
    undo_load(engine, edition.load_id or 0)
    assert found(engine, "road to lake")[0][:2] == ("road-to-lake-kuri", ["a", "b"])
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_the_newest_decision_of_a_reviewer_holds(engine: Engine, load: Load) -> None:
    before = state(engine)
    decide(load, row("a.1", "b.b1", "same-project"))
    last = decide(load, row("b.b1", "a.1", "different", day=2))
    assert state(engine) == before
    undo_load(engine, last)
    assert len(found(engine)) == 2


@pytest.mark.usefixtures("trackers")
def test_reviewers_who_disagree_join_nothing_and_rules_are_overruled(
    engine: Engine, load: Load
) -> None:
    decide(load, row("a.1", "b.b1", "same-project", "rule:test@1"))
    assert len(found(engine)) == 2
    decide(load, row("a.1", "b.b1", "different", "me"))
    assert len(found(engine)) == 3
    decide(load, row("a.1", "b.b1", "same-project", "you", day=2))
    assert len(found(engine)) == 3


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    "rows",
    [
        (("a.1", "b.b1", "different"), ("c.c1", "a.1", SAME), ("c.c1", "b.b1", SAME)),
        (("c.c1", "a.1", SAME), ("c.c1", "b.b1", SAME), ("a.1", "b.b1", "different")),
    ],
)
def test_what_is_different_does_not_become_one_through_a_third(
    engine: Engine, load: Load, rows: tuple[tuple[str, str, str], ...]
) -> None:
    *earlier, last = (row(*cells) for cells in rows)
    decide(load, *earlier)
    before = state(engine)
    with pytest.raises(RowsRejectedError) as refused:
        decide(load, last)
    (problem,) = refused.value.result.problems
    for ref in ("a/projects/1", "b/projects/b1", "c/projects/c1"):
        assert ref in f"{problem.rule} {problem.value}"
    assert state(engine) == before


def test_rows_of_equal_names_are_parted_by_a_decision(
    engine: Engine, load: Load, knowledge_base: str
) -> None:
    for source, tier in (("a", 5), ("b", 4), ("c", 6)):
        load("projects", f"id,name,countries,status\n{source}1,Kuri Dam,Kenya,\n", source=source,
             tier=tier)  # fmt: skip
        load("finance", MONEY.format(f"{source}1", "Kuri Dam", tier), source=source, tier=tier)
    before = state(engine)
    assert found(engine) == [("kuri-dam", ["a", "b", "c"], None, None)]
    parted = decide(load, row("a.a1", "b.b1", "different"), row("c.c1", "b.b1", "different"))
    assert found(engine) == [("a-a1", ["a", "c"], None, None), ("kuri-dam", ["b"], None, None)]
    with reading(engine) as connection:
        money = execute(connection, Question("finance", {}, ("project_key", "source"))).rows
        assert {("a-a1", "a"), ("a-a1", "c"), ("kuri-dam", "b")} <= set(money)
    assert failed(knowledge_base) == []
    rebuild(engine)
    assert failed(knowledge_base) == []
    # A load on the parted name comes to the same cluster in whatever order.
    load("projects", "id,name,countries\nd1,Orsha Hub,Belarus\n", source="d")
    assert [line[0] for line in found(engine)] == ["a-a1", "kuri-dam"]
    undo_load(engine, parted + 1)
    undo_load(engine, parted)
    assert state(engine) == before


def test_organizations_are_one_by_their_names(
    engine: Engine, load: Load, knowledge_base: str
) -> None:
    load("projects", "name,countries,financiers\nLake Kuri Road,Kenya,Kuri Lending House\n"
         "Orsha Hub,Belarus,KLH; Kuri Lending House\n", source="a")  # fmt: skip
    load("finance", "id,project,kind,financier,amount,currency,date\n"
         "1,Orsha Hub,commitment,KLH,5,USD,2011\n", source="b")  # fmt: skip
    before = state(engine)
    both = ("organization:Kuri Lending House", "organization:KLH")
    joined = decide(load, row(*both, "same"))
    question = Question("projects", {"name": ("orsha",)}, ("financiers",))
    with reading(engine) as connection:
        assert list(execute(connection, question).rows) == [(["Kuri Lending House"],)]
        banks = execute(connection, Question("organizations", {"name": ("klh",)}, ("key",)))
        assert list(banks.rows) == [("klh",)]
    assert failed(knowledge_base) == []
    rebuild(engine)
    assert failed(knowledge_base) == []
    undo_load(engine, joined)
    assert state(engine) == before
    assert failed(knowledge_base) == []


def test_one_deal_is_paired_once(engine: Engine, load: Load) -> None:
    load("projects", A, source="a")
    load("projects", B, source="b")
    load("finance", MONEY.format("m1", "Lake Kuri Road", 5), source="a")
    load("finance", MONEY.format("m2", "Road to Lake Kuri", 6), source="b")
    decide(load, "a/finance/m1,b/finance/m2,same-deal,me,2026-11-01\n")
    assert [line[1] for line in found(engine)] == [["a", "b"]]
    with reading(engine) as connection:
        deals = connection.execute(select(deal_member.c.record_id, deal_member.c.deal_id)).all()
        assert len(deals) == 2
        assert {row.deal_id for row in deals} == {min(row.record_id for row in deals)}


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM decision",
        "UPDATE cluster_member SET canonical_id = (SELECT id FROM entity WHERE key = 'kuri-highway')",
    ],
)
def test_clusters_without_their_decisions_are_found(
    engine: Engine, load: Load, knowledge_base: str, damage: str
) -> None:
    decide(load, row("a.1", "b.b1", "same-project"))
    with engine.begin() as connection:
        connection.execute(text(damage))
    assert "what is one thing follows from the decisions" in failed(knowledge_base)


@pytest.mark.usefixtures("trackers")
def test_an_earlier_key_still_means_the_project(load: Load, knowledge_base: str) -> None:
    decide(load, row("a.1", "b.b1", "same-project"))
    profile = answer("--db", knowledge_base, "show", "lake-kuri-road", "-f", "json")
    assert json.loads(profile)["key"] == "road-to-lake-kuri"


def test_a_decision_waits_for_its_records(engine: Engine, load: Load) -> None:
    load("projects", A, source="a")
    result = load("decisions", HEAD + row("a.1", "b.b1", "same-project"), source="mine")
    (note,) = result.notes
    assert note.startswith("1 of the records that they name are not in this knowledge base (b/proj")
    load("projects", B, source="b")
    assert [line[1] for line in found(engine)] == [["a", "b"]]


def test_a_decision_is_never_changed(load: Load) -> None:
    head = "id,left,right,relation,reviewer,decided_at\n"
    text = "1,a/projects/1,b/projects/2,different,me,2026-11-01\n"
    load("decisions", head + text)
    assert not load("decisions", head + text).has_changes
    with pytest.raises(RowsRejectedError, match="1 of 1 row"):
        load("decisions", head + text.replace("different", "same-deal"))


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ("a/1,b/projects/2,different,me,2026", "is not a reference such as"),
        ("a/projects/1,a/projects/1,different,me,2026", "is the same as the left one"),
        ("a/projects/1,b/projects/1,alike,me,2026", "is not a known relation"),
        ("a/projects/1,b/projects/1,different,,2026", "is empty and must not be"),
        ("a/projects/1,b/projects/1,different,me,2026-11-30T10:00", "is not a date or a time"),
        ("a/projects/1,b/projects/1,different,me,2999-01-01", "is in the future"),
        ("a/projects/1,b/projects/1,different,me,2999", "is in the future"),
        ("a/projects/1,b/projects/1,different,m\x1be,2026", "has control characters"),
        ("a/projects/1,b/finance/1,same-deal,me,2026", "is of another noun than the left one"),
    ],
)
def test_a_bad_decision_is_refused(load: Load, cells: str, rule: str) -> None:
    with pytest.raises(RowsRejectedError) as refused:
        load("decisions", HEAD + cells + "\n")
    assert rule in refused.value.result.problems[0].rule
