"""Measures start-up and loading as whole processes, each beside its floor or peer, in turn."""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generate import write_projects

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
ROWS = 100_000
NOTHING: Callable[[], None] = lambda: None  # noqa: E731 (what is done before a run that needs nothing)


@dataclass(frozen=True)
class Run:
    """One finished process: its wall time in seconds and its peak memory in MiB."""

    seconds: float
    mebibytes: float


def run(command: Sequence[str], home: Path) -> Run:
    """Run a command to its end, its output thrown away.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    environment = {**os.environ, "HOME": str(home)}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{command} ended with {process.returncode}"
        raise RuntimeError(message)
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def pair(
    name: str,
    ours: Sequence[str],
    theirs: Sequence[str],
    goal: float,
    home: Path,
    runs: int,
    before: Callable[[], None] = NOTHING,
) -> None:
    """Run two commands in turn, after one warm-up, and print their medians and ratio."""
    found: list[tuple[Run, Run]] = []
    for _ in range(runs + 1):
        before()
        found.append((run(ours, home), run(theirs, home)))
    counted = found[1:]
    medians = [statistics.median(one[side].seconds for one in counted) for side in (0, 1)]
    ratios = [one.seconds / other.seconds for one, other in counted]
    memory = statistics.median(one.mebibytes for one, _ in counted)
    ratio = statistics.median(ratios)
    print(
        f"| {name} | {medians[0]:.3f} | {medians[1]:.3f} | {ratio:.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f}) | {goal} | {memory:.0f} | {runs} |",
        flush=True,
    )


def main() -> None:
    """Print the table that stands in benchmarks/README.md."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.\n")
    print("| what | ours, s | theirs, s | ratio (min-max) | goal | our peak, MiB | runs |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bricoop = str(BIN / "bricoop")
        python, hello = sys.executable, str(HERE / "hello.py")
        run([bricoop, "query", "links"], home)
        database = next(home.rglob("bricoop.sqlite"))
        five = [python, str(HERE / "select_five.py"), str(database), "--limit", "5"]
        pair("--version", [bricoop, "--version"], [python, hello], 1.3, home, 11)
        pair("--help", [bricoop, "--help"], [python, hello, "--help"], 1.3, home, 11)
        asked = [bricoop, "query", "projects", "--limit", "5"]
        pair("query projects --limit 5", asked, five, 1.3, home, 11)
        if "--quick" not in sys.argv:
            loading(home, bricoop)


def loading(home: Path, bricoop: str) -> None:
    """Load generated projects beside `sqlite-utils insert --csv` of the same file."""
    file, ours, theirs = home / "projects.csv", home / "ours.sqlite", home / "theirs.sqlite"
    write_projects(file, ROWS)

    def afresh() -> None:
        for path in (ours, theirs):
            for part in ("", "-wal", "-shm"):
                Path(f"{path}{part}").unlink(missing_ok=True)
        run([bricoop, "--db", str(ours), "query", "links"], home)

    load = [bricoop, "--db", str(ours), "load", "projects", str(file), "--source", "generated",
            "--source-title", "Generated", "--tier", "8"]  # fmt: skip
    insert = [str(BIN / "sqlite-utils"), "insert", str(theirs), "projects", str(file), "--csv",
              "--silent"]  # fmt: skip
    pair(f"load {ROWS:,} projects", load, insert, 0.5, home, 5, afresh)


if __name__ == "__main__":
    main()
