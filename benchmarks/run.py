"""Benchmarks start-up and loading as processes, compared with minimal programs and peers."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from generate import write_projects
from pairs import HEAD, Side, pair, run

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
ROWS = 100_000


def main() -> None:
    """Print the table for benchmarks/README.md."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.\n")
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bricoop = str(BIN / "bricoop")
        starting(home, bricoop)
        if "--quick" not in sys.argv:
            loading(home, bricoop)


def starting(home: Path, bricoop: str) -> None:
    """Compare start-up, help and a query of five rows with minimal programs."""
    python, hello = sys.executable, str(HERE / "hello.py")
    run([bricoop, "query", "links"], home)
    database = next(home.rglob("bricoop.sqlite"))
    five = [python, str(HERE / "select_five.py"), str(database), "--limit", "5"]
    command = [bricoop, "query", "projects", "--limit", "5"]
    pair("--version", Side([bricoop, "--version"]), Side([python, hello]), 1.3, home, 11)
    pair("--help", Side([bricoop, "--help"]), Side([python, hello, "--help"]), 1.3, home, 11)
    pair("query projects --limit 5", Side(command), Side(five), 1.1, home, 15)


def loading(home: Path, bricoop: str) -> None:
    """Compare loading generated projects with `sqlite-utils insert --csv` of the same file."""
    file, ours, theirs = home / "projects.csv", home / "ours.sqlite", home / "theirs.sqlite"
    write_projects(file, ROWS)

    def afresh() -> None:
        forget(ours)
        run([bricoop, "--db", str(ours), "query", "links"], home)

    load = [bricoop, "--db", str(ours), "load", "projects", str(file), "--source", "generated",
            "--source-title", "Generated", "--tier", "8"]  # fmt: skip
    insert = [str(BIN / "sqlite-utils"), "insert", str(theirs), "projects", str(file), "--csv",
              "--silent"]  # fmt: skip
    pair(
        f"load {ROWS:,} projects",
        Side(load, afresh),
        Side(insert, lambda: forget(theirs)),
        0.6,
        home,
        5,
    )


def forget(database: Path) -> None:
    """Delete an SQLite database with its journals."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
