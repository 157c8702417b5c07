"""`bricoop match organizations`: what it proposes and shows, and that it writes nothing."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

import bricoop
from bricoop.identity.proposals import Tier
from support.command_line import answer, csv_rows, on_terminal, run
from support.loading import Load, loading
from support.standing import version_of

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = "id,name,countries,contractors,financiers,implementers\n"
LOANS = """\
A1,Mabo Road,Kenya,"Kuriba Road Works Co., Ltd. (KRW)",Eximbank,Kenyan Ministry of Roads
A2,Tolo Road,Kenya,Kuriba Bureau No. 3,CDB,Unspecified Agency
A3,Zuma Dam,Kenya,China Harbour Engineering Company,,
"""
NEWS = """\
B1,Road at Mabo,Kenya,Road Works Kuriba,China Exim Bank,Ministry of Roads (Kenya)
B2,Road at Tolo,Kenya,Kuriba Bureau No. 5,China Development Bank,Ministry of Roads
B3,Dam at Zuma,Kenya,CHEC,,Ministry of Roads (Ghana)
"""
PAIRS = [
    ("strong", "china-harbour-engineering-company", "chec"),
    ("strong", "eximbank", "export-import-bank-of-china"),
    ("strong", "kenyan-ministry-of-roads", "ministry-of-roads-kenya"),
    ("strong", "kuriba-road-works-co-ltd-krw", "road-works-kuriba"),
]


@pytest.fixture
def two_sources(engine: Engine, load: Load) -> Engine:
    """A knowledge base with two sources that name the same organizations otherwise."""
    for source, projects in (("loans", LOANS), ("news", NEWS)):
        load("projects", PROJECTS + projects, source=source)
    return engine


def test_organizations_of_two_sources_are_proposed_and_nothing_is_written(
    two_sources: Engine, knowledge_base: str
) -> None:
    before = version_of(two_sources)
    command = ("--db", knowledge_base, "match", "organizations")
    proposed = csv_rows(*command, "--left", "loans", "--right", "news")
    strong = [row for row in proposed if row["tier"] == "strong"]
    assert sorted((row["tier"], row["left_key"], row["right_key"]) for row in strong) == PAIRS
    assert {row["right_key"] for row in proposed if row["left_key"] == "kuriba-bureau-no-3"} == {
        "kuriba-bureau-no-5"
    }
    (numbers,) = (row for row in proposed if row["left_key"] == "kuriba-bureau-no-3")
    assert (numbers["tier"], "number 3/5 -4.0" in numbers["reasons"]) == ("possible", True)
    exchanged = csv_rows(*command, "--left", "news", "--right", "loans")
    (numbers,) = (row for row in exchanged if row["right_key"] == "kuriba-bureau-no-3")
    assert "number 5/3 -4.0" in numbers["reasons"]
    assert version_of(two_sources) == before


def test_each_pair_has_references_names_countries_and_reasons(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "organizations", "--left", "loans")
    pairs = json.loads(answer(*command, "--right", "news", "-f", "json"))
    (works,) = (pair for pair in pairs if pair["left_key"] == "kuriba-road-works-co-ltd-krw")
    assert works["left"] == "organization:kuriba road works co ltd krw"
    assert works["right"] == "organization:road works kuriba"
    assert works["left_name"] == "Kuriba Road Works Co., Ltd. (KRW)"
    assert (works["left_names"], works["left_kind"], works["left_countries"]) == ([], None, [])
    assert (works["left_sources"], works["right_sources"]) == (["loans"], ["news"])
    assert works["reasons"][0].startswith('rare words "')
    assert works["reasons"][-1] == f"margin {works['margin']:.1f}"
    assert works["weights_version"] == 1
    (bank,) = (pair for pair in pairs if pair["left_key"] == "eximbank")
    assert bank["left_sources"] == ["loans"]
    assert bank["right_sources"] == ["manufacturing-cooperation-paper", "news"]
    assert "China Eximbank" in bank["right_names"]
    assert (bank["right_kind"], bank["right_countries"]) == ("policy-bank", ["CN"])
    ministry = next(pair for pair in pairs if pair["left_key"] == "kenyan-ministry-of-roads")
    assert ministry["left_countries"] == ministry["right_countries"] == ["KE"]


def test_a_pair_that_a_decision_joins_is_not_proposed_again(
    two_sources: Engine, knowledge_base: str, load: Load
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "organizations", "--left", "loans")
    works, *others = csv_rows(*command, "--right", "news")
    load(
        "decisions",
        "left,right,relation,reviewer,decided_at\n"
        f"{works['left']},{works['right']},same,A reviewer,2026-11-30\n",
        source="decisions",
    )
    after = csv_rows(*command, "--right", "news")
    assert [row["left_key"] for row in after] == [row["left_key"] for row in others]


def test_text_and_messages_say_what_was_compared(two_sources: Engine, knowledge_base: str) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "organizations", "--left", "loans")
    result = run(*command, "--right", "news", "--limit", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "strong 7.1",
        "  kenyan-ministry-of-roads: Kenyan Ministry of Roads (KE, loans)",
        "  ministry-of-roads-kenya: Ministry of Roads (Kenya) (KE, news)",
    ]
    assert result.stderr.splitlines() == [
        "1 organization without a name, such as Unspecified, was not compared.",
        "1 organization is named by both sources already.",
        "1 of 6 pairs proposed (4 strong, 2 possible); nothing was written.",
    ]


def test_organizations_are_compared_within_sources_and_countries(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "organizations")
    every = csv_rows(*command)
    within = csv_rows(*command, "--left", "news", "--right", "news")
    assert [(row["left_key"], row["right_key"], row["tier"]) for row in within] == [
        ("ministry-of-roads", "ministry-of-roads-kenya", "possible"),
        ("ministry-of-roads", "ministry-of-roads-ghana", "possible"),
    ]
    assert {(row["left_key"], row["right_key"], row["score"]) for row in within} < {
        (row["left_key"], row["right_key"], row["score"]) for row in every
    }
    kenya = run(*command, "--country", "Kenya")
    assert "kenyan-ministry-of-roads" in kenya.stdout
    assert "8 organizations without a country were not compared." in kenya.stderr
    none = run(*command, "--country", "Uganda")
    assert "Nothing was compared: there are no such organizations." in none.stderr


def test_python_gets_the_same_pairs(two_sources: Engine) -> None:
    base = bricoop.KnowledgeBase(two_sources)
    matches = base.match_organizations(left_source="loans", right_source="news")
    assert (
        sorted(
            (pair.tier.value, pair.left_organization.key, pair.right_organization.key)
            for pair in matches.proposals
            if pair.tier is Tier.STRONG
        )
        == PAIRS
    )
    assert matches.notes[-1] == "1 organization is named by both sources already."
    with pytest.raises(bricoop.NotFoundError):
        base.match_organizations(left_source="nothing")


def test_sources_without_organizations_are_refused(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "organizations")
    refused = run(*command, "--left", "iso-3166")
    assert refused.exit_code == 2
    assert "iso-3166 names no organizations." in refused.stderr
    assert "Sources that do: loans, manufacturing-cooperation-paper, news." in refused.stderr
    assert run(*command, "--right", "lones").exit_code == 4
    assert run(*command, "--country", "Kenja").exit_code == 4


def test_lines_fit_a_terminal_of_80_columns(quick: Engine, tmp_path: Path) -> None:
    load = loading(quick, tmp_path)
    load("projects", PROJECTS + LOANS, source="loans")
    load("projects", PROJECTS + NEWS, source="news")
    text = on_terminal(
        80, "--db", str(quick.url.database), "match", "organizations", "--left", "loans"
    )
    lines = re.sub(r"\x1b\[\d+m", "", text).splitlines()
    assert max(map(len, lines)) <= 80


def test_the_listed_names_are_printed_to_be_loaded(tmp_path: Path, quick: Engine) -> None:
    path = tmp_path / "names.csv"
    assert run("profiles", "organizations", "-o", str(path)).exit_code == 0
    loaded = run(
        "--db", str(quick.url.database), "load", "organizations", str(path),
        "--source", "organization-names", "--source-title", "Names of organizations", "--tier", "5",
    )  # fmt: skip
    assert loaded.exit_code == 0
    assert re.search(r"(\d+) organizations read from .*: \1 new", loaded.stderr + loaded.stdout)
    text = answer("--db", str(quick.url.database), "show", "中国港湾工程有限责任公司")
    assert text.startswith("China Harbour Engineering Company\n")
