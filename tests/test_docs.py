"""The documents are true: what they print is what the program prints."""

import importlib.util
import re
import subprocess
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


@pytest.mark.parametrize("page", ["commands.md", "load-files.md", "sql.md"])
def test_reference_pages_are_fresh(page: str) -> None:
    made = script("generate").PAGES[page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made, "run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "docs/sql.md"])
def test_what_a_document_shows_is_what_commands_print(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert script("tour").told(text) == text, "run `make docs`"


def test_every_view_has_its_place_with_every_column() -> None:
    text = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
    for noun in NOUNS:
        part = text.partition(f"\n### {noun.view}\n")[2].partition("\n### ")[0]
        assert re.findall(r"^\| `(\w+)`", part, re.MULTILINE) == [one.name for one in noun.fields]


def test_the_example_in_python_runs(sqlite_template: Path, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "bricoop.sqlite").write_bytes(sqlite_template.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 3


def test_every_command_and_noun_has_its_place() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for path, _ in commands(get_command(app)):
        assert f"## bricoop {' '.join(path)}\n" in text
    assert all(f"## {noun.name}\n" in text for noun in NOUNS)
