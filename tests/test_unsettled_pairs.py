"""Answers say how many pairs of their rows are contested, or wait for review."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import bricoop
from bricoop.db.engine import reading
from bricoop.identity.unsettled_pairs import unsettled_note
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from support.command_line import run
from support.joined import load_sources
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

ROAD, LIST = "bulletin/projects/b1", ": bricoop decisions list.\n"
DECISIONS = f"""\
left,right,relation,reviewer,decided_at
{ROAD},atlas/projects/1,same-project,Ann,2026-11-01
{ROAD},atlas/projects/1,different,Ben,2026-11-02
{ROAD},bulletin/projects/b2,unsure,Ann,2026-11-03
census/finance/c1,nobody/finance/9,same-deal,Ann,2026-11-04
atlas/projects/2,census/projects/c2,same-project,Ann,2026-11-05
organization:KLH,organization:Kuri Builders,unsure,Ann,2026-11-06
"""


@pytest.fixture(scope="module")
def roads(standing: Standing) -> Iterator[Standing]:
    """Three sources, and decisions of which most are not settled."""
    load_sources(standing.load)
    assert "pair" not in messages(standing, "query", "projects")
    standing.load("decisions", DECISIONS, source="desk")
    with standing.unwritten():
        yield standing


def messages(standing: Standing, *words: str) -> str:
    """Return what a command says beside its answer."""
    result = run("--db", standing.address, *words)
    assert result.exit_code == 0, result.output
    return result.stderr


def key(*keys: str) -> tuple[str, ...]:
    """Return the filters that select projects by their keys."""
    return tuple(word for own in keys for word in ("--key", own))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("projects",), "2 pairs of these projects wait for review, and 1 is contested"),
        (("projects", "--count"), "2 pairs of these projects wait for review, and 1 is contested"),
        (("projects", "--group-by", "kind"), "2 pairs of these projects wait for review, and 1 is"),
        (("projects", *key("kuri-toll-booths")), "1 pair of these projects waits for review"),
        (("projects", *key("lake-kuri-road")), "1 pair of these projects is contested"),
        (("projects", *key("kuri-highway")), "1 pair of these projects waits for review"),
        (("projects", "--unmerged"), ""),
        # What is settled is not counted, nor what is beyond the limit.
        (("projects", *key("kuri-bridges")), ""),
        (("projects", *key("kuri-bridges", "lake-kuri-road"), "--limit", "1"), ""),
        (("projects", "--country", "Pakistan"), ""),
        (("finance", "--source", "census"), "1 pair of these projects waits for review"),
        (("organizations", "--country", "Kenya"), ""),
        (("organizations", "--name", "Kuri"), "1 pair of these organizations waits for review"),
        (("financiers", "--name", "KLH"), "1 pair of these financiers waits for review"),
        (("countries",), ""),
    ],
)
def test_a_question_says_which_pairs_of_its_rows_are_open(
    roads: Standing, words: tuple[str, ...], expected: str
) -> None:
    message = messages(roads, "query", *words)
    assert message.count("pair") == bool(expected)
    assert expected in message
    assert message.endswith(LIST) is bool(expected)


@pytest.mark.parametrize("grouping", [None, Grouping(("kind",), ("count",))])
@pytest.mark.parametrize("noun", ["projects", "finance", "organizations"])
def test_many_rows_say_the_same_as_few(
    roads: Standing, noun: str, grouping: Grouping | None
) -> None:
    for filters in ({}, {"source": ("atlas",)}, {"country": ("Kenya",)}):
        for limit in (None, 2):
            question = Question(noun, filters, limit=limit, grouping=grouping)
            with reading(roads.engine) as connection:
                few, many = (unsettled_note(connection, question, number) for number in (1000, 0))
            assert few == many


def test_a_search_says_it_of_its_results(roads: Standing) -> None:
    message = messages(roads, "search", "kuri", "--kind", "project", "--kind", "organization")
    assert "3 pairs of these results wait for review, and 1 is contested" in message
    message = messages(roads, "search", '"toll booths"')
    assert message == f"1 pair of these results waits for review{LIST}"
    assert messages(roads, "search", "bridges") == ""


def test_files_and_python_have_the_note_too(roads: Standing, tmp_path: Path) -> None:
    path = tmp_path / "roads.csv"
    messages(roads, "query", "projects", "--name", "kuri", "-o", str(path), "--provenance")
    notes = json.loads(path.with_name("roads.csv.provenance.json").read_text())["notes"]
    (note,) = [note for note in notes if "pairs" in note]
    with bricoop.open(roads.address) as base:
        assert note in base.query("projects", name="kuri").notes
