"""Published layouts from the command line: listed, explained, tried and loaded."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bricoop.ingest.profile.parse import profile_of
from support.command_line import answer, run

pytestmark = pytest.mark.later_on_postgresql

PROFILE = """
title = "Parks"
about = "Where parks are published."
[source]
key = "parks"
title = "List of parks"
tier = 6
[styles]
decimal = ","
thousands = "."
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "park-{No}" }
name = "Park"
kind = { constant = "industrial-park" }
countries = "Country"
"""
DATA = "No,Park,Country,Hectares\n1,Orsha Park,Belarus,9.150\n2,Suez Park,Egypt,734\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A profile and a file in its layout."""
    profile, data = tmp_path / "parks.toml", tmp_path / "parks.csv"
    profile.write_text(PROFILE, encoding="utf-8")
    data.write_text(DATA, encoding="utf-8")
    return str(profile), str(data)


def test_the_shipped_profiles_are_listed_and_explained() -> None:
    listed = answer("profiles")
    for name in ("bri-documents", "cari", "cgit", "crs", "gcdf3", "gcdf3-adm1", "gcof1"):
        assert f"\n{name} " in listed
        explained = answer("profiles", "show", name)
        assert explained.startswith(f"{name}: ")
        assert "A row becomes" in explained
    assert "variants: english, continental" in answer("profiles", "show", "cgit")
    wrong = run("profiles", "show", "gcdf")
    assert wrong.exit_code == 4
    assert "gcdf3" in wrong.stderr


def test_a_file_is_tried_without_a_knowledge_base(
    files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRICOOP_DATABASE_URL", str(tmp_path / "none.sqlite"))
    tried = answer("profiles", "check", *files)
    assert tried.splitlines()[1:] == ["        2 projects"]
    assert not (tmp_path / "none.sqlite").exists()
    Path(files[1]).write_text(DATA.replace("Egypt", "Egytp"), encoding="utf-8")
    wrong = run("profiles", "check", *files)
    assert wrong.exit_code == 3
    assert "line 3, Country: 'Egytp' is not a known country" in wrong.stderr


def test_a_file_is_loaded_by_a_profile_and_its_source(
    knowledge_base: str, files: tuple[str, str]
) -> None:
    base = ("--db", knowledge_base)
    profile, data = files
    result = run(*base, "load", "--profile", profile, data)
    assert result.exit_code == 0, result.stderr
    assert "2 projects read" in result.stderr
    command = ("query", "projects", "--source", "parks", "--columns", "key,countries", "-f", "csv")
    assert answer(*base, *command) == "key,countries\npark-1,BLR\npark-2,EGY\n"
    other = run(*base, "load", "--profile", profile, data, "--source", "mine", "--tier", "7")
    assert other.exit_code == 0, other.stderr
    sources = answer(*base, "query", "sources", "--columns", "key,tier", "-f", "csv")
    assert "parks,6\n" in sources
    assert "mine,7\n" in sources


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("load", "projects", "--source", "x"), "A load needs a noun and a file"),
        (("load", "projects", "in.csv", "--profile", "gcdf3"), "Leave out projects"),
        (("load", "in.csv", "--profile", "cgit"), "--variant: english, continental"),
        (
            ("load", "in.csv", "--profile", "gcdf3", "--variant", "x"),
            "gcdf3 has no variants; leave --variant out.",
        ),
    ],
)
def test_a_wrong_call_is_explained(
    sqlite_template: Path, command: tuple[str, ...], message: str
) -> None:
    result = run("--db", str(sqlite_template), *command)
    assert result.exit_code == 2
    assert message in result.stderr


MONEY = """
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = { template = "park-{No}" }
kind = { constant = "commitment" }
amount = { column = "Millions", number = true, multiply = 1000000 }
amount_usd = { column = "Millions", number = true, multiply = 1000000 }
currency = { constant = "USD" }
"""


def test_a_check_lists_a_bad_cell_once_and_writes_all_problems_to_a_file(tmp_path: Path) -> None:
    profile, data, log = tmp_path / "parks.toml", tmp_path / "parks.csv", tmp_path / "log.csv"
    profile.write_text(PROFILE + MONEY, encoding="utf-8")
    text = "No,Park,Country,Millions\n1,Orsha,Belrus,x\n2,Suez,Egypt,7\n3,Málaga,Spain,1.5\n"
    data.write_bytes(text.encode("latin-1"))
    refused = run("profiles", "check", str(profile), str(data))
    assert refused.exit_code == 3
    assert "--encoding" in refused.stderr
    command = ("profiles", "check", str(profile), str(data), "--encoding", "latin-1")
    wrong = run(*command, "--problems", str(log))
    assert wrong.exit_code == 3
    assert wrong.stdout == ""
    assert wrong.stderr.count("'x' is not a number") == 1
    assert f"2 of 3 rows in {data} have problems." in wrong.stderr
    assert "loaded" not in wrong.stderr
    with log.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["line"], row["column"], row["value"]) for row in rows] == [
        ("2", "Country", "Belrus"),
        ("2", "Millions", "x"),
        ("4", "Millions", "1.5"),
    ]


def test_a_shipped_profile_is_printed_to_be_copied(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(answer("profiles", "show", "cgit", "--toml"), encoding="utf-8")
    assert replace(profile_of(str(path)), name="cgit", path="") == profile_of("cgit")
    assert path.read_text(encoding="utf-8").startswith("# The China Global Investment Tracker")
    wrong = run("profiles", "show", str(path), "--toml")
    assert (wrong.exit_code, "bri-documents; cari; cgit" in wrong.stderr) == (4, True)


def test_a_dry_run_shows_what_diff_shows_after_the_load(
    knowledge_base: str, files: tuple[str, str], tmp_path: Path
) -> None:
    profile, data = files
    command = ("--db", knowledge_base, "load", "--profile", profile, data)
    first = run(*command, "--dry-run")
    assert first.exit_code == 0, first.stderr
    changes, _, stored = first.stdout.partition("\n\n")
    assert [line.split()[:3] for line in changes.splitlines()[1:]] == [
        ["new", "projects", "1"],
        ["new", "projects", "2"],
    ]
    assert stored.startswith("The 2 new projects, as stored:\n")
    assert "Dry run, nothing was written" in first.stderr
    unknown = run("--db", knowledge_base, "query", "projects", "--source", "parks")
    assert "No source is known as 'parks'" in unknown.stderr
    assert run(*command).exit_code == 0
    Path(data).write_text(
        "No,Park,Country,Hectares\n1,Orsha Park,Egypt,9.150\n3,Lagos Park,Nigeria,12\n",
        encoding="utf-8",
    )
    tried = json.loads(answer(*command, "--complete", "--dry-run", "-f", "json"))
    lagos = [
        (difference["field"], difference["after"])
        for difference in tried
        if difference["change"] == "new"
    ]
    assert [field for field in lagos if field[0] != "id"][:1] == [("countries", ["NGA"])]
    assert ("name", "Lagos Park") in lagos
    assert [
        (
            difference["change"],
            difference["id"],
            difference["field"],
            difference["before"],
            difference["after"],
        )
        for difference in tried
    ] == [
        ("changed", "1", "countries", ["BLR"], ["EGY"]),
        ("gone", "2", None, None, None),
        *(("new", "3", field, None, value) for field, value in lagos),
    ]
    out = tmp_path / "changes.csv"
    assert run(*command, "--complete", "--dry-run", "-o", str(out)).exit_code == 0
    loaded = run(*command, "--complete")
    number = loaded.stderr.partition("Load ")[2].partition(":")[0]
    assert json.loads(answer("--db", knowledge_base, "diff", number, "-f", "json")) == tried
    assert answer("--db", knowledge_base, "diff", number, "-f", "csv") == out.read_text("utf-8")
    wrong = run(*command, "-f", "json")
    assert (wrong.exit_code, "--dry-run" in wrong.stderr) == (2, True)


def test_a_long_dry_run_is_cut_for_people_only(knowledge_base: str, tmp_path: Path) -> None:
    data = tmp_path / "many.csv"
    data.write_text("name\n" + "".join(f"Port {n}\n" for n in range(60)), encoding="utf-8")
    command = ("--db", knowledge_base, "load", "projects", str(data), "--source", "x",
             "--source-title", "X", "--tier", "5", "--dry-run")  # fmt: skip
    tried = run(*command)
    changes, _, stored = tried.stdout.partition("\n\n")
    assert len(changes.splitlines()) == 51
    assert "10 rows more" in tried.stderr
    title, _, *rows = stored.splitlines()
    assert title == "The first 5 of 60 new projects, as stored:"
    assert [row.strip() for row in rows] == [f"Port {n}" for n in range(5)]
    assert len(json.loads(answer(*command, "-f", "json"))) == 60
    page = tmp_path / "tried.md"
    assert run(*command, "-o", str(page)).exit_code == 0
    assert "\n\nThe first 5 of 60 new projects, as stored:\n\n| name |\n" in page.read_text()


def test_a_dry_run_shows_new_rows_as_they_would_be_stored(
    knowledge_base: str, tmp_path: Path
) -> None:
    data = tmp_path / "hubs.csv"
    long = "x" * 200
    data.write_text(
        f"id,name,countries,financiers,started,description\n7,A Hub,Belarus,CDB; Mine,2019,{long}\n"
        "8,B Hub,,,,\n",
        encoding="utf-8",
    )
    command = ("--db", knowledge_base, "load", "projects", str(data), "--source", "x",
             "--source-title", "X", "--tier", "5")  # fmt: skip
    _, _, stored = run(*command, "--dry-run").stdout.partition("as stored:\n")
    heading, first, second = stored.splitlines()
    assert heading.split() == ["id", "name", "countries", "started", "financiers", "description"]
    assert first.split() == [
        "7",
        "A",
        "Hub",
        "BLR",
        "2019",
        "CDB;",
        "Mine",
        f"{'x' * 60}…",
    ]
    assert second.split() == ["8", "B", "Hub"]
    assert run(*command).exit_code == 0
    again = run(*command, "--dry-run")
    assert (again.exit_code, again.stdout) == (0, "")
