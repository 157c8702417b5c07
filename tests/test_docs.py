"""The documents are true: what they print is what the program prints."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from bricoop.cli.app import app
from bricoop.query.catalog import NOUNS
from test_cli import commands

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """Return one of the scripts that make the documents."""
    found = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "load-files.md"])
def test_reference_pages_are_fresh(page: str) -> None:
    made = script("generate").PAGES[page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made, "run `make docs`"


@pytest.mark.parametrize(
    "page", ["README.md", "docs/exporting.md", "docs/searching.md", "docs/sql.md"]
)
def test_commands_in_documents_print_what_they_say(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert script("tour").told(text) == text, "run `make docs`"


def test_every_command_and_noun_has_its_place() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for path, _ in commands(get_command(app)):
        assert f"## bricoop {' '.join(path)}\n" in text
    assert all(f"## {noun.name}\n" in text for noun in NOUNS)
