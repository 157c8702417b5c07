"""`show` and reports say what is related, different, contested or waiting by decision."""

import json
from typing import Any

import pytest

from support.command_line import answer
from support.joined import load_sources
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql

HEAD = "id,left,right,relation,reviewer,decided_at,why\n"
ROAD, BRIDGES, SIGNS = "bulletin/projects/b1", "atlas/projects/2", "census/projects/c2"
DECISIONS = f"""\
1,{BRIDGES},{ROAD},part-of,Ann,2026-11-01,Its bridges
2,{ROAD},census/projects/c1,phase-of,Ann,2026-11-02,
3,{ROAD},{SIGNS},different,Ann,2026-11-03,Only signs
4,{ROAD},atlas/projects/1,same-project,Ann,2026-11-04,
5,{ROAD},atlas/projects/1,different,Ben,2026-11-05,Other lake
6,{ROAD},bulletin/projects/b2,unsure,Ann,2026-11-06,
7,{ROAD},nobody/projects/9,same-project,Ann,2026-11-07,
8,{SIGNS},{BRIDGES},same-project,Ann,2026-11-08,
9,organization:KLH,organization:Kuri Builders,different,Ann,2026-11-09,
"""


def profile(knowledge_base: str, name: str) -> Any:
    """Return what `show` says of an entity."""
    return json.loads(answer("--db", knowledge_base, "show", name, "-f", "json"))


def decision_numbers(knowledge_base: str) -> list[tuple[str, str]]:
    """Return what `db status` says of decisions, below the rows of tables."""
    lines = answer("--db", knowledge_base, "db", "status").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("rows of "))
    rows = [line.rsplit(None, 1) for line in lines[last + 1 :]]
    return [(label, number) for label, number in rows]


def test_all_that_holds_is_shown_from_both_sides(load: Load, knowledge_base: str) -> None:
    load_sources(load)
    load("decisions", HEAD + DECISIONS, source="desk")
    road = profile(knowledge_base, "road-to-lake-kuri")
    fields = ("id", "verdict", "relation", "other_key", "other_name", "is_left", "reviewer", "why")
    assert [tuple(entry[name] for name in fields) for entry in road["decisions"]] == [
        ("1", "related", "part-of", "kuri-bridges", "Kuri Bridges", False, "Ann", "Its bridges"),
        ("2", "related", "phase-of", "kuri-highway", "Kuri Highway", True, "Ann", None),
        # The signs are one with the bridges.
        ("3", "different", "different", "kuri-bridges", "Kuri Bridges", True, "Ann", "Only signs"),
        ("4", "contested", "same-project", "lake-kuri-road", "Lake Kuri Road", True, "Ann", None),
        ("5", "contested", "different", "lake-kuri-road", "Lake Kuri Road", True, "Ben",
         "Other lake"),
        ("6", "undecided", "unsure", "kuri-toll-booths", "Kuri Toll Booths", True, "Ann", None),
        ("7", "asleep", "same-project", None, None, True, "Ann", None),
    ]  # fmt: skip
    assert road["members"] == []
    bridges = profile(knowledge_base, "kuri-bridges")
    assert [(member["id"], member["key"]) for member in bridges["members"]] == [
        ("2", "kuri-bridges"), ("c2", "kuri-signs"),
    ]  # fmt: skip
    assert [(entry["id"], entry["is_left"]) for entry in bridges["decisions"]] == [
        ("1", True), ("3", False), ("8", True),
    ]  # fmt: skip
    assert profile(knowledge_base, "KLH")["decisions"][0]["other_key"] == "kuri-builders"
    numbers = [
        ("decisions by people", "9"), ("clusters of entities", "1"), ("entities in clusters", "2"),
        ("contested pairs", "1"), ("waiting pairs", "2"),
    ]  # fmt: skip
    assert decision_numbers(knowledge_base) == numbers
    text = answer("--db", knowledge_base, "show", "road-to-lake-kuri")
    assert "related    has part      Kuri Bridges" in text
    assert "asleep     same project  nobody/projects/9" in text
    assert profile(knowledge_base, "Kenya")["decisions"] == []
    _reports(knowledge_base)
    answer("--db", knowledge_base, "decisions", "quorum", "2")
    numbers[1:] = [("quorum of reviewers", "2"), ("contested pairs", "1"), ("waiting pairs", "5")]
    assert decision_numbers(knowledge_base) == numbers


def _reports(knowledge_base: str) -> None:
    text = answer("--db", knowledge_base, "report", "project", "kuri-bridges")
    assert "It is one by decision with Kuri Signs.\n" in text
    assert "related    part of    Road to Lake Kuri  road-to-lake-kuri  Ann         2026" in text
    text = answer("--db", knowledge_base, "report", "project", "road-to-lake-kuri")
    assert "It is described by 1 source. 1 pair with it is contested.\n" in text
    for words in (("country", "Kenya"), ("overview",)):
        text = answer("--db", knowledge_base, "report", *words)
        assert (
            "Note: By decision, 2 projects of different sources count as 1. 1 pair of projects is"
            " contested, and counts as two. 1 pair of projects is marked unsure. 1 pair of projects"
            " waits for more reviewers, or for a record that is not loaded.\n"
        ) in text
    # Only pairs of projects of the country count.
    assert "By decision" not in answer("--db", knowledge_base, "report", "country", "Pakistan")


def test_a_join_that_another_decision_blocks_is_shown(load: Load, knowledge_base: str) -> None:
    load_sources(load)
    rows = (
        f"1,{ROAD},{BRIDGES},different,Ann,2026-11-01,\n"
        f"2,{ROAD},{SIGNS},same-project,Ann,2026-11-03,\n"
    )
    load("decisions", HEAD + rows, source="desk")
    # This one is of an earlier date, and so takes the place of the join by Ann.
    earlier = f"3,{SIGNS},{BRIDGES},same-project,Ben,2026-11-02,\n"
    load("decisions", HEAD + earlier, source="other-desk")
    bridges = profile(knowledge_base, "kuri-signs")
    assert bridges["key"] == "kuri-bridges"
    assert [(entry["id"], entry["verdict"]) for entry in bridges["decisions"]] == [
        ("1", "different"), ("3", "joined"), ("2", "blocked"),
    ]  # fmt: skip
    text = answer("--db", knowledge_base, "report", "project", "kuri-bridges")
    assert "It is one by decision with Kuri Signs. 1 pair with it is contested.\n" in text
    text = answer("--db", knowledge_base, "report", "country", "Kenya")
    assert "1 pair of projects is contested, and counts as two.\n" in text


def test_money_without_a_project_of_its_own_and_parted_rows_are_members(
    load: Load, knowledge_base: str
) -> None:
    money = "id,project,kind,amount,currency,date\nm1,Kuri Dam Works,commitment,5,USD,2011\n"
    load("finance", money, source="atlas", tier=5)
    for source, tier in (("bulletin", 4), ("census", 6)):
        csv = f"id,name,countries\n{source}1,Kuri Dam,Kenya\n"
        load("projects", csv, source=source, tier=tier)
    dams = ("bulletin/projects/bulletin1", "census/projects/census1")
    rows = (
        f"1,{dams[0]},{dams[1]},different,Ann,2026-11-01,\n"
        f"2,atlas/finance/m1,{dams[1]},same-project,Ann,2026-11-02,Same money\n"
    )
    load("decisions", HEAD + rows, source="desk")
    joined = profile(knowledge_base, "kuri-dam-works")
    assert [(member["source"], member["id"], member["key"], member["name"], member["why"])
            for member in joined["members"]] == [
        ("atlas", "m1", "kuri-dam-works", "Kuri Dam Works", None),
        # Without decisions, this row is one with that of the bulletin.
        ("census", "census1", "kuri-dam", "Kuri Dam", "Same money"),
    ]  # fmt: skip
    assert [(entry["id"], entry["verdict"]) for entry in joined["decisions"]] == [
        ("1", "different"), ("2", "joined"),
    ]  # fmt: skip
    parted = profile(knowledge_base, "kuri-dam")
    assert (parted["members"], [entry["id"] for entry in parted["decisions"]]) == ([], ["1"])
