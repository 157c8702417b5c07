"""`bricoop decisions`: what was decided, what has become of it, and its way to another base."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import decision
from bricoop.ingest.undo.undo_load import undo_load
from support.command_line import NEW_SOURCE, answer, run
from support.damages import failed
from support.loading import Load
from support.state import state
from support.trackers import (
    A,
    B,
    decided,
    load_of,
    load_trackers,
    rows_of,
    sources_by_key,
)

pytestmark = pytest.mark.later_on_postgresql

JOINED = {"road-to-lake-kuri": ["a", "b"], "kuri-highway": ["c"]}
HEAD = "left,right,relation,reviewer,decided_at\n"
PAIR = "a/projects/1,b/projects/b1,"


@pytest.fixture
def trackers(load: Load) -> None:
    """Load three sources that name one road differently."""
    load_trackers(load)


def statuses(address: str, *words: str) -> list[tuple[str, str, str]]:
    """Return status, relation and reviewer of the decisions that a command lists."""
    command = words or ("list",)
    rows = rows_of(address, "decisions", *command)
    return [(row["status"], row["relation"], row["reviewer"]) for row in rows]


@pytest.mark.usefixtures("trackers")
def test_every_decision_has_a_status(load: Load, knowledge_base: str) -> None:
    load("decisions", HEAD + (
        PAIR + "same-project,me,2026-11-01\n"
        + PAIR + "unsure,rule:test@1,2026-11-02\n"
        + PAIR + "part-of,me,2026-11-03\n"
        "a/projects/2,b/projects/b2,same-project,rule:test@1,2026-11-01\n"
        "a/projects/2,b/projects/none,same-project,me,2026-11-02\n"
        "a/projects/2,c/projects/c1,unsure,me,2026-11-03\n"
    ), source="mine")  # fmt: skip
    assert statuses(knowledge_base) == [
        ("replaced", "same-project", "me"),
        ("overruled", "unsure", "rule:test@1"),
        ("holds", "part-of", "me"),
        ("holds", "same-project", "rule:test@1"),
        ("sleeps", "same-project", "me"),
        ("holds", "unsure", "me"),
    ]
    assert statuses(knowledge_base, "stale") == [("sleeps", "same-project", "me")]
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--reviewer", "you")
    contested = [("contested", "part-of", "me"), ("contested", "same-project", "you")]
    assert statuses(knowledge_base, "contested") == contested
    # Filters: who, of which source, which relation, what has become of it, and on what.
    assert statuses(knowledge_base, "list", "--reviewer", "you") == contested[1:]
    assert statuses(knowledge_base, "list", "--source", "decisions-of-you") == contested[1:]
    assert statuses(knowledge_base, "list", "--relation", "part-of") == contested[:1]
    assert statuses(knowledge_base, "list", "--status", "replaced") == [
        ("replaced", "same-project", "me")
    ]
    about = statuses(knowledge_base, "list", "--about", "Kuri Highway")
    assert about == [("holds", "unsure", "me")]
    assert len(statuses(knowledge_base, "list", "--about", "b/projects/b1")) == 4


@pytest.mark.usefixtures("trackers")
def test_a_source_of_decisions_is_listed_and_reported_on(load: Load, knowledge_base: str) -> None:
    load("decisions", HEAD + (
        PAIR + "same-project,me,2026-11-01\n" + PAIR + "different,me,2026-11-02\n"
        "a/projects/2,b/projects/b2,different,me,2026-11-02\n"
    ), source="mine")  # fmt: skip
    sources = {
        row["key"]: (row["records"], row["decisions"])
        for row in rows_of(knowledge_base, "query", "sources")
    }
    assert (sources["mine"], sources["a"]) == ((0, 3), (2, None))
    report = json.loads(answer("--db", knowledge_base, "report", "source", "mine", "-f", "json"))
    assert report["summary"] == "The mine contributed 3 decisions (2 different, 1 same-project)."
    assert "glance" not in report["sections"]
    counts, listed = (table["rows"] for table in report["sections"]["decisions"]["parts"])
    assert [(row["relation"], row["status"], row["number"]) for row in counts] == [
        ("different", "holds", 2), ("same-project", "replaced", 1),
    ]  # fmt: skip
    assert [row["left_name"] for row in listed] == ["Orsha Hub", *["Lake Kuri Road"] * 2]
    overview = answer("--db", knowledge_base, "report", "overview", "-f", "json")
    by_source = json.loads(overview)["sections"]["by_source"]["parts"][0]["rows"]
    assert {"The a", "The mine"} & {row["name"] for row in by_source} == {"The a"}


@pytest.mark.usefixtures("trackers")
def test_a_table_has_what_people_need(knowledge_base: str) -> None:
    assert "No decisions.\n" in run("--db", knowledge_base, "decisions", "list").stderr
    contested = run("--db", knowledge_base, "decisions", "contested")
    assert "No contested decisions.\n" in contested.stderr
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--why", "one route")
    result = run("--db", knowledge_base, "decisions", "list")
    header, line = result.stdout.splitlines()
    assert header.split() == ["status", "left", "left_name", "relation", "right", "right_name",
                              "reviewer", "decided_at", "why", "load"]  # fmt: skip
    for words in ("holds", "a/projects/1", "Lake Kuri Road", "same project", "me", "one route"):
        assert words in line
    assert result.stderr == "1 decision.\n"


@pytest.mark.usefixtures("trackers")
def test_what_is_refused_is_listed_as_such(engine: Engine, load: Load, knowledge_base: str) -> None:
    load("decisions", HEAD + "a/projects/1,b/projects/b1,different,me,2026-11-01\n"
         "c/projects/c1,a/projects/1,same-project,me,2026-11-02\n", source="mine")  # fmt: skip
    # While the records are away, nothing contradicts.
    number = load_of(engine, "b1")
    undo_load(engine, number)
    load("decisions", HEAD + "c/projects/c1,b/projects/b1,same-project,me,2026-11-03\n",
         source="mine")  # fmt: skip
    load("projects", B, source="b", tier=4)
    assert statuses(knowledge_base) == [
        ("holds", "different", "me"),
        ("holds", "same-project", "me"),
        ("refused", "same-project", "me"),
    ]
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_decision_says_to_look_again_when_a_record_has_changed(
    load: Load, knowledge_base: str
) -> None:
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    load("decisions", HEAD.strip() + ",left_seen\n" + PAIR + "same-project,you,2026,my own words\n",
         source="mine")  # fmt: skip
    # Another source, and another column, change nothing of what was seen.
    load("projects", A.replace("completed", "cancelled"), source="a", tier=5)
    assert statuses(knowledge_base, "stale") == []
    load("projects", B.replace("2011", "2013"), source="b", tier=4)
    assert statuses(knowledge_base, "stale") == [("look again", "same-project", "me")]
    assert sources_by_key(knowledge_base) == JOINED
    # Deciding again looks at what is there now.
    decided(knowledge_base, "different", "a/projects/1", "b/projects/b1")
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    assert statuses(knowledge_base, "stale") == []


def test_equal_names_are_listed_as_decisions_of_a_rule(load: Load, knowledge_base: str) -> None:
    for source, tier in (("a", 5), ("b", 4), ("c", 6)):
        load("projects", f"id,name,countries\n{source}1,Kuri Dam,Kenya\n", source=source, tier=tier)
    rule = "rule:same-name@1"
    holds = ("holds", "same-project", rule)
    assert statuses(knowledge_base, "list", "--reviewer", rule) == [holds, holds]
    pairs = [(row["left"], row["right"]) for row in rows_of(knowledge_base, "decisions", "list")]
    assert pairs == [("b/projects/b1", "a/projects/a1"), ("b/projects/b1", "c/projects/c1")]
    decided(knowledge_base, "different", "a/projects/a1", "b/projects/b1")
    assert statuses(knowledge_base) == [
        ("holds", "different", "me"), ("overruled", "same-project", rule), holds,
    ]  # fmt: skip
    # They are not stored, so they are in no file and need no second look.
    assert answer("--db", knowledge_base, "decisions", "export").count("\n") == 2
    assert statuses(knowledge_base, "list", "--relation", "different") == [
        ("holds", "different", "me")
    ]


@pytest.mark.usefixtures("trackers")
def test_a_quorum_joins_what_enough_reviewers_agree_on(engine: Engine, knowledge_base: str) -> None:
    before = state(engine)
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--reviewer", "Ana")
    joined = state(engine)
    result = run("--db", knowledge_base, "decisions", "quorum", "2")
    assert result.stderr == "2 reviewers must agree before a decision joins.\n"
    assert state(engine) == before
    assert failed(knowledge_base) == []
    assert statuses(knowledge_base) == [("waits", "same-project", "Ana")]
    messages = decided(knowledge_base, "same", "a/projects/2", "b/projects/b2")
    assert "They are not one yet: 1 of 2 reviewers agree.\n" in messages
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--reviewer", "Bo")
    assert state(engine) == joined
    assert statuses(knowledge_base)[0] == ("holds", "same-project", "Ana")
    assert "2 reviewers must" in run("--db", knowledge_base, "decisions", "quorum").stderr
    assert "One reviewer is" in run("--db", knowledge_base, "decisions", "quorum", "1").stderr
    assert len(sources_by_key(knowledge_base, "orsha")) == 1
    assert run("--db", knowledge_base, "decisions", "quorum", "0").exit_code == 2


@pytest.mark.usefixtures("trackers")
def test_reviewers_who_disagree_are_named(knowledge_base: str) -> None:
    decided(knowledge_base, "different", "a/projects/1", "b/projects/b1", "--reviewer", "Ana")
    messages = decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    assert (
        "They are not one, as reviewers disagree (Ana: different, me: same-project).\n" in messages
    )


@pytest.mark.usefixtures("trackers")
def test_what_is_exported_comes_to_the_same_in_another_base(
    engine: Engine, load: Load, knowledge_base: str, tmp_path: Path
) -> None:
    load("decisions", "id," + HEAD + "7,a/projects/2,b/projects/b2,same-project,you,2026-11-01\n",
         source="yours")  # fmt: skip
    load("decisions", "id," + HEAD + "7,a/projects/2,c/projects/c1,different,me,2026-11-01\n",
         source="mine")  # fmt: skip
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--why", "=1+1; really")
    decided(knowledge_base, "different", "a/projects/1", "b/projects/b1")
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--why", 'a "b", c\nd')
    joined = state(engine)
    path = str(tmp_path / "decisions.csv")
    assert run("--db", knowledge_base, "decisions", "export", "-o", path).exit_code == 0
    listed = statuses(knowledge_base)
    whys = [row["why"] for row in rows_of(knowledge_base, "decisions", "list")]
    with reading(engine) as connection:
        loads = connection.scalars(select(decision.c.load_id).distinct()).all()
    for number in loads:
        undo_load(engine, number)
    assert len(sources_by_key(knowledge_base)) == 3
    result = run("--db", knowledge_base, "decisions", "load", path, *NEW_SOURCE)
    assert result.exit_code == 0, result.output
    assert "5 decisions read" in result.stderr
    assert state(engine) == joined
    assert statuses(knowledge_base) == listed
    assert [row["why"] for row in rows_of(knowledge_base, "decisions", "list")] == whys
    ids = {row["id"] for row in rows_of(knowledge_base, "decisions", "list")}
    assert {"mine 7", "yours 7"} < ids
    # The same file again says nothing new.
    again = run("--db", knowledge_base, "decisions", "load", path, "--source", "notes")
    assert "0 new, 0 changed, 5 unchanged" in again.stderr
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_reviewer_fills_what_the_file_leaves_empty(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text("left,right,relation,decided_at\n" + PAIR + "same-project,2025\n")
    load_words = ("--db", knowledge_base, "decisions", "load", str(path))
    result = run(*load_words, "--source", "mine")
    assert result.exit_code == 3
    assert "lacks the columns that decisions need: reviewer" in result.stderr
    assert run(*load_words, "--reviewer", "rule:x").exit_code == 2
    assert "A load needs a source." in run(*load_words).stderr
    assert run(*load_words, "--reviewer", "Ana", "--dry-run").exit_code == 0
    assert statuses(knowledge_base) == []
    assert run(*load_words, "--reviewer", "Ana").exit_code == 0
    path.write_text(HEAD + PAIR + "unsure,,2026\n" + PAIR + "different,Bo,2026\n")
    assert run(*load_words, "--reviewer", "Ana").exit_code == 0
    assert statuses(knowledge_base) == [
        ("replaced", "same-project", "Ana"), ("holds", "unsure", "Ana"), ("holds", "different", "Bo"),
    ]  # fmt: skip
    with reading(engine) as connection:
        assert len(connection.execute(select(decision.c.source_id).distinct()).all()) == 1
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    "newer", [B, B.replace("Road to Lake", "Way to Lake")], ids=["same", "newer"]
)
def test_what_was_decided_holds_after_undo_and_reload(
    engine: Engine, load: Load, knowledge_base: str, newer: str
) -> None:
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    decided(knowledge_base, "same", "a/projects/2", "b/projects/b2")
    decided(knowledge_base, "different", "c/projects/c1", "b/projects/b1")
    joined = sources_by_key(knowledge_base)
    undo_load(engine, load_of(engine, "b1"))
    assert [status for status, _, _ in statuses(knowledge_base)] == ["sleeps"] * 3
    assert [row["right_name"] for row in rows_of(knowledge_base, "decisions", "stale")] == [
        "Road to Lake Kuri", "Hub at Orsha", "Road to Lake Kuri",
    ]  # fmt: skip
    assert len(sources_by_key(knowledge_base)) == 2
    load("projects", newer, source="b", tier=4)
    assert sorted(sources_by_key(knowledge_base).values()) == sorted(joined.values())
    look = "holds" if newer == B else "look again"
    assert [status for status, _, _ in statuses(knowledge_base)] == [look, "holds", look]
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_decisions_are_rows_of_a_question(knowledge_base: str) -> None:
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    decided(knowledge_base, "different", "c/projects/c1", "b/projects/b1")
    query = ("query", "decisions", "--columns", "left_ref,reviewer,source")
    assert rows_of(knowledge_base, *query, "--relation", "different") == [
        {"left_ref": "c/projects/c1", "reviewer": "me", "source": "decisions-of-me"}
    ]
    assert len(rows_of(knowledge_base, *query, "--name", "lake kuri")) == 2
    assert len(rows_of(knowledge_base, *query, "--reviewer", "you")) == 0
