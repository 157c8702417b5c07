"""Tests that the documentation matches the output of the program."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from bricoop.cli.app import app
from bricoop.query.catalog import NOUNS
from support.command_line import commands

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """Return one of the scripts that make the documents."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "load-files.md", "limits.md"])
def test_reference_pages_are_fresh(page: str) -> None:
    generated = script("generate").PAGES[page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == generated, "run `make docs`"


@pytest.mark.parametrize("page", script("tour").PAGES)
def test_what_documents_run_prints_what_they_say(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert script("tour").with_output(text) == text, "run `make docs`"


def test_what_is_asked_of_published_datasets_prints_what_documents_say() -> None:
    tour = script("tour")
    if not tour.DATA.is_dir():
        pytest.skip("the published datasets are not at ../shared/data")
    text = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert tour.with_output(text, tour.DATA) == text, "run `make docs`"


def test_documents_leave_the_database_of_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.sqlite"
    monkeypatch.setenv("BRICOOP_DATABASE_URL", str(mine))
    text = script("tour").with_output("```console\n$ bricoop query links --count\n```\n")
    assert text == "```console\n$ bricoop query links --count\n5\n```\n"
    assert not mine.exists()
    assert os.environ["BRICOOP_DATABASE_URL"] == str(mine)


def test_python_files_and_long_commands_run_too() -> None:
    page = (
        '```toml links.toml\nnoun = "links"\n```\n'
        "```console\n$ bricoop query --from links.toml \\\n    --count\n```\n"
        "```pycon\n>>> for one in (1, 2):\n...     print(one)\n>>> one + 1\nnonsense\n```\n"
        "```console published\n$ bricoop query nothing\nis not run\n```\n"
    )
    transcript = page.replace("--count\n", "--count\n5\n").replace(
        ">>> one + 1\nnonsense", "1\n2\n>>> one + 1\n3"
    )
    assert script("tour").with_output(page) == transcript


def test_every_command_and_noun_has_its_place() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for path, _ in commands(get_command(app)):
        assert f"## bricoop {' '.join(path)}\n" in text
    assert all(f"## {noun.name}\n" in text for noun in NOUNS)
