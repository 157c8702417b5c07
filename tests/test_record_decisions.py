"""Decisions are recorded by hand: at once, or one after another in a session."""

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import decision, load, source
from bricoop.domain.references import organization_reference, parse_reference
from bricoop.domain.vocabularies import Relation
from bricoop.errors import UsageError
from bricoop.identity.record_decisions import DecisionSession, NewDecision, record_decisions
from bricoop.identity.reviewer import source_of_decisions
from bricoop.identity.seen import seen_of
from bricoop.ingest.decision_session import DecisionRefusedError
from bricoop.ingest.undo.undo_load import undo_load
from support.damages import failed
from support.loading import Load
from support.state import state

pytestmark = pytest.mark.later_on_postgresql

A = "id,name,countries,status\na1,Lake Kuri Road,Kenya; Uganda,completed\na2,Orsha Hub,Belarus,\n"
B = "id,name,countries,started\nb1,Road to Lake Kuri,Kenya,2011\nb2,Hub at Orsha,Belarus,2012\n"
C = "id,name,countries\nc1,Kuri Highway,Kenya\n"
FINANCE = (
    "id,project,kind,amount,currency,date\na1,Lake Kuri Road,commitment,7000000.5,CNY,2012\n"
    "m2,Orsha Hub,commitment,5,USD,2010\nm3,Orsha Hub,commitment,6,USD,2011\n"
)
ME = source_of_decisions("Équipe Nord")


def new(first: str, second: str, relation: Relation = Relation.SAME_PROJECT) -> NewDecision:
    """Return a decision on two projects, given by their sources and ids: `a.a1`."""
    refs = (parse_reference(text.replace(".", "/projects/")) for text in (first, second))
    return NewDecision(next(refs), next(refs), relation)


@pytest.fixture
def trackers(load: Load) -> None:
    """Load three sources that name one road differently."""
    load("projects", A, source="a", tier=5)
    load("finance", FINANCE, source="a", tier=5)
    load("projects", B, source="b", tier=4)
    load("projects", C, source="c", tier=6)


@pytest.mark.usefixtures("trackers")
def test_a_decision_says_what_was_seen_and_what_it_replaces(engine: Engine) -> None:
    results = [
        record_decisions(engine, [new("a.a1", "b.b1", relation)], "Équipe Nord", ME)
        for relation in (Relation.UNSURE, Relation.DIFFERENT, Relation.DIFFERENT)
    ]
    assert len({result.load_id for result in results}) == len(results)
    with reading(engine) as connection:
        rows = connection.execute(select(decision).order_by(decision.c.id)).all()
        own = connection.execute(select(source).where(source.c.key == "decisions-of-equipe-nord"))
        assert [(row.title, row.tier, row.kind) for row in own] == [
            ("Decisions of Équipe Nord", 6, "person")
        ]
    assert [row.replaces for row in rows] == [None, rows[0].external_id, rows[1].external_id]
    assert {row.left_seen for row in rows} == {"Lake Kuri Road | KEN; UGA | 2012 | CNY 7,000,000.5"}
    assert {row.right_seen for row in rows} == {"Road to Lake Kuri | KEN | 2011 |"}
    assert {len(row.decided_at) for row in rows} == {len("2026-11-30T14:05:00Z")}


@pytest.mark.usefixtures("trackers")
def test_what_is_seen_is_what_the_source_of_the_record_states(engine: Engine, load: Load) -> None:
    refs = ("a/projects/a1", "a/projects/a2", "a/finance/m2", "b/projects/b2", "b/projects/none")
    with reading(engine) as connection:
        before = seen_of(connection, (*refs, "organization:bank x", "organization:nobody"))
    assert before == {
        "a/projects/a1": "Lake Kuri Road | KEN; UGA | 2012 | CNY 7,000,000.5",
        "a/projects/a2": "Orsha Hub | BLR | 2010; 2011 | USD 5; USD 6",
        "a/finance/m2": "Orsha Hub |  | 2010 | USD 5",
        "b/projects/b2": "Hub at Orsha | BLR | 2012 |",
    }
    record_decisions(engine, [new("a.a2", "b.b2")], "me", ME)
    load("projects", "id,name,countries\nd1,Orsha Hub,Belarus\n", source="d", tier=1)
    load("finance", "id,project,kind,amount,currency,date\nd1,Orsha Hub,pledge,9,USD,2001\n",
         source="d", tier=1)  # fmt: skip
    with reading(engine) as connection:
        assert seen_of(connection, refs) == before


@pytest.mark.usefixtures("trackers")
def test_a_session_is_one_load_that_is_undone_as_one(engine: Engine, knowledge_base: str) -> None:
    before = state(engine)
    session = DecisionSession(engine, "me", ME)
    assert session.take_back() is None
    numbers = [
        session.add(new(*refs)) for refs in (("a.a1", "b.b1"), ("a.a2", "b.b2"), ("b.b1", "c.c1"))
    ]
    assert set(numbers) == {session.load_id}
    assert failed(knowledge_base) == []
    three = state(engine)
    assert session.take_back() == new("b.b1", "c.c1")
    assert failed(knowledge_base) == []
    with reading(engine) as connection:
        row = connection.execute(select(load.c.rows_read, load.c.rows_new).where(
            load.c.id == session.load_id)).one()  # fmt: skip
        assert tuple(row) == (2, 2)
    session.add(new("c.c1", "b.b1"))
    assert state(engine) == three
    undo_load(engine, numbers[0])
    assert state(engine) == before
    assert failed(knowledge_base) == []
    with pytest.raises(UsageError, match="was undone meanwhile"):
        session.add(new("a.a2", "b.b2"))
    with pytest.raises(UsageError, match="was undone meanwhile"):
        session.take_back()


@pytest.mark.usefixtures("trackers")
def test_a_session_whose_only_decision_is_taken_back_begins_again(
    engine: Engine, knowledge_base: str
) -> None:
    before = state(engine)
    session = DecisionSession(engine, "me", ME)
    first = session.add(new("a.a1", "b.b1"))
    assert session.take_back() == new("a.a1", "b.b1")
    assert (session.load_id, session.decided) == (None, [])
    assert state(engine) == before
    assert session.add(new("a.a1", "b.b1", Relation.UNSURE)) == first + 1
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_session_refuses_contradictions_and_goes_on(engine: Engine, knowledge_base: str) -> None:
    session = DecisionSession(engine, "me", ME)
    session.add(new("a.a1", "b.b1", Relation.DIFFERENT))
    session.add(new("a.a1", "c.c1"))
    before = state(engine)
    with pytest.raises(DecisionRefusedError) as refused:
        session.add(new("c.c1", "b.b1"))
    assert str(refused.value).startswith(
        "This would make a/projects/a1 and b/projects/b1 one, through c/projects/c1, but me judged"
        " them different."
    )
    assert state(engine) == before
    assert len(session.decided) == 2
    session.add(new("c.c1", "b.b1", Relation.UNSURE))
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_what_is_one_through_a_third_is_not_parted_by_a_pair(engine: Engine) -> None:
    record_decisions(engine, [new("a.a1", "b.b1"), new("b.b1", "c.c1")], "me", ME)
    with pytest.raises(DecisionRefusedError) as refused:
        record_decisions(engine, [new("a.a1", "c.c1", Relation.DIFFERENT)], "you", ME)
    assert str(refused.value) == (
        "This would part a/projects/a1 and c/projects/c1, which are one, through b/projects/b1: me"
        " judged b/projects/b1 and c/projects/c1 to be one. `bricoop split` parts one of them from"
        " all others."
    )


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    ("right", "relation", "message"),
    [
        ("organization:bank x", Relation.SAME_PROJECT, "is of another kind than the left one"),
        ("b/projects/b1", Relation.SAME, "is not a relation of records. Relations of records: same-"),
        ("a/projects/a1", Relation.SAME_PROJECT, "is the same as the left one"),
    ],
)  # fmt: skip
def test_a_decision_that_means_nothing_is_refused(
    engine: Engine, right: str, relation: Relation, message: str
) -> None:
    road = parse_reference("a/projects/a1")
    session = DecisionSession(engine, "me", ME)
    session.add(NewDecision(road, parse_reference("b/projects/b2"), Relation.UNSURE))
    wrong = NewDecision(road, parse_reference(right), relation)
    with pytest.raises(DecisionRefusedError, match=message):
        session.add(wrong)
    with pytest.raises(DecisionRefusedError, match=message):
        record_decisions(engine, [wrong], "me", ME)


def test_organizations_have_relations_of_their_own(engine: Engine) -> None:
    banks = (organization_reference("Bank X"), organization_reference("X Bank"))
    with pytest.raises(DecisionRefusedError, match="is not a relation of organizations"):
        record_decisions(engine, [NewDecision(*banks, Relation.SAME_DEAL)], "me", ME)
    result = record_decisions(engine, [NewDecision(*banks, Relation.SAME)], "me", ME)
    assert result.counts.new == 1
