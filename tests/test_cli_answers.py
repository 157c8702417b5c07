"""What a new user meets: names of several words, empty answers, formats by ending, completion."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bricoop.cli.app import app
from bricoop.domain.grammar import counted
from test_cli import NEW, answer, run


def test_a_load_without_a_source_offers_those_that_say_something(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW, stdin="name\nOrsha Hub\n")
    without = ("load", "projects", "-")
    assert "manufacturing-cooperation-paper, notes, oecd-dac, vision" in run(*base, *without).stderr
    number = answer(*base, "query", "loads", "--source", "notes", "--columns", "key", "-f", "csv")
    run(*base, "undo", number.split()[-1])
    assert "manufacturing-cooperation-paper, oecd-dac, vision" in run(*base, *without).stderr


def test_sources_show_the_key_that_loads_and_filters_take(sqlite_template: Path) -> None:
    table = answer("--db", str(sqlite_template), "query", "sources")
    assert table.startswith("key ")


def test_an_empty_table_says_so_and_what_is_kept_back(knowledge_base: str) -> None:
    base = ("--db", knowledge_base, "query")
    tuvalu = run(*base, "countries", "--name", "Tuvalu")
    all_of_it = "--all adds 1: countries with nothing recorded about them"
    assert tuvalu.stderr == f"No rows. {all_of_it}.\n"
    assert run(*base, "countries", "--name", "Tuvalu", "-f", "csv").stderr == ""
    assert run(*base, "countries", "--name", "Tuvalu", "--all").stderr == ""
    assert run(*base, "projects", "--name", "nowhere").stderr == "No rows.\n"


def test_an_unknown_region_offers_the_closest(knowledge_base: str) -> None:
    base = ("--db", knowledge_base, "query", "countries", "--region")
    far = run(*base, "Narnia")
    assert (far.exit_code, far.stdout) == (4, "")
    assert "Did you mean: Africa; Americas; Antarctica; Asia; Europe; Oceania?" in far.stderr
    assert "Did you mean: Western Africa" in run(*base, "Westren Africa").stderr


def test_a_region_filters_what_sources_place_there(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    for noun in ("projects", "agreements", "policies"):
        text = "name,countries\nOne,Southeast Asia\nTwo,Belarus\n"
        run(*base, "load", noun, "-", *NEW, stdin=text)
        asked = ("query", noun, "--source", "notes", "--columns", "name", "-f", "csv")
        assert answer(*base, *asked, "--country", "southeast asia") == "name\nOne\n"
    wrong = run(*base, "query", "projects", "--country", "Suotheast Asia")
    assert "No country or region is known" in wrong.stderr
    assert "Did you mean: Southeast Asia" in wrong.stderr


@pytest.mark.parametrize("command", ["show", "report country"])
def test_a_name_of_several_words_needs_no_quotes(sqlite_template: Path, command: str) -> None:
    base = ("--db", str(sqlite_template), *command.split())
    assert answer(*base, "Sri", "Lanka") == answer(*base, "Sri Lanka")


def test_the_ending_of_the_output_chooses_the_format(sqlite_template: Path, tmp_path: Path) -> None:
    base = ("--db", str(sqlite_template))
    commands = {
        "csv tsv ndjson json md": ("query", "links"),
        "json md": ("show", "Gwadar"),
        "JSON": ("report", "country", "Belarus"),
    }
    for endings, command in commands.items():
        for ending in endings.split():
            path = tmp_path / f"x.{ending}"
            answer(*base, *command, "--output", str(path))
            format_ = {"md": "markdown"}.get(ending, ending.lower())
            assert path.read_text(encoding="utf-8") == answer(*base, *command, "-f", format_)
    for name, command in (("x.txt", ("query", "links")), ("x.txt", ("show", "Gwadar"))):
        answer(*base, *command, "--output", str(tmp_path / name))
        assert (tmp_path / name).read_text(encoding="utf-8") == answer(*base, *command)
    both = tmp_path / "both.csv"
    answer(*base, "query", "links", "-f", "json", "-o", str(both))
    assert len(json.loads(both.read_text(encoding="utf-8"))) == 5


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("load p", {"projects", "policies", "participations"}),
        ("template f", {"findings", "finance"}),
        ("query projects --link f", {"facility", "finance"}),
        ("query projects --kind ra", {"railway"}),
    ],
)
def test_a_shell_completes_nouns_and_codes(words: str, offered: set[str]) -> None:
    asked = {
        "_BRICOOP_COMPLETE": "complete_bash",
        "COMP_WORDS": f"bricoop {words}",
        "COMP_CWORD": str(len(words.split())),
    }
    done = CliRunner().invoke(app, [], env=asked, prog_name="bricoop")
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize(
    ("number", "plural", "said"),
    [(1, "countries", "1 country"), (2, "countries", "2 countries"), (1, "links", "1 link"), (0, "records", "0 records")],
)  # fmt: skip
def test_one_is_singular(number: int, plural: str, said: str) -> None:
    assert counted(number, plural) == said


def test_undoing_counts_in_plain_words(knowledge_base: str) -> None:
    base = ("--db", knowledge_base)
    run(*base, "load", "projects", "-", *NEW, stdin="name\nOrsha Hub\n")
    number = answer(*base, "query", "loads", "--source", "notes", "--columns", "key", "-f", "csv")
    said = run(*base, "undo", number.split()[-1]).stderr
    assert "1 record removed, 0 restored, 1 entity deleted" in said


def test_an_unknown_format_is_refused_in_plain_words(sqlite_template: Path) -> None:
    wrong = run("--db", str(sqlite_template), "query", "links", "-f", "xml")
    assert wrong.exit_code == 2
    assert (
        "Invalid value for '--format' / '-f': 'xml' is not one of 'table', 'json'" in wrong.stderr
    )
