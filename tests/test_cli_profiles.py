"""Published layouts from the command line: listed, explained, tried and loaded."""

from pathlib import Path

import pytest

from test_cli import answer, run

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
    for name in ("bri-documents", "cgit", "crs", "gcdf3", "gcdf3-adm1"):
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
    assert "line 3, Country: 'Egytp' is no country" in wrong.stderr


def test_a_file_is_loaded_by_a_profile_and_its_source(
    knowledge_base: str, files: tuple[str, str]
) -> None:
    base = ("--db", knowledge_base)
    profile, data = files
    said = run(*base, "load", "--profile", profile, data)
    assert said.exit_code == 0, said.stderr
    assert "2 projects read" in said.stderr
    asked = ("query", "projects", "--source", "parks", "--columns", "key,countries", "-f", "csv")
    assert answer(*base, *asked) == "key,countries\npark-1,BLR\npark-2,EGY\n"
    other = run(*base, "load", "--profile", profile, data, "--source", "mine", "--tier", "7")
    assert other.exit_code == 0, other.stderr
    sources = answer(*base, "query", "sources", "--columns", "key,tier", "-f", "csv")
    assert "parks,6\n" in sources
    assert "mine,7\n" in sources


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("load", "projects", "--source", "x"), "A load needs a noun and a file"),
        (("load", "projects", "in.csv", "--profile", "gcdf3"), "Leave projects out"),
        (("load", "in.csv", "--profile", "cgit"), "--variant: english, continental"),
        (("load", "in.csv", "--profile", "gcdf3", "--variant", "x"), "has no variant 'x'"),
    ],
)
def test_a_wrong_call_is_explained(
    sqlite_template: Path, asked: tuple[str, ...], said: str
) -> None:
    result = run("--db", str(sqlite_template), *asked)
    assert result.exit_code == 2
    assert said in result.stderr
