"""Help and shell completion: complete, readable at 80 columns, and built from summaries alone."""

import os
import shlex
import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bricoop.cli.app import app
from bricoop.domain.english import singular
from bricoop.query.catalog import NOUNS
from support.command_line import commands, run

ROOT = get_command(app)
GROUPS = {"": ROOT, "query": ROOT.get_command(None, "query")}  # type: ignore[attr-defined]


def completions(*words: str) -> list[str]:
    """Return what bash is offered after the words of a command line, the last one unfinished."""
    environment = {
        "_BRICOOP_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("bricoop", *words)),
        "COMP_CWORD": str(len(words)),
    }
    return CliRunner().invoke(app, [], prog_name="bricoop", env=environment).stdout.split()


@pytest.mark.parametrize("name", GROUPS)
def test_help_lists_every_command_under_a_heading(name: str) -> None:
    text = run(*name.split(), "--help").stdout
    for heading, entries in GROUPS[name].sections.items():
        _, _, below = text.partition(f"\n{heading}:\n")
        listed = below.partition("\n\n")[0]
        for entry in entries:
            assert f"  {entry.name} " in listed
    assert "\nExamples:\n  bricoop " in text
    assert text.index("\nExamples:") < text.index("\nOptions:")


@pytest.mark.parametrize("name", GROUPS)
def test_summaries_begin_the_help_of_their_commands(name: str) -> None:
    group = GROUPS[name]
    for entries in group.sections.values():
        for entry in entries:
            assert group.get_command(None, entry.name).help.startswith(f"{entry.summary}.")


@pytest.mark.parametrize(
    "example", [example for group in GROUPS.values() for example in group.examples]
)
def test_examples_of_groups_are_calls_that_exist(example: str) -> None:
    program, *words = shlex.split(example)
    assert program == "bricoop"
    result = run(*words, "--help")
    assert result.exit_code == 0
    options = {word for word in words if word.startswith("--")}
    assert options <= set(result.stdout.replace(",", " ").split())


def test_help_fits_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for path, _ in (*commands(ROOT), ((), None), (("query",), None)):
        text = run(*path, "--help").stdout
        assert max(map(len, text.splitlines())) <= 80, path


def test_the_usage_marks_each_argument_once() -> None:
    for path, _ in (*commands(ROOT), ((), None), (("query",), None)):
        text = run(*path, "--help").stdout
        assert not {"[[", "]]", "{{", "[{"} & {text[at : at + 2] for at in range(len(text))}, path
    assert "diff [OPTIONS] {LOAD} [LOAD]\n" in run("diff", "--help").stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("",), {"query", "search", "load", "db"}),
        (("query", ""), {noun.name for noun in NOUNS}),
        (("query", "projects", "--ki"), {"--kind"}),
        (("query", "projects", "--kind", "rail"), {"railway"}),
        (("report", "co"), {"country", "compare"}),
        (("db", "c"), {"check", "copy"}),
        (("template", "proj"), {"projects"}),
        (("total", "--rule", "sig"), {"signed"}),
        (("--ver",), {"--version"}),
    ],
)
def test_a_shell_completes_all_there_is(words: tuple[str, ...], offered: set[str]) -> None:
    assert offered <= set(completions(*words))


@pytest.mark.parametrize(
    ("arguments", "imported", "not_imported"),
    [
        ("--help", set(), {"bricoop.cli.load", "bricoop.cli.query", "sqlalchemy", "rich"}),
        ("verify --help", {"bricoop.cli.verify"}, {"bricoop.cli.query", "sqlalchemy"}),
        ("--db query rules --help", {"bricoop.cli.rules"}, {"bricoop.cli.query", "sqlalchemy"}),
    ],
)
def test_a_call_imports_only_the_command_that_it_names(
    arguments: str, imported: set[str], not_imported: set[str]
) -> None:
    modules = modules_after(arguments.split())
    assert imported <= modules
    assert not not_imported & modules


def test_completing_a_command_imports_none() -> None:
    environment = {
        "_BRICOOP_COMPLETE": "complete_bash",
        "COMP_WORDS": "bricoop ",
        "COMP_CWORD": "1",
    }
    modules = modules_after([], **environment)
    assert not {"bricoop.cli.load", "bricoop.cli.query", "sqlalchemy"} & modules


def modules_after(arguments: list[str], **environment: str) -> set[str]:
    """Return which modules the program has imported when it ends."""
    code = (
        "import sys\nfrom bricoop.__main__ import main\n"
        "sys.argv[0] = 'bricoop'\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    )  # fmt: skip
    return set(done.stderr.splitlines())


def test_only_the_root_installs_completion() -> None:
    def installs(command: Any) -> bool:
        return any("--install-completion" in parameter.opts for parameter in command.params)

    assert installs(ROOT)
    for name in ROOT.list_commands(None):  # type: ignore[attr-defined]
        command = ROOT.get_command(None, name)  # type: ignore[attr-defined]
        assert not installs(command)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("qurey", "projects"), "'bricoop query'"),
        (("query", "project"), "'projects'"),
        (("projcts",), "'bricoop query projects'"),
        (("Contries",), "'bricoop query countries'"),
        (("polices",), "'bricoop query policies'"),
        (("profile",), "'bricoop profiles'"),
        (("participation",), "'bricoop load participations'"),
        (("tempalte",), "'bricoop template'"),
    ],
)
def test_a_mistyped_command_gets_a_suggestion(words: tuple[str, ...], meant: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert f"Did you mean {meant}?" in result.stderr


def test_a_noun_in_place_of_a_command_gets_the_command_that_takes_it() -> None:
    for noun in NOUNS:
        for word in (noun.name, singular(noun.name).removesuffix(" row"), noun.name.upper()):
            result = run(word, "--country", "Kenya")
            if word not in ROOT.list_commands(None):  # type: ignore[attr-defined]
                assert f"Did you mean 'bricoop query {noun.name}'?" in result.stderr
    assert "Did you mean" not in run("zzzzzz").stderr
    assert "Did you mean" not in run("project" * 1000).stderr
