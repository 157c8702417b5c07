"""Keeps the share of lines and branches that tests reach from falling.

`fail_under` in `pyproject.toml` is the per cent that `make coverage` needs. It may only rise: `make
lint` compares it with every value that it has had in the history of Git, as far as that is present.
With the path of a coverage report in JSON, the script prints the figures of lines and branches as
well, and `--raise` sets the floor to their total, rounded down to a tenth:

    python tools/coverage_floor.py .coverage.json --raise
"""

import json
import re
import shutil
import subprocess
import sys
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "pyproject.toml"
FLOOR = re.compile(r"^fail_under = ([\d.]+)$", re.MULTILINE)


class Coverage(NamedTuple):
    """What tests reach, in per cent.

    Attributes:
        lines: of the lines.
        branches: of the branches.
        both: of both together, which is compared with the floor.
    """

    lines: Decimal
    branches: Decimal
    both: Decimal


def coverage_of(report: str) -> Coverage:
    """Return the totals of a coverage report in JSON, each rounded down to a tenth."""
    totals = json.loads(report, parse_float=Decimal)["totals"]
    lines = Decimal(totals["covered_lines"]) / totals["num_statements"] * 100
    branches = Decimal(totals["covered_branches"]) / totals["num_branches"] * 100
    tenth = Decimal("0.1")
    numbers = (lines, branches, Decimal(totals["percent_covered"]))
    return Coverage(*(number.quantize(tenth, ROUND_FLOOR) for number in numbers))


def floor_of(settings: str) -> Decimal:
    """Return the floor in the text of a `pyproject.toml`; 0 where it has none."""
    match = FLOOR.search(settings)
    return Decimal(match[1]) if match else Decimal(0)


def floors_in_history(root: Path) -> list[Decimal]:
    """Return the floor at each commit that changed it; empty outside a repository."""
    git = shutil.which("git")
    if git is None:
        return []
    log = [git, "log", "--format=%H", "-G", "^fail_under = ", "--", SETTINGS.name]
    commits = subprocess.run(log, cwd=root, capture_output=True, text=True, check=False).stdout
    shown = [
        subprocess.run(
            [git, "show", f"{commit}:{SETTINGS.name}"],
            cwd=root, capture_output=True, text=True, check=False,
        ).stdout
        for commit in commits.split()
    ]  # fmt: skip
    return [floor_of(settings) for settings in shown]


def fall(floor: Decimal, history: list[Decimal]) -> str | None:
    """Return an error message if the floor is lower than it has been, and None otherwise."""
    highest = max([floor, *history])
    if floor == highest:
        return None
    return f"The floor of coverage has been {highest}%, and may only rise. Restore fail_under."


def main(arguments: list[str]) -> str | None:
    """Run the check, and return an error message if it fails."""
    settings = SETTINGS.read_text(encoding="utf-8")
    floor = floor_of(settings)
    for path in arguments[:1]:
        reached = coverage_of(Path(path).read_text(encoding="utf-8"))
        if "--raise" in arguments and reached.both > floor:
            floor = reached.both
            SETTINGS.write_text(FLOOR.sub(f"fail_under = {floor}", settings), encoding="utf-8")
        print(
            f"Tests reach {reached.lines}% of lines and {reached.branches}% of branches, "
            f"{reached.both}% of both; the floor is {floor}%."
        )
    return fall(floor, floors_in_history(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
