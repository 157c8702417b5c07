"""`bricoop match`: what it proposes and shows, and that it writes nothing."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

import bricoop
from support.command_line import answer, csv_rows, on_terminal, run
from support.loading import Load, loading
from support.standing import version_of

PROJECTS = "id,name,countries,kind,capacity,capacity_unit,contractors,description\n"
FINANCE = "id,project,kind,financier,instrument,amount_usd,date\n"
LOANS = """\
A1,Kuriba to Mabo Railway,Kenya,railway,,,Lake Builders,
A2,"Tolo Road, Phase I",Kenya,road,,,,
A3,Unknown,Kenya,,,,,
A4,Zuma Road Upgrade,Kenya,road,,,,
A5,Lost Bridge,,bridge,,,,
A6,Gola Dam,Ghana,power-plant,120,MW,,
"""
NEWS = """\
B1,China Exim Bank loans Kenya $300 million for Mabo-Kurriba rail line,Kenya,railway,,,Lake Builders Ltd.,
B2,Phase 2 of the Tolo Road,Kenya,road,,,,
B3,China loans 50 million RMB for development projects,Kenya,,,,,
B4,Pemba Road Rehabilitation,Kenya,road,,,,
B5,Lost Bridge Two,,bridge,,,,
B6,China funds dam in the north,Ghana,power-plant,,,,The Gola dam has 120 MW.
"""
LOANS_MONEY = """\
A1,Kuriba to Mabo Railway,commitment,Eximbank,loan,298000000,2011
A2,"Tolo Road, Phase I",commitment,,loan,20000000,2012
A3,Unknown,commitment,,loan,8000000,2009
A4,Zuma Road Upgrade,commitment,,loan,50000000,2012
A6,Gola Dam,commitment,,loan,70000000,2014
"""
NEWS_MONEY = """\
B1,China Exim Bank loans Kenya $300 million for Mabo-Kurriba rail line,commitment,Export-Import Bank of China,loan,300000000,2011
B2,Phase 2 of the Tolo Road,commitment,,loan,20000000,2012
B3,China loans 50 million RMB for development projects,commitment,,loan,7900000,2009
B4,Pemba Road Rehabilitation,commitment,,loan,50000000,2012
B6,China funds dam in the north,commitment,,loan,71000000,2014
"""
PAIRS = [
    ("strong", "A1", "B1"),
    ("likely", "A6", "B6"),
    ("possible", "A2", "B2"),
    ("possible", "A4", "B4"),
    # Both are roads, of the same year.
    ("possible", "A2", "B4"),
    ("possible", "A4", "B2"),
    ("same money", "A3", "B3"),
]


@pytest.fixture
def two_sources(engine: Engine, load: Load) -> Engine:
    """A knowledge base with two sources that name the same projects otherwise."""
    for source, projects, money in (("loans", LOANS, LOANS_MONEY), ("news", NEWS, NEWS_MONEY)):
        load("projects", PROJECTS + projects, source=source)
        load("finance", FINANCE + money, source=source)
    return engine


@pytest.mark.later_on_postgresql
def test_pairs_of_two_sources_are_proposed_in_tiers_and_nothing_is_written(
    two_sources: Engine, knowledge_base: str
) -> None:
    before = version_of(two_sources)
    command = ("--db", knowledge_base, "match", "--left", "loans", "--right", "news")
    proposed = csv_rows(*command)
    assert [(row["tier"], row["left_id"], row["right_id"]) for row in proposed] == PAIRS
    strong = proposed[0]
    assert strong["left_key"] == "kuriba-to-mabo-railway"
    assert (strong["left_source"], strong["right_source"]) == ("loans", "news")
    assert (strong["left_years"], strong["left_usd"]) == ("2011", "298000000")
    assert strong["countries"] == "KE"
    assert 'rare words "mabo kuriba~kurriba" +' in strong["reasons"]
    assert "$298m/$300m +1.7; 2011=2011 +1.0; builder builders lake +0.8" in strong["reasons"]
    assert strong["reasons"].endswith(f"margin {float(strong['margin']):.1f}")
    assert version_of(two_sources) == before


def test_the_answer_says_what_was_not_compared(two_sources: Engine, knowledge_base: str) -> None:
    del two_sources
    result = run("--db", knowledge_base, "match", "projects", "--left", "loans", "--right", "news")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "2 projects without a country were not compared.",
        "7 pairs proposed (1 strong, 1 likely, 4 possible, 1 same money); nothing was written.",
    ]
    assert result.stdout.splitlines()[:4] == [
        "strong 10.4, KE",
        "  loans A1: Kuriba to Mabo Railway (2011, $298m)",
        "  news B1: China Exim Bank loans Kenya $300 million for Mabo-Kurriba rail line (2011, $300m)",
        result.stdout.splitlines()[3],
    ]
    assert result.stdout.splitlines()[3].startswith('  rare words "mabo kuriba~kurriba" +5.0; ')


def test_pairs_can_be_narrowed_without_changing_their_scores(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match", "--left", "loans", "--right", "news")
    every = csv_rows(*command)
    ghana = csv_rows(*command, "--country", "Ghana")
    assert ghana == [row for row in every if row["countries"] == "GH"]
    limited = run(*command, "--limit", "2")
    assert "2 of 7 pairs proposed (1 strong, " in limited.stderr
    all_sources = csv_rows("--db", knowledge_base, "match")
    assert [row for row in all_sources if row["left_source"] == "loans"] == every
    exchanged = csv_rows("--db", knowledge_base, "match", "--right", "loans", "--left", "news")
    assert {(row["right_id"], row["left_id"], row["score"]) for row in exchanged} == {
        (row["left_id"], row["right_id"], row["score"]) for row in every
    }


def test_python_gets_the_same_pairs(two_sources: Engine) -> None:
    base = bricoop.KnowledgeBase(two_sources)
    matches = base.match(left_source="loans", right_source="news")
    assert [
        (proposal.tier, proposal.left_project.external_id, proposal.right_project.external_id)
        for proposal in matches.proposals
    ] == PAIRS
    assert matches.notes == ("2 projects without a country were not compared.",)
    with pytest.raises(bricoop.NotFoundError):
        base.match(left_source="nothing")


def test_json_has_lists_and_the_version_of_the_weights(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    first = json.loads(answer("--db", knowledge_base, "match", "--right", "news", "-f", "json"))[0]
    assert (first["left_years"], first["countries"]) == ([2011], ["KE"])
    assert first["weights_version"] == 1
    assert first["reasons"][-1].startswith("margin ")


def test_what_is_one_project_already_is_not_proposed(
    engine: Engine, knowledge_base: str, load: Load
) -> None:
    del engine
    for source in ("loans", "news"):
        load("projects", "id,name,countries\n1,Kuriba Railway,Kenya\n", source=source)
    result = run("--db", knowledge_base, "match", "--left", "loans")
    assert "1 pair is decided and left out; --all shows it." in result.stderr
    assert "No pairs proposed; nothing was written." in result.stderr


def test_sources_that_cannot_be_compared_are_refused(
    two_sources: Engine, knowledge_base: str
) -> None:
    del two_sources
    command = ("--db", knowledge_base, "match")
    same = run(*command, "--left", "loans", "--right", "The loans")
    assert (same.exit_code, "loans is compared with other sources only." in same.stderr) == (
        2,
        True,
    )
    empty = run(*command, "--left", "iso-3166")
    assert empty.exit_code == 2
    assert "iso-3166 describes no projects." in empty.stderr
    assert "loans, manufacturing-cooperation-paper, news" in empty.stderr
    assert run(*command, "--left", "lones").exit_code == 4
    assert run(*command, "--country", "Kenja").exit_code == 4
    assert run(*command, "agreements").exit_code == 2


def test_lines_fit_a_terminal_of_80_columns(quick: Engine, tmp_path: Path) -> None:
    load = loading(quick, tmp_path)
    load("projects", PROJECTS + LOANS, source="loans")
    load("projects", PROJECTS + NEWS, source="news")
    text = on_terminal(80, "--db", str(quick.url.database), "match", "--left", "loans")
    lines = re.sub(r"\x1b\[\d+m", "", text).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1] == "  loans A1: Kuriba to Mabo Railway"
