"""`bricoop search` from the command line: what it prints, where, and with which exit code."""

import json
import sqlite3
from pathlib import Path

import pytest

from test_cli import answer, on_terminal, run


def test_a_search_prints_who_was_found_and_why(knowledge_base: str) -> None:
    said = answer("--db", knowledge_base, "search", "gwadar")
    head, first, *_ = said.splitlines()
    assert head.split() == ["kind", "name", "snippet", "found", "in", "sources", "locators"]
    assert first.split("  ")[0] == "project"
    assert "Gwadar Port" in first
    assert "name" in first
    assert "manufacturing-cooperation-paper" in first


def test_formats_filters_and_counts(knowledge_base: str) -> None:
    asked = ("--db", knowledge_base, "search", "瓜达尔")
    row = json.loads(answer(*asked, "-f", "json"))[0]
    assert row == {
        "position": 1, "key": "gwadar-port", "kind": "project", "name": "Gwadar Port", "snippet": "瓜达尔港",
        "hits": [[0, 3]], "found_in": ["name, translation (zh)"],
        "sources": ["manufacturing-cooperation-paper"], "locators": ["3.2.1"],
    }  # fmt: skip
    assert answer(*asked, "--count") == "1\n"
    assert answer(*asked, "--kind", "policy", "--count") == "0\n"
    assert answer(*asked, "--country", "Pakistan", "--link", "facility", "--count") == "1\n"
    assert (
        answer(*asked, "-f", "csv").splitlines()[1].startswith("1,gwadar-port,project,Gwadar Port,")
    )
    assert "| Gwadar Port |" in answer(*asked, "-f", "markdown")


def test_what_finds_nothing_says_so_and_what_may_be_meant(knowledge_base: str) -> None:
    result = run("--db", knowledge_base, "search", "gwadr", "prt")
    assert result.exit_code == 0
    assert result.stdout.split() == [
        "kind",
        "name",
        "snippet",
        "found",
        "in",
        "sources",
        "locators",
    ]
    assert result.stderr == "No rows. Did you mean: gwadar port?\n"
    assert run("--db", knowledge_base, "search", "qqqqqq").stderr == "No rows.\n"
    later = run("--db", knowledge_base, "search", "gwadar", "--offset", "50")
    assert later.stderr.startswith("No rows: there are ")
    part = run("--db", knowledge_base, "search", "port", "--limit", "1")
    assert part.stderr.startswith("1 of ")


@pytest.mark.parametrize(("text", "hint"), [("!?", "Give letters"), ("", "Give letters"),
                                            ("x -y" * 200, "Give fewer")])  # fmt: skip
def test_a_text_without_words_is_wrong_usage(knowledge_base: str, text: str, hint: str) -> None:
    result = run("--db", knowledge_base, "search", text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr


def test_an_index_that_differs_is_found_and_made_anew(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM search_document WHERE key = 'gwadar-port'")
    connection.close()
    result = run("--db", str(path), "db", "check")
    assert result.exit_code == 5
    assert "`bricoop db index` makes the search index anew." in result.stderr
    assert run("--db", str(path), "db", "index").stderr.startswith("Search finds ")
    assert run("--db", str(path), "db", "check").exit_code == 0


def test_hostile_names_do_nothing_to_a_terminal(knowledge_base: str) -> None:
    text = "name,description\nEvil\x1b[2J Hub,A [bold]hub[/bold] \x1b]0;x\x07 bell\n"
    given = ("--source", "evil", "--source-title", "Evil", "--tier", "8")
    assert run("--db", knowledge_base, "load", "projects", "-", *given, stdin=text).exit_code == 0
    for asked in ("evil hub", "bell"):
        said = answer("--db", knowledge_base, "search", asked)
        assert "\x1b" not in said
        assert "\x07" not in said
    assert "[bold]" in answer("--db", knowledge_base, "search", "bell")


def test_the_hit_stands_out_on_a_terminal(sqlite_template: Path) -> None:
    asked = ("--db", str(sqlite_template), "search", "gwadar")
    assert "\x1b[1mGwadar\x1b[0m Port" in on_terminal(120, *asked, NO_COLOR="")
    assert "\x1b" not in on_terminal(120, *asked, NO_COLOR="1")
