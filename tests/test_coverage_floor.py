"""Tests of the floor of coverage: it is read, compared with its history, and never falls."""

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from support.scripts import script


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script, which is in no package."""
    return script("coverage_floor")


def settings(floor: str) -> str:
    """Return a `pyproject.toml` with a floor."""
    return f"[tool.coverage.report]\nfail_under = {floor}\nprecision = 1\n"


def test_a_floor_that_is_lower_than_it_was_is_refused(tool: ModuleType) -> None:
    history = [Decimal("91.5"), Decimal("92.0")]
    assert tool.fall(Decimal("92.0"), history) is None
    assert tool.fall(Decimal("92.1"), []) is None
    assert "has been 92.0%" in tool.fall(Decimal("91.9"), history)


def test_figures_are_rounded_down(tool: ModuleType) -> None:
    totals = {
        "covered_lines": 997, "num_statements": 1000, "covered_branches": 2, "num_branches": 3,
        "percent_covered": 99.5999,
    }  # fmt: skip
    assert tool.coverage_of(json.dumps({"totals": totals})) == (
        Decimal("99.7"), Decimal("66.6"), Decimal("99.5"),
    )  # fmt: skip


def test_the_history_has_every_floor(tool: ModuleType, tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("Git is not installed")
    assert tool.floors_in_history(tmp_path) == []
    options = ("-c", "user.name=Tests", "-c", "user.email=tests@example.org")
    subprocess.run([git, "init", "-q"], cwd=tmp_path, check=True)
    for floor in ("90", "92.5", "91"):
        (tmp_path / "pyproject.toml").write_text(settings(floor), encoding="utf-8")
        for command in (("add", "."), ("commit", "-q", "-m", f"Floor {floor}")):
            subprocess.run([git, *options, *command], cwd=tmp_path, check=True)
    assert sorted(tool.floors_in_history(tmp_path)) == [90, 91, Decimal("92.5")]


def test_the_floor_of_the_project_is_read(tool: ModuleType) -> None:
    text = tool.SETTINGS.read_text(encoding="utf-8")
    assert 80 <= tool.floor_of(text) <= 100
    assert tool.floor_of("") == 0
