"""No output takes the place of the knowledge base, of an input, or of another output."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command

from bricoop.cli import file_options
from bricoop.cli.app import app
from support.command_line import answer, commands, run

#: Arguments that commands need besides the option that is tried; queries of nouns need none.
NEEDED = {
    "search": ("Gwadar",), "sql": ("SELECT 1",), "show": ("Gwadar",), "total": (),
    "verify": ("card.json",), "load": ("projects", "mine.csv", "--source", "notes"),
    "template": ("projects",), "diff": ("1",),
}  # fmt: skip


class Option(NamedTuple):
    """A parameter of a command, and the words of the command that it belongs to."""

    command: tuple[str, ...]
    parameter: Any

    @property
    def callback(self) -> object:
        """What the parameter was declared with."""
        return getattr(self.parameter.callback, "__wrapped__", None)

    @property
    def option(self) -> str | None:
        """How it is typed; None for an argument."""
        return next((flag for flag in self.parameter.opts if flag.startswith("--")), None)


def every_option(command: Any, path: tuple[str, ...] = ()) -> Iterator[Option]:
    """Yield the parameters of all commands."""
    yield from (Option(path, parameter) for parameter in command.params)
    for name in getattr(command, "commands", ()):
        yield from every_option(command.get_command(None, name), (*path, name))


OPTIONS = [*every_option(get_command(app))]
WRITTEN = [option for option in OPTIONS if option.callback is file_options.output_option]


@pytest.fixture
def folder(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a knowledge base, which is the current one."""
    shutil.copyfile(sqlite_template, tmp_path / "kb.sqlite")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BRICOOP_DATABASE_URL", raising=False)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_option_that_names_a_file_says_whether_it_is_read_or_written() -> None:
    undeclared = [
        (option.command, option.parameter.opts)
        for option in OPTIONS
        if (
            "Path" in str(option.parameter.type_descriptor.annotation)
            or {"FILE", "PATH"} & set(re.split(r"\W+", str(option.parameter.metavar)))
            or ".toml" in str(getattr(option.parameter, "help", ""))
        )
        and option.callback not in file_options.FILE_CALLBACKS
    ]
    assert not undeclared
    assert len(WRITTEN) > 40


def test_no_option_of_any_command_writes_over_the_knowledge_base(folder: Path) -> None:
    before = content(folder)
    for option in WRITTEN:
        target = (option.option, "kb.sqlite") if option.option else ("kb.sqlite",)
        arguments = (
            "--db",
            "kb.sqlite",
            *option.command,
            *target,
            *NEEDED.get(option.command[0], ()),
        )
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert "kb.sqlite would overwrite the knowledge base kb.sqlite" in result.stderr, arguments
        assert (option.option or option.parameter.metavar) in result.stderr, arguments
    assert content(folder) == before


@pytest.mark.parametrize(
    "command",
    [
        ("query", "links", "-f", "csv", "-o"),
        ("query", "links", "--save"),
        ("template", "projects", "-o"),
        ("profiles", "links", "-o"),
        ("rules", "show", "signed", "-o"),
        ("total", "--card"),
        ("load", "projects", "mine.csv", "--source", "notes", "--rejects"),
        ("db", "backup"),
    ],
    ids=" ".join,
)
def test_neither_links_nor_files_beside_the_knowledge_base_are_written(
    folder: Path, command: tuple[str, ...]
) -> None:
    os.link("kb.sqlite", "hard")
    (folder / "soft").symlink_to("kb.sqlite")
    (folder / "wal-link").symlink_to("kb.sqlite-wal")
    (folder / "sub").mkdir()
    before = content(folder)
    url = f"sqlite:///{folder}/kb.sqlite"
    for name in (
        "hard", "soft", "wal-link", "kb.sqlite-wal", "kb.sqlite-shm", "kb.sqlite-journal",
        "sub/../kb.sqlite",
    ):  # fmt: skip
        result = run("--db", url, *command, name)
        assert (result.exit_code, "overwrite the knowledge base" in result.stderr) == (2, True)
    assert content(folder) == before


def test_the_database_may_be_named_anywhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = ("query", "links", "-o", "kb.sqlite", "-f", "csv")
    before = content(folder)
    assert run(*query, "--db", "kb.sqlite").exit_code == 2
    assert run("query", "links", "--db", "kb.sqlite", "-o", "kb.sqlite").exit_code == 2
    monkeypatch.setenv("BRICOOP_DATABASE_URL", "kb.sqlite")
    assert run(*query).exit_code == 2
    assert run("template", "projects", "-o", "kb.sqlite").exit_code == 2
    assert run("--db", "other.sqlite", *query).exit_code == 2
    assert content(folder) == before


def test_a_knowledge_base_behind_a_link_keeps_its_log(folder: Path) -> None:
    (folder / "soft").symlink_to("kb.sqlite")
    for name in ("kb.sqlite-wal", "soft-wal"):
        result = run("--db", "soft", "query", "links", "-f", "csv", "-o", name)
        assert (result.exit_code, "overwrite the knowledge base" in result.stderr) == (2, True)


MEMO = 'title = "M"\n[[parts]]\ntext = "Hello"\n'
RULE = 'version = 1\ntitle = "Mine"\n'
PROFILE = (
    'title = "P"\n[source]\nkey = "p"\ntitle = "P"\ntier = 6\n[[records]]\nnoun = "projects"\n'
    'id = ["a"]\nfields = {name = "a", links = {column = "b", map = "l"}}\n'
    '[maps]\nl = "links.csv"\n'
)
FILES = {
    "m.toml": MEMO, "q.toml": 'noun = "links"\n', "q.sql": "SELECT 1 AS x", "r.toml": RULE,
    "p.toml": PROFILE, "mine.csv": "a,b\n1,2\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("report --from m.toml -o m.toml", "--from"),
        ("query --from q.toml -o q.toml", "--from"),
        ("query --from q.toml -o link.toml", "--from"),
        ("sql --file q.sql -o q.sql", "--file"),
        ("verify card.json -o card.json", "CARD"),
        ("total --rule r.toml -o r.toml", "--rule"),
        ("total --rule r.toml --card r.toml", "--rule"),
        ("report country Kenya --rule r.toml -o r.toml", "--rule"),
        ("rules show r.toml -o r.toml", "NAME"),
        ("profiles show p.toml -o p.toml", "NAME"),
        ("load --profile p.toml mine.csv --rejects mine.csv", "FILE"),
        ("load --profile p.toml mine.csv --problems p.toml", "--profile"),
        ("load --profile p.toml mine.csv --problems links.csv", "--profile"),
        ("load --profile p.toml --links own.csv mine.csv --problems own.csv", "--links"),
        ("load projects mine.csv --source x --rejects mine.csv", "FILE"),
    ],
)
def test_no_command_writes_over_what_it_reads(folder: Path, command: str, option: str) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    answer("--db", "kb.sqlite", "total", "--card", "card.json")
    table = answer("profiles", "links")
    for name in ("links.csv", "own.csv"):
        (folder / name).write_text(table, encoding="utf-8")
    (folder / "link.toml").symlink_to("q.toml")
    before = content(folder)
    result = run("--db", "kb.sqlite", *command.split())
    assert result.exit_code == 2, result.stderr
    assert f"would overwrite the file that is read ({option})" in result.stderr
    assert content(folder) == before


@pytest.mark.parametrize(
    "command",
    [
        "total -f csv -o new.x --card new.x",
        "query links -f csv -o new.x --save ./new.x",
        "query links -f csv -o new.x --provenance --save new.x.provenance.json",
        "load projects mine.csv --source x --rejects new.x --problems new.x",
        "report --from m.toml -o m.figures.json",
    ],
)
def test_two_outputs_are_two_files(folder: Path, command: str) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    before = content(folder)
    result = run("--db", "kb.sqlite", *command.split())
    assert (result.exit_code, "name the same file" in result.stderr) == (2, True), result.stderr
    assert content(folder) == before


def test_other_files_are_overwritten(folder: Path) -> None:
    (folder / "old.csv").write_text("old", encoding="utf-8")
    answer("--db", "kb.sqlite", "query", "links", "-o", "old.csv")
    assert (folder / "old.csv").read_text(encoding="utf-8").startswith("key,")


def test_the_help_says_whether_an_older_file_is_replaced() -> None:
    refusing = {("template",), ("profiles", "show"), ("profiles", "new"), ("profiles", "links")}
    for path, command in commands(get_command(app)):
        texts = [parameter.help for parameter in command.params if "--output" in parameter.opts]
        for text in texts:
            assert ("which must not exist yet" in text) == (path in refusing), path
            assert ("replacing an older one" in text) == (path not in refusing), path


@pytest.mark.parametrize(
    "command",
    [
        "query links --save", "total --card", "template projects -o", "profiles new mine.csv -o",
        "profiles show gcdf3 --toml -o", "profiles show gcdf3 -o", "profiles links -o",
    ],
)  # fmt: skip
def test_what_people_edit_or_keep_is_not_replaced(folder: Path, command: str) -> None:
    (folder / "mine.csv").write_text("Project,Country\nA,Kenya\n", encoding="utf-8")
    endings = {"profiles new": "toml", "--toml": "toml", "show gcdf3 -o": "txt"}
    ending = next((ending for words, ending in endings.items() if words in command), "csv")
    name = f"old.{ending}"
    existing = folder / name
    existing.write_text("edited", encoding="utf-8")
    result = run("--db", "kb.sqlite", *command.split(), name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"The file {name} exists already" in result.stderr
    assert existing.read_text(encoding="utf-8") == "edited"
    # An empty file is one that a program has made for the answer.
    existing.write_text("", encoding="utf-8")
    answer("--db", "kb.sqlite", *command.split(), name)
    assert existing.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        "query links", "query --from q.toml", "report country Kenya", "report --from m.toml",
        "total", "search Kenya", "show Kenya", "sql SELECT(1)", "diff 1", "template projects",
        "profiles", "profiles show gcdf3", "profiles links", "rules", "rules show signed",
        "report country Kenya --cite bibtex", "verify card.json",
    ],
)  # fmt: skip
def test_an_ending_of_no_known_format_is_refused(folder: Path, command: str) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("out.doc", "out.csv.gz"):
        result = run("--db", "kb.sqlite", *command.split(), "-o", name)
        assert (result.exit_code, result.stdout) == (2, ""), command
        assert "Use one of ." in result.stderr, result.stderr
        assert not (folder / name).exists()


def test_a_file_without_an_ending_gets_plain_text_and_a_named_format_any_ending(
    folder: Path,
) -> None:
    table = answer("--db", "kb.sqlite", "query", "links")
    for name in ("out", "out.txt"):
        answer("--db", "kb.sqlite", "query", "links", "-o", name)
        assert (folder / name).read_text(encoding="utf-8") == table
    answer("--db", "kb.sqlite", "query", "links", "-o", "out.doc", "-f", "csv")
    assert (folder / "out.doc").read_text(encoding="utf-8").startswith("key,")


def test_standard_output_that_leads_to_the_knowledge_base_is_refused(folder: Path) -> None:
    before = content(folder)
    with (folder / "kb.sqlite").open("ab") as appended:
        result = subprocess.run(
            [sys.executable, "-m", "bricoop", "--db", "kb.sqlite", "query", "links", "-f", "csv"],
            stdout=appended, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert result.returncode == 2
    assert "Standard output would overwrite the knowledge base" in result.stderr
    assert content(folder)["kb.sqlite"] == before["kb.sqlite"]


@pytest.mark.parametrize("name", ["other.db", "other.db-wal", "link.csv"])
def test_no_output_overwrites_another_database(folder: Path, name: str) -> None:
    shutil.copyfile(folder / "kb.sqlite", folder / "other.db")
    (folder / "link.csv").symlink_to(folder / "other.db")
    before = content(folder)
    for command in (
        ("query", "links", "--save", name),
        ("query", "links", "-f", "csv", "-o", name),
        ("total", "--card", name),
        ("template", "projects", "-o", name),
    ):
        refused = run("--db", "kb.sqlite", *command)
        assert refused.exit_code == 2, command
        assert f"{name} would overwrite a" in refused.stderr, command
        assert "database" in refused.stderr, command
    assert content(folder) == before


@pytest.mark.parametrize("name", ["other.db-wal", "other.db-journal", "link-shm"])
def test_no_copy_takes_a_name_that_belongs_to_another_database(folder: Path, name: str) -> None:
    shutil.copyfile(folder / "kb.sqlite", folder / "other.db")
    (folder / "link-shm").symlink_to(folder / "other.db-shm")
    before = content(folder)
    for command in ("backup", "copy"):
        refused = run("--db", "kb.sqlite", "db", command, name)
        assert refused.exit_code == 2, command
        assert f"{name} would overwrite a part of the database other.db" in refused.stderr.replace(
            f"{folder}/", ""
        )
    assert content(folder) == before


def test_a_hyphen_is_standard_output_and_no_file(folder: Path) -> None:
    for words in ("query links --columns code -f csv", "show Gwadar", "template names"):
        call = ("--db", "kb.sqlite", *words.split())
        assert run(*call, "-o", "-").stdout == answer(*call)
    refused = run("--db", "kb.sqlite", "total", "--card", "-")
    assert refused.exit_code == 2
    assert "--card writes a file, and - is standard output. Name a file." in refused.stderr
    for command, name in (("backup", "FILE"), ("copy", "URL")):
        refused = run("--db", "kb.sqlite", "db", command, "-")
        assert refused.exit_code == 2
        assert f"{name} writes a file, and - is standard output. Name a file." in refused.stderr
    assert not (folder / "-").exists()
