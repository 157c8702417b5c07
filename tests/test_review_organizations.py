"""Pairs of organizations are reviewed with fewer keys, and show what sources say they do."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from bricoop.cli.run_review import run_review
from bricoop.db.engine import reading
from bricoop.db.schema import decision
from bricoop.domain.references import organization_reference
from bricoop.domain.vocabularies import Relation
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.proposals import Tier
from bricoop.identity.record_decisions import DecisionSession, NewDecision, record_decisions
from bricoop.identity.review.begin import ReviewRequest, begin_organization_review
from bricoop.identity.review.pairs import Order
from bricoop.identity.reviewer import source_of_decisions
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.render.review.screen import review_screen
from support.damages import failed
from support.loading import Load
from support.terminal_program import Terminal

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = "id,name,countries,contractors,financiers\n"
LOANS = """\
A1,Mabo Road,Kenya,"Kuriba Road Works Co., Ltd. (KRW)",Lusi Finance House
A2,Tolo Road,Ghana,China Harbour Engineering Company,CDB
A3,Zuma Dam,Kenya,China Harbour Engineering Company,
"""
NEWS = (
    "B1,Road at Mabo,Kenya,Road Works Kuriba,Finance House of Lusi\nB2,Road at Tolo,Ghana,CHEC,\n"
)
MONEY = "id,project,kind,financier,amount_usd,date\n"
REQUEST = ReviewRequest(MatchRequest("loans", "news"), "me", (Tier.STRONG,), Order.MONEY)


@pytest.fixture
def two_sources(engine: Engine, load: Load) -> Engine:
    """Two sources that name organizations otherwise, with the loans of a bank."""
    for source, projects in (("loans", LOANS), ("news", NEWS)):
        load("projects", PROJECTS + projects, source=source)
    load("finance", f"{MONEY}A1,Mabo Road,commitment,Lusi Finance House,2500000,2011\n"
         "A2,Tolo Road,commitment,Lusi Finance House,,2011\n", source="loans")  # fmt: skip
    load(
        "finance",
        f"{MONEY}B1,Road at Mabo,commitment,Finance House of Lusi,3000000,2011\n",
        source="news",
    )
    return engine


def screen_of(engine: Engine, keys: str = "") -> str:
    """Return the first screen of a review, or the details."""
    with reading(engine) as connection:
        begun = begin_organization_review(connection, REQUEST)
        view = begun.views.of(connection, begun.review.pair)
    review = replace(begun.review, has_details=bool(keys))
    lines = review_screen(review, view, 80, 80).lines
    return "\n".join(line.plain.rstrip() for line in lines)


def test_a_pair_shows_what_both_do_and_who_says_so(two_sources: Engine) -> None:
    text = screen_of(two_sources)
    rows = {line[2:10].strip(): re.split("  +", line[10:].strip()) for line in text.splitlines()}
    assert text.startswith("1 of 3 · strong ")
    # Both give money, and the others none.
    assert "lusi-finance-house" in text.splitlines()[1]
    assert rows["sources"] == ["loans", "news"]
    assert rows["gives"] == ["$2.5m in 2 finance rows", "$3m in 1 finance row"]
    assert rows["roles"] == ["funding 1", "funding 1"]
    assert rows["where"] == ["Kenya 1", "Kenya 1"]
    assert rows["projects"] == ["Mabo Road", "Road at Mabo"]
    assert text.endswith("y same  t part of  n different  u unsure  s skip  b back  w why  q quit")
    details = screen_of(two_sources, "w")
    assert "Lusi Finance House (loans)" in details
    assert "Lusi Finance House: loans, projects.csv, line 2" in details


def test_organizations_are_decided_by_their_names(two_sources: Engine, knowledge_base: str) -> None:
    terminal = Terminal()
    with reading(two_sources) as connection:
        begun = begin_organization_review(connection, REQUEST)
    session = DecisionSession(two_sources, "me", source_of_decisions("me"))

    def user() -> None:
        for keys, texts in (
            ("p", ("1 of 3",)),
            ("y", ("Unknown key: p.",)),
            ("t", ("2 of 3", "1 same")),
            ("r", ("Which one is a part of the other?",)),
            ("w", ("3 of 3", "1 part of")),
            ("n", ("Features",)),
            ("q", ("That was the last pair.",)),
        ):
            terminal.wait_for(*texts)
            terminal.press(keys)

    with terminal.with_user(user):
        run_review(two_sources, begun.views, begun.review, session)
    terminal.close()
    with reading(two_sources) as connection:
        columns = (decision.c.left_ref, decision.c.right_ref, decision.c.relation)
        rows = connection.execute(select(*columns).order_by(decision.c.id)).all()
        again = begin_organization_review(connection, REQUEST)
        banks = execute(connection, Question("organizations", {"name": ("lusi",)}, ("key",))).rows
        assert len(list(banks)) == 1
    refs = [
        tuple(str(ref) for ref in (pair.left_ref, pair.right_ref)) for pair in begun.review.pairs
    ]
    assert rows == [(*refs[0], "same"), (*refs[1][::-1], "part-of"), (*refs[2], "different")]
    assert refs[0] == ("organization:lusi finance house", "organization:finance house of lusi")
    assert again.review.pairs == ()
    assert again.notes[-1] == "2 pairs were decided before, and left out."
    assert failed(knowledge_base) == []


def test_the_view_follows_what_decisions_join(two_sources: Engine) -> None:
    """One of a pair may be one with a third since the pair was proposed."""
    with reading(two_sources) as connection:
        begun = begin_organization_review(connection, REQUEST)
    pair = begun.review.pairs[0]
    new = NewDecision(pair.left_ref, organization_reference("CDB"), Relation.SAME)
    record_decisions(two_sources, [new], "me", source_of_decisions("me"))
    with reading(two_sources) as connection:
        view = begun.views.of(connection, pair)
    rows = {row.label: row.left_values for row in view.rows}
    assert rows["roles"] == ("funding 2",)
    assert rows["where"] == ("Ghana 1, Kenya 1",)
