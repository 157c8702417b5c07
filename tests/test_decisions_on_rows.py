"""Decisions on a project and on its money, of one row of a dataset, are on the same pair."""

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.references import parse_reference
from bricoop.domain.vocabularies import Relation
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.record_decisions import DecisionSession, NewDecision
from bricoop.identity.review.begin import ReviewRequest, begin_project_review
from bricoop.identity.reviewer import source_of_decisions
from bricoop.ingest.pipeline import RowsRejectedError
from support.command_line import answer, csv_rows
from support.damages import failed
from support.loading import Load
from support.trackers import decided, sources_by_key

pytestmark = pytest.mark.later_on_postgresql

NAMES = {"a": "Kuriba Lake Railway", "b": "Railway of Kuriba Lake"}
PAIR = ("a/projects/1", "b/projects/1")
DEAL = ("--relation", "same-deal")
ONE = {"kuriba-lake-railway": ["a", "b"]}
BOTH = {"kuriba-lake-railway": ["a"], "railway-of-kuriba-lake": ["b"]}


@pytest.fixture(autouse=True)
def rows(load: Load) -> None:
    """Load two datasets, whose rows are a project and its money each."""
    for source, name in NAMES.items():
        load("projects", f"id,name,countries,started\n1,{name},Kenya,2011\n", source=source)
        money = f"id,project,kind,amount,currency,date\n1,{name},commitment,5,USD,2011\n"
        load("finance", money, source=source)


def statuses(address: str) -> list[tuple[str, str]]:
    rows = csv_rows("--db", address, "decisions", "list")
    return [(row["reviewer"], row["status"]) for row in rows]


def reviewed_by(engine: Engine, reviewer: str) -> int:
    """Return how many pairs a reviewer is asked about."""
    with reading(engine) as connection:
        begun = begin_project_review(connection, ReviewRequest(MatchRequest(), reviewer))
    return len(begun.review.pairs)


@pytest.mark.parametrize("relations", [(DEAL, ()), ((), DEAL)])
def test_two_reviewers_agree_on_the_project_and_not_on_the_deal(
    knowledge_base: str, relations: tuple[tuple[str, ...], ...]
) -> None:
    answer("--db", knowledge_base, "decisions", "quorum", "2")
    first, second = relations
    text = decided(knowledge_base, "same", *PAIR, *first, "--reviewer", "ana")
    assert "They are not one yet: 1 of 2 reviewers agree." in text
    # The same person under another spelling is no second one.
    text = decided(knowledge_base, "same", *PAIR, *second, "--reviewer", " Ana")
    assert "They are not one yet: 1 of 2 reviewers agree." in text
    assert sources_by_key(knowledge_base, "kuriba") == BOTH
    decided(knowledge_base, "same", *PAIR, *first, "--reviewer", "bo")
    assert sources_by_key(knowledge_base, "kuriba") == ONE
    assert statuses(knowledge_base) == [("ana", "replaced"), ("Ana", "holds"), ("bo", "holds")]
    deals = csv_rows("--db", knowledge_base, "sql", "select count(*) as n from deal_member")
    assert deals == [{"n": "0"}]
    assert failed(knowledge_base) == []


@pytest.mark.parametrize("is_deal_first", [True, False])
def test_whoever_disagrees_makes_the_pair_contested_for_all(
    engine: Engine, knowledge_base: str, *, is_deal_first: bool
) -> None:
    commands = [("same", *PAIR, *DEAL), ("different", *PAIR)]
    for reviewer, command in zip(
        ("ana", "bo"), commands if is_deal_first else commands[::-1], strict=True
    ):
        decided(knowledge_base, *command, "--reviewer", reviewer)
    assert sources_by_key(knowledge_base, "kuriba") == BOTH
    assert {status for _, status in statuses(knowledge_base)} == {"contested"}
    (pair,) = csv_rows("--db", knowledge_base, "match")
    assert pair["decision_status"] == "contested"
    assert (reviewed_by(engine, "cy"), reviewed_by(engine, "Bo")) == (1, 0)
    assert failed(knowledge_base) == []


def test_a_review_records_that_its_reviewer_disagrees_with_another(
    engine: Engine, knowledge_base: str
) -> None:
    """The other one has decided since the pair came on the screen."""
    decided(knowledge_base, "same", *PAIR, *DEAL, "--reviewer", "ana")
    session = DecisionSession(engine, "bo", source_of_decisions("bo"))
    first, second = map(parse_reference, PAIR)
    session.add(NewDecision(first, second, Relation.DIFFERENT))
    assert statuses(knowledge_base) == [("ana", "contested"), ("bo", "contested")]
    assert sources_by_key(knowledge_base, "kuriba") == BOTH


def test_records_of_one_id_about_two_projects_are_not_one_row(
    load: Load, knowledge_base: str
) -> None:
    """Files of each noun may count their rows from 1."""
    load("projects", "id,name,countries\n2,Mabo Port,Ghana\n", source="c")
    load("finance", "id,project,kind,amount,currency\n2,Zuma Dam,commitment,5,USD\n", source="c")
    refs = ("a/projects/1", "c/projects/2")
    decided(knowledge_base, "same", *refs, "--reviewer", "ana")
    decided(knowledge_base, "different", "a/finance/1", "c/finance/2", "--reviewer", "ana")
    assert [status for _, status in statuses(knowledge_base)] == ["holds", "holds"]


@pytest.mark.parametrize("relation", ["same-project", "different", "part-of"])
def test_a_project_is_not_compared_with_money_of_a_row(load: Load, relation: str) -> None:
    text = f"left,right,relation,reviewer,decided_at\n{PAIR[0]},b/finance/1,{relation},me,2026\n"
    with pytest.raises(RowsRejectedError) as refused:
        load("decisions", text, source="mine")
    (problem,) = refused.value.result.problems
    assert (problem.line, problem.column) == (2, "right")
    assert "'b/finance/1' is of another noun than the left one" in problem.sentence()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--reviewer", ""), "it is empty"),
        (("--reviewer", "a\x1b[31m"), "has control characters: a\\u001b[31m."),
        (("--reviewer", "RULE:x"), "is the name of a rule"),
        (("--reviewer", "me", "--source", "iso-3166"), "iso-3166 is a source of other rows"),
    ],
)
def test_who_decides_is_a_person_with_a_source_of_decisions(
    knowledge_base: str, options: tuple[str, ...], message: str
) -> None:
    assert message in decided(knowledge_base, "same", *PAIR, *options, code=2)


def test_a_part_waits_for_the_quorum(knowledge_base: str) -> None:
    answer("--db", knowledge_base, "decisions", "quorum", "2")
    command = ("same", *PAIR, "--relation", "part-of")
    text = decided(knowledge_base, *command, "--reviewer", "ana")
    assert "This has no effect yet: 1 of 2 reviewers agree." in text
    assert statuses(knowledge_base) == [("ana", "waits")]
    decided(knowledge_base, *command, "--reviewer", "bo")
    assert statuses(knowledge_base) == [("ana", "holds"), ("bo", "holds")]
