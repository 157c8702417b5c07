"""`bricoop match` and what was decided: what it leaves out, marks, finds new and accepts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, select

import bricoop
from bricoop.db.engine import reading
from bricoop.db.schema import decision
from bricoop.domain.passwords import hide_passwords
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.review.begin import ReviewRequest, begin_project_review
from bricoop.render.review.screen import review_screen
from support.command_line import answer, csv_rows, run
from support.damages import failed
from support.loading import Load
from support.state import state
from support.terminal_program import TerminalProgram
from support.trackers import decided

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.later_on_postgresql

#: A work in each country, which two sources name otherwise.
WORKS = (
    ("Kenya", "Kuriba Railway"), ("Ghana", "Gola Bridge"), ("Angola", "Zuma Airport"),
    ("Rwanda", "Tolo Port"), ("Malawi", "Pemba Road"),
)  # fmt: skip
#: The cells of a pair on which nobody has decided.
NOTHING = ("", "", "")
RULE = "rule:strong@1"


def rows(source: str, name: str, number: int = len(WORKS)) -> str:
    """Return the first works as a load file of a source, which names them by a pattern."""
    lines = [
        f"{source}{position},{name.format(*work.split())},{country},{2011 + position}"
        for position, (country, work) in enumerate(WORKS[:number])
    ]
    return "\n".join(("id,name,countries,started", *lines)) + "\n"


@pytest.fixture
def two_sources(engine: Engine, load: Load) -> Engine:
    """Two sources with the same five works, of which both name the last one alike."""
    load("projects", rows("a", "{0} {1}"), source="a")
    load("projects", rows("b", "{1} of {0}").replace("Road of Pemba", "Pemba Road"), source="b")
    return engine


def ids(address: str, *options: str) -> list[str]:
    """Return the ids of the pairs that are proposed: `a0 b0`."""
    proposed = csv_rows("--db", address, "match", *options)
    return [f"{row['left_id']} {row['right_id']}" for row in proposed]


def marks(address: str, *options: str) -> dict[str, tuple[str, str, str]]:
    """Return what was decided on the pairs that are proposed, by their ids."""
    return {
        f"{row['left_id']} {row['right_id']}": (
            row["decision"], row["decided_by"], row["decision_status"]
        )
        for row in csv_rows("--db", address, "match", *options)
    }  # fmt: skip


def decide(address: str, number: int, command: str, *more: str) -> None:
    decided(address, command, f"a/projects/a{number}", f"b/projects/b{number}", *more)


def test_decided_pairs_are_left_out_and_counted(two_sources: Engine, knowledge_base: str) -> None:
    del two_sources
    decide(knowledge_base, 0, "same")
    decide(knowledge_base, 1, "same", "--relation", "part-of")
    decide(knowledge_base, 2, "different", "--reviewer", "you")
    assert ids(knowledge_base) == ["a3 b3"]
    result = run("--db", knowledge_base, "match")
    assert "4 pairs are decided and left out; --all shows them." in result.stderr
    assert "1 pair proposed (1 strong); nothing was written." in result.stderr
    assert marks(knowledge_base, "--all") == {
        "a0 b0": ("same-project", "me", "holds"),
        "a1 b1": ("part-of", "me", "holds"),
        "a2 b2": ("different", "you", "holds"),
        "a3 b3": NOTHING,
        "a4 b4": ("same-project", "rule:same-name@1", "holds"),
    }
    every = run("--db", knowledge_base, "match", "--all")
    assert "left out" not in every.stderr
    heads = [line.partition(", ")[2] for line in every.stdout.splitlines() if line[:6] == "strong"]
    assert sorted(heads) == [
        "AO (different by you)", "GH (part of by me)", "KE (same project by me)",
        "MW (same project by rule:same-name@1)", "RW",
    ]  # fmt: skip


def test_what_is_open_is_marked(two_sources: Engine, knowledge_base: str, load: Load) -> None:
    del two_sources
    load(
        "decisions",
        "left,right,relation,reviewer,decided_at\n"
        "a/projects/a0,b/projects/b0,unsure,me,2026\n"
        "a/projects/a1,b/projects/b1,same-project,me,2026-01\n"
        "b/projects/b1,a/projects/a1,different,you,2026-02\n"
        "a/projects/a2,b/projects/b2,same-project,me,2026\n",
        source="mine",
    )
    answer("--db", knowledge_base, "decisions", "quorum", "2")
    assert marks(knowledge_base) == {
        "a0 b0": ("unsure", "me", "holds"),
        "a1 b1": ("same-project; different", "me; you", "contested"),
        "a2 b2": ("same-project", "me", "waits"),
        "a3 b3": NOTHING,
    }
    text = answer("--db", knowledge_base, "match")
    assert "(contested: same project by me; different by you)" in text
    accepted = run("--db", knowledge_base, "match", "--accept", "strong", "--yes").stderr
    assert "3 strong pairs are left to reviewers, who are unsure, disagree" in accepted
    assert "1 strong pair would each become one project" in accepted


def test_pairs_of_which_a_record_has_changed_come_back(
    two_sources: Engine, knowledge_base: str, load: Load
) -> None:
    for number, command in ((0, "same"), (1, "different"), (2, "same"), (3, "different")):
        decide(knowledge_base, number, command)
    # The other two stay as they are.
    load("projects", rows("a", "{0} Main {1}", 2), source="a")
    assert marks(knowledge_base) == {
        "a0 b0": ("same-project", "me", "look again"),
        "a1 b1": ("different", "me", "look again"),
    }
    assert "(look again: same project by me)" in answer("--db", knowledge_base, "match")
    assert ids(knowledge_base, "--new") == []
    # Another reviewer who looks at it is enough.
    decide(knowledge_base, 1, "different", "--reviewer", "you")
    assert ids(knowledge_base) == ["a0 b0"]
    with reading(two_sources) as connection:
        begun = begin_project_review(connection, ReviewRequest(MatchRequest(), "me"))
        (pair,) = begun.review.pairs
        view = begun.views.of(connection, pair)
    lines = [line.plain for line in review_screen(begun.review, view, 80, 24).lines]
    assert lines[:2][1:] == ["look again: same project by me"]
    assert ("Kuriba Main Railway" in lines[3], "Railway of Kuriba" in lines[3]) == (True, True)


def test_what_is_one_already_counts_for_the_margin(
    engine: Engine, knowledge_base: str, load: Load
) -> None:
    load("projects", "id,name,countries\na1,Kuriba Mabo Railway,Kenya\n", source="a")
    second = "b2,Mabo Railway Station,Kenya\n"
    load("projects", f"id,name,countries\nb1,Railway Kuriba to Mabo,Kenya\n{second}", source="b")

    def margin(*options: str) -> float:
        (row,) = (
            row
            for row in csv_rows("--db", knowledge_base, "match", *options)
            if row["right_id"] == "b2"
        )
        return float(row["margin"])

    before = margin()
    assert before < 0
    decided(knowledge_base, "same", "a/projects/a1", "b/projects/b1")
    assert (margin(), margin("--all")) == (before, before)
    assert failed(knowledge_base) == []
    del engine


def test_new_pairs_are_those_that_the_latest_loads_brought(
    two_sources: Engine, knowledge_base: str, load: Load
) -> None:
    del two_sources
    every = ["a0 b0", "a1 b1", "a2 b2", "a3 b3"]
    assert sorted(ids(knowledge_base, "--new")) == every
    decide(knowledge_base, 0, "same")
    # What is decided meanwhile does not make the others old.
    assert sorted(ids(knowledge_base, "--new")) == every[1:]
    load("projects", "id,name,countries\na7,Lusi Stadium,Zambia\n", source="a")
    load("projects", "id,name,countries\nb7,Stadium of Lusi,Zambia\n", source="b")
    load("projects", rows("b", "{1} of {0}", 2).replace("2012", "2014"), source="b")
    # Nor does a value that is set by hand.
    answer("--db", knowledge_base, "set", "kuriba-railway", "status=completed", "--source", "mine")
    assert ids(knowledge_base, "--new") == ["a7 b7"]
    result = run("--db", knowledge_base, "match", "--new")
    assert "2 projects are new, of loads " in result.stderr
    decide(knowledge_base, 7, "different")
    assert ids(knowledge_base, "--new") == []
    assert sorted(ids(knowledge_base)) == every[1:]
    both = run("--db", knowledge_base, "match", "--new", "--all")
    assert (both.exit_code, "--new lists no decided pairs." in both.stderr) == (2, True)


@pytest.mark.parametrize("noun", ["projects", "organizations"])
def test_pairs_with_a_relation_are_loaded_as_decisions(
    two_sources: Engine, load: Load, knowledge_base: str, tmp_path: Path, noun: str
) -> None:
    header = "id,name,countries,contractors\n"
    load("projects", f"{header}a9,Zuma Dam,Kenya,Kuriba Road Works Co.\n", source="a")
    load("projects", f"{header}b9,A dam,Kenya,Road Works of Kuriba\n", source="b")
    names = () if noun == "projects" else (noun,)
    sources = ("--left", "a", "--right", "b")
    pairs, file = tmp_path / "pairs.csv", tmp_path / "decided.csv"
    answer("--db", knowledge_base, "match", *names, *sources, "--output", str(pairs))
    header, *lines = pairs.read_text().splitlines()
    relation = {"projects": "same-project", "organizations": "same"}[noun]
    file.write_text("\n".join((f"{header},relation", *(f"{line},{relation}" for line in lines))))
    result = run("--db", knowledge_base, "decisions", "load", str(file), "--reviewer", "me")
    assert result.exit_code == 0, result.stderr
    assert "which `bricoop match` and `bricoop decisions list` add to their" in result.stderr
    assert f": {len(lines)} new, 0 changed" in result.stderr
    with reading(two_sources) as connection:
        stored = connection.execute(select(decision)).all()
    assert all("margin" in row.features and row.score for row in stored)
    assert {row.reviewer for row in stored} == {"me"}
    assert {row.decided_at[:10] for row in stored} == {f"{datetime.now(UTC):%Y-%m-%d}"}
    assert csv_rows("--db", knowledge_base, "match", *names, *sources) == []
    assert failed(knowledge_base) == []


def decisions_of(engine: Engine) -> list[tuple[str, str, str, str]]:
    names = ("left_ref", "right_ref", "relation", "reviewer")
    with reading(engine) as connection:
        stored = connection.execute(
            select(*(decision.c[name] for name in names)).order_by(decision.c.left_ref)
        )
        return [tuple(row) for row in stored]


def accept(address: str, *more: str, noun: str = "projects", code: int = 0) -> str:
    result = run("--db", address, "match", noun, "--accept", "strong", *more)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr


def test_strong_pairs_are_accepted_in_one_load_that_is_taken_back(
    two_sources: Engine, knowledge_base: str
) -> None:
    decide(knowledge_base, 0, "different")
    before = state(two_sources)
    refused = accept(knowledge_base, code=2)
    assert refused == (
        f"3 strong pairs would each become one project, by {RULE}: 3 of a and b.\n"
        "Error: Accepting pairs needs a confirmation, and this is no terminal. Add --yes to accept"
        " them without being asked.\n"
    )
    assert state(two_sources) == before
    *_, recorded, undo = accept(knowledge_base, "--yes").splitlines()
    assert recorded == f"Recorded 3 decisions of {RULE}."
    assert [row for row in decisions_of(two_sources) if row[3] == RULE] == [
        (f"a/projects/a{number}", f"b/projects/b{number}", "same-project", RULE)
        for number in (1, 2, 3)
    ]
    assert ids(knowledge_base) == []
    assert marks(knowledge_base, "--all")["a1 b1"] == ("same-project", RULE, "holds")
    assert accept(knowledge_base, "--yes") == (
        "No strong pairs are left to accept; nothing was written.\n"
    )
    assert failed(knowledge_base) == []
    # A person overrules the rule.
    decide(knowledge_base, 1, "different")
    assert marks(knowledge_base, "--all")["a1 b1"] == ("different", "me", "holds")
    run("--db", knowledge_base, "undo", undo.rpartition(" ")[2])
    assert sorted(ids(knowledge_base)) == ["a2 b2", "a3 b3"]


def test_a_terminal_asks_before_it_accepts(two_sources: Engine, knowledge_base: str) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "--accept", "strong")
    for key, message in (("n", "Nothing was written."), ("y", f"Recorded 4 decisions of {RULE}.")):
        with TerminalProgram(*command) as program:
            program.wait_until(lambda: "Accept them? [y/N]" in program.after_screens)
            program.press(f"{key}\n")
            assert program.wait_for_end() == 0
            assert message in program.after_screens


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--accept", "likely"), "Too many likely pairs are wrong to accept them"),
        (("--accept", "same-money"), "`bricoop review --tier same-money` shows them one by one."),
        (("--accept", "sure"), "There is no tier 'sure'. Tiers: strong, likely, "),
        (
            ("--accept", "strong", "--limit", "3"),
            "--accept lists no pairs, so it cannot be used with --limit",
        ),
        (("--accept", "strong", "-f", "csv"), "so it cannot be used with --format."),
        (("--accept", "strong", "--all"), "so it cannot be used with --all."),
        (("--yes",), "--yes is for decisions that --accept records."),
        (("--wait", "5"), "--wait is for decisions that --accept records."),
    ],
)
def test_what_cannot_be_accepted_is_refused(
    knowledge_base: str, options: tuple[str, ...], message: str
) -> None:
    result = run("--db", knowledge_base, "match", *options)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr


def test_nothing_is_accepted_that_persons_or_sources_keep_apart(
    engine: Engine, knowledge_base: str, load: Load
) -> None:
    """Of three sources, two rows of which are different, and one has a road twice."""
    road = "id,name,countries,started\n{0}1,{1},Kenya,2011\n"
    for source, name in (("a", "Kuriba Road"), ("b", "Road of Kuriba"), ("c", "Kuriba Main Road")):
        load("projects", road.format(source, name), source=source)
    decided(knowledge_base, "different", "a/projects/a1", "b/projects/b1")
    messages = accept(knowledge_base, "--yes")
    assert "1 strong pair is left out, as it would make one of what is different." in messages
    assert "Recorded 1 decision of " in messages
    assert failed(knowledge_base) == []
    for source, name in (("d", "Dona"), ("e", "Port of Tolo"), ("f", "Tolo Port")):
        load("projects", f"id,name,countries\n{source}1,{name},Togo\n", source=source)
    load("projects", "id,name,countries\nd2,Mela,Togo\n", source="d")
    decided(knowledge_base, "same", "d/projects/d1", "e/projects/e1")
    decided(knowledge_base, "same", "d/projects/d2", "f/projects/f1")
    assert "1 strong pair is left out, as it would make one project of two rows of one source." in (
        accept(knowledge_base, "--left", "e", "--right", "f")
    )
    del engine


def test_organizations_are_left_out_and_accepted_too(
    engine: Engine, knowledge_base: str, load: Load
) -> None:
    for source, builder, lender in (
        ("a", '"Kuriba Road Works Co., Ltd."', "Kenyan Ministry of Roads"),
        ("b", "Road Works of Kuriba", "Ministry of Roads (Kenya)"),
    ):
        text = (
            f"id,name,countries,contractors,implementers\n1,{source} Dam,Kenya,{builder},{lender}\n"
        )
        load("projects", text, source=source)
    both = ("--left", "a", "--right", "b")
    command = ("--db", knowledge_base, "match", "organizations", *both)

    def names(*options: str) -> list[tuple[str, str]]:
        return [(row["left_key"], row["decision"]) for row in csv_rows(*command, *options)]

    ministry, works = "kenyan-ministry-of-roads", "kuriba-road-works-co-ltd"
    assert names("--new") == [(ministry, ""), (works, "")]
    decided(knowledge_base, "different", ministry, "ministry-of-roads-kenya")
    assert names("--all") == [(ministry, "different"), (works, "")]
    assert names() == names("--new") == [(works, "")]
    assert "1 pair is decided and left out; --all shows it." in run(*command).stderr
    messages = accept(knowledge_base, "--yes", *both, noun="organizations")
    assert messages.startswith(f"1 strong pair would each become one organization, by {RULE}: ")
    assert decisions_of(engine)[1:] == [
        ("organization:kuriba road works co ltd", "organization:road works of kuriba", "same", RULE)
    ]
    assert names() == []
    assert "No strong pairs are left" in accept(
        knowledge_base, "--yes", *both, noun="organizations"
    )
    assert failed(knowledge_base) == []


def test_python_has_the_same(two_sources: Engine) -> None:
    base = bricoop.KnowledgeBase(two_sources)
    outcome = base.decide("a/projects/a0", "b/projects/b0", reviewer="me", why="the same line")
    assert [cluster.key for cluster in outcome.clusters] == ["kuriba-railway"]
    base.decide("a/projects/a1", "b/projects/b1", relation="different", reviewer="me")
    matches = base.match()
    assert len(matches.proposals) == 2
    assert matches.notes[-1] == "3 pairs are decided and left out; all=True shows them."
    every = base.match(all=True).proposals
    assert [each.decision.text for each in every if each.decision] == [
        "same project by me", "different by me", "same project by rule:same-name@1",
    ]  # fmt: skip
    assert len(base.match(new=True).proposals) == 2
    listed = base.decisions(reviewers="me")
    assert [(row.relation, row.status, row.why) for row in listed] == [
        ("same-project", "holds", "the same line"), ("different", "holds", None),
    ]  # fmt: skip
    base.split("kuriba-railway", reviewer="me")
    assert [row.status for row in base.decisions(relations="same-project", reviewers="me")] == [
        "replaced"
    ]
    refusals: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: base.match(all=True, new=True), "new=True lists no decided pairs."),
        (lambda: base.decide("a/projects/a0", "b/projects/b0", relation="equal"), "equal"),
        (lambda: base.decide("a/projects/a0", "b/projects/b0"), "`reviewer`"),
    )
    for call, message in refusals:
        with pytest.raises(bricoop.UsageError, match=message):
            call()


def test_the_name_of_a_rule_is_no_password() -> None:
    assert hide_passwords(f"Recorded 3 decisions of {RULE}.") == f"Recorded 3 decisions of {RULE}."
    assert hide_passwords("rule:secret@host") == "rule:***@host"
