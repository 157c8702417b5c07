"""Questions without decisions disturb nobody, write nothing, and need few privileges."""

import json
from pathlib import Path

import pytest

import bricoop
from bricoop.errors import BricoopError, UsageError
from bricoop.query.question import Question
from support.command_line import answer, run
from support.joined import decide, load_sources
from support.standing import Standing
from support.state import table_rows

#: A decision on two rows of one name.
PARTED = """\
left,right,relation,reviewer,decided_at
atlas/projects/a9,census/projects/c8,different,Ann,2026-11-04
"""
#: The setting of a user of PostgreSQL who may only read.
READ_ONLY = "?options=-c%20default_transaction_read_only%3Don"


@pytest.fixture(scope="module")
def decided(standing: Standing) -> Standing:
    """Load what decisions join, and two rows of one name that a decision parts."""
    load_sources(standing.load)
    for source, number, tier in (("atlas", "a9", 5), ("census", "c8", 6)):
        csv = f"id,name,countries\n{number},Kuri Dam,Kenya\n"
        standing.load("projects", csv, source=source, tier=tier)
    decide(standing.load)
    standing.load("decisions", PARTED, source="second-desk")
    return standing


def test_what_is_parted_is_one_row(decided: Standing) -> None:
    dams = ("--db", decided.address, "query", "projects", "--name", "kuri dam", "--count")
    assert answer(*dams) == "2\n"
    result = run(*dams, "--unmerged")
    assert result.stdout == "1\n"
    parted = " --unmerged does not part 1 project from others of its name.\n"
    assert result.stderr.endswith(parted)


def test_nothing_is_written_and_no_writer_waits(decided: Standing) -> None:
    question = Question("projects", {"name": ("kuri",)}, unmerged=True)
    before = table_rows(decided.engine)
    folder = Path(decided.address).parent
    files = {path.name: path.read_bytes() for path in folder.glob("standing.sqlite*")}
    with bricoop.open(decided.address) as base:
        assert base.ask(question).count() == 7
        with pytest.raises(BricoopError, match="no field or filter"):
            base.query("projects", unmerged=True, colour="red").count()
        assert {path.name: path.read_bytes() for path in folder.glob("standing.sqlite*")} == files
        assert table_rows(decided.engine) == before
        with base.snapshot_for(question) as state:
            decided.load("projects", "id,name,countries\nz1,Kuri Weir,Kenya\n", source="late")
            assert state.count(question) == 7
        assert base.ask(question).count() == 8
        assert base.query("projects", name="kuri").count() == 7


def test_show_and_search_leave_decisions_out(decided: Standing) -> None:
    note = "--unmerged shows 1 cluster as 3 projects and 1 cluster as 2 organizations."
    for key, ref in (
        ("kuri-highway", "census/projects/c1"),
        ("lake-kuri-road", "atlas/projects/1"),
    ):
        apart = run("--db", decided.address, "show", key, "--unmerged", "-f", "json")
        profile = json.loads(apart.stdout)
        assert (profile["key"], profile["members"], profile["decisions"]) == (key, [], [])
        assert note in apart.stderr
        joined = json.loads(answer("--db", decided.address, "show", ref, "-f", "json"))
        assert (joined["key"], len(joined["members"])) == ("road-to-lake-kuri", 3)
        by_ref = answer("--db", decided.address, "show", ref, "--unmerged", "-f", "json")
        assert json.loads(by_ref)["key"] == key
    words = ("--db", decided.address, "search", "kuri highway", "--kind", "project", "--count")
    assert answer(*words) == "1\n"
    hits = ("--db", decided.address, "search", "kuri", "--kind", "project", "-f", "json")
    keys = {row["key"] for row in json.loads(answer(*hits, "--unmerged"))}
    assert keys - {row["key"] for row in json.loads(answer(*hits))} >= {
        "kuri-highway", "lake-kuri-road",
    }  # fmt: skip
    with bricoop.open(decided.address) as base:
        assert base.show("kuri-highway", unmerged=True).key == "kuri-highway"
        hit_keys = {row.key for row in base.search("kuri", kinds="project", unmerged=True)}
        assert hit_keys >= {"kuri-highway", "lake-kuri-road"}
    assert (
        "No record is known as 'x/projects/9'. `bricoop query records --kind projects"
        in run("--db", decided.address, "show", "x/projects/9").stderr
    )


def test_scripts_ask_without_decisions(decided: Standing) -> None:
    with bricoop.open(decided.address) as base:
        (bank, other) = base.query("organizations", name=("KLH", "lending"), unmerged=True)
        assert (bank.key, other.key) == ("klh", "kuri-lending-house")
        groups = base.query("projects", name="lake kuri", unmerged=True).group("kind")
        assert [tuple(row) for row in groups] == [("road", 2)]
        assert groups.notes[0].startswith("unmerged=True shows 1 cluster as 3 projects and 1 ")
        with base.snapshot() as state, pytest.raises(UsageError, match="has what decisions join"):
            state.ask(Question("projects", unmerged=True))
        with pytest.raises(UsageError, match="Loads are the same") as refused:
            base.query("loads", unmerged=True).first()
        assert refused.value.hint == "Leave out unmerged=True."


def test_a_saved_question_leaves_decisions_out(decided: Standing, tmp_path: Path) -> None:
    path = tmp_path / "banks.toml"
    saved = ("--db", decided.address, "query", "--from", str(path), "-f", "json")
    words = ("organizations", "--name", "klh", "-f", "json", "--save", str(path))
    joined = answer("--db", decided.address, "query", *words)
    apart = answer(*saved, "--unmerged")
    path.unlink()
    assert answer("--db", decided.address, "query", *words, "--unmerged") == apart != joined
    assert "unmerged = true" in path.read_text(encoding="utf-8")
    assert answer(*saved) == apart


def test_a_user_without_temporary_tables_is_told_what_to_do(decided: Standing) -> None:
    if decided.engine.dialect.name == "sqlite":
        pytest.skip("SQLite needs no privilege")
    result = run("--db", decided.address + READ_ONLY, "query", "projects", "--unmerged")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "needs temporary tables, and the database" in result.stderr
    assert "Grant the user TEMPORARY" in result.stderr


def test_without_decisions_nothing_is_copied(server_read: str) -> None:
    questions = ("query", "projects", "--kind", "port", "--count")
    result = run("--db", server_read + READ_ONLY, *questions, "--unmerged")
    assert result.stdout == answer("--db", server_read, *questions)
    assert result.stderr.startswith("--unmerged: no decision joins or parts ")
