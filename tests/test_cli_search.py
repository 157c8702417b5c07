"""`bricoop search` from the command line: what it prints, where, and with which exit code."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from support.command_line import NEW_SOURCE, answer, on_terminal, run

pytestmark = pytest.mark.later_on_postgresql


def test_a_search_prints_who_was_found_and_why(knowledge_base: str) -> None:
    output = answer("--db", knowledge_base, "search", "gwadar")
    head, first, *_ = output.splitlines()
    assert head.split() == ["kind", "name", "snippet", "found", "in", "sources", "locators"]
    assert first.split("  ")[0] == "project"
    assert "Gwadar Port" in first
    assert "name" in first
    assert "manufacturing-cooperation-paper" in first


def test_formats_filters_and_counts(knowledge_base: str) -> None:
    command = ("--db", knowledge_base, "search", "瓜达尔")
    row = json.loads(answer(*command, "-f", "json"))[0]
    assert row == {
        "position": 1, "key": "gwadar-port", "kind": "project", "name": "Gwadar Port", "snippet": "瓜达尔港",
        "hits": [[0, 3]], "found_in": ["name, translation (zh)"],
        "sources": ["manufacturing-cooperation-paper"], "locators": ["3.2.1"],
    }  # fmt: skip
    assert answer(*command, "--count") == "1\n"
    assert answer(*command, "--kind", "policy", "--count") == "0\n"
    assert answer(*command, "--country", "Pakistan", "--link", "facility", "--count") == "1\n"
    assert (
        answer(*command, "-f", "csv")
        .splitlines()[1]
        .startswith("1,gwadar-port,project,Gwadar Port,")
    )
    assert "| Gwadar Port |" in answer(*command, "-f", "markdown")


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
    first, tried, *_ = result.stderr.splitlines()
    assert first == "No rows. Did you mean: gwadar port?"
    assert tried.startswith("Looked for, in names and in texts about them: words that begin with ")
    unknown = run("--db", knowledge_base, "search", "qqqqqq").stderr.splitlines()
    assert unknown[0] == "No rows."
    assert unknown[-1] == "Try another spelling or language, or the beginning of a word."
    later = run("--db", knowledge_base, "search", "gwadar", "--offset", "50")
    assert later.stderr.startswith("No rows: there are ")
    page = run("--db", knowledge_base, "search", "port", "--limit", "1")
    assert page.stderr.startswith("1 of ")


@pytest.mark.parametrize(("text", "hint"), [("!?", "Use letters"), ("", "Use letters"),
                                            ("x -y" * 200, "Use fewer")])  # fmt: skip
def test_a_text_without_words_is_wrong_usage(knowledge_base: str, text: str, hint: str) -> None:
    result = run("--db", knowledge_base, "search", text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr


def test_an_index_that_differs_is_found_and_made_again(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM search_document WHERE key = 'gwadar-port'")
    connection.close()
    result = run("--db", str(path), "db", "check")
    assert result.exit_code == 5
    assert "Run `bricoop db rebuild`." in result.stderr
    assert "; indexed " in run("--db", str(path), "db", "rebuild").stderr
    assert run("--db", str(path), "db", "check").exit_code == 0


def test_hostile_names_do_nothing_to_a_terminal(knowledge_base: str) -> None:
    text = "name,description\nEvil\x1b[2J Hub,A [bold]hub[/bold] \x1b]0;x\x07 bell\n"
    source = ("--source", "evil", "--source-title", "Evil", "--tier", "8")
    assert run("--db", knowledge_base, "load", "projects", "-", *source, stdin=text).exit_code == 0
    for words in ("evil hub", "bell"):
        output = answer("--db", knowledge_base, "search", words)
        assert "\x1b" not in output
        assert "\x07" not in output
    assert "[bold]" in answer("--db", knowledge_base, "search", "bell")


def test_the_hit_stands_out_on_a_terminal(sqlite_template: Path) -> None:
    command = ("--db", str(sqlite_template), "search", "gwadar")
    assert "\x1b[1mGwadar\x1b[0m Port" in on_terminal(120, *command, NO_COLOR="")
    assert "\x1b" not in on_terminal(120, *command, NO_COLOR="1")


PLACED = (
    "name,countries\nAlpha railway,Kenya\nBeta railway,Vietnam\nGamma railway,\n"
    "Delta railway,Southeast Asia\nEpsilon port,Kenya\n"
)


def test_regions_and_countries_are_asked_for_in_any_spelling(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin=PLACED)
    command = (*base, "search", "railway", "--source", "notes", "-f", "ndjson")

    def names(*more: str) -> set[str]:
        return {json.loads(line)["name"][0] for line in answer(*command, *more).splitlines()}

    assert names("--region", "Africa") == names("--region", "east africa") == {"A"}
    assert names("--country", "sub-Saharan Africa") == names("--country", "KEN") == {"A"}
    # What the source places in the region itself, too.
    assert names("--country", "south east asia") == {"B", "D"}
    assert names("--region", "South-eastern Asia") == {"B"}
    assert names("--region", "Africa", "--region", "Viet Nam") == {"A", "B"}
    wrong = run(*command, "--region", "Afirca")
    assert (wrong.exit_code, "Africa" in wrong.stderr) == (4, True)


def test_what_has_no_country_or_link_is_counted_where_these_are_asked_for(
    knowledge_base: str,
) -> None:
    base = ("--db", knowledge_base)
    rows = f"{PLACED.splitlines()[0]}\nAlpha railway,Kenya\nBeta railway,\nGamma rail,\n"
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin=rows)
    search = (*base, "search", "railway", "--source", "notes")
    none = "1 more result matches everything else and has no country.\n"
    assert run(*search).stderr == ""
    assert run(*search, "--country", "Kenya").stderr == none
    assert run(*search, "--region", "Africa", "--count").stderr == none
    assert run(*search, "--country", "Kenya", "--kind", "organization", "--count").stderr == ""
    # What has none is found by other filters; nothing has a link.
    links = run(*search, "--country", "Kenya", "--link", "trade", "--count").stderr
    assert links == "1 more result matches everything else and has no link.\n"


def test_a_search_that_finds_nothing_says_how_to_widen_it(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin=PLACED)
    result = run(*base, "search", "alpha", "port", "--country", "Vietnam", "--kind", "project")
    none, tried, wider = result.stderr.splitlines()
    assert none == "No rows."
    assert 'words that begin with "alpha", words that begin with "port"' in tried
    assert tried.endswith("--kind project, --country Vietnam.")
    assert wider == "Try another spelling or language, or the beginning of a word."
    outcome = run(*base, "search", "railway", "--country", "Greece")
    assert re.search(r"Without --country there are \d+ hits\.", outcome.stderr)
    several = run(*base, "search", "epsilon", "gamma", "--source", "notes")
    assert several.stderr.endswith(
        "For epsilon alone there is 1 hit; for gamma alone there is 1 hit.\n"
    )


def test_operators_of_other_searches_get_a_note(knowledge_base: str) -> None:
    for text, is_noted in (("port OR road", True), ("port or road", False), ("OR port", False)):
        message = run("--db", knowledge_base, "search", text).stderr
        assert ("OR is searched as a word" in message) == is_noted, text
