"""Compares two commands run in turn as processes: medians, ratios of pairs, and memory."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = (
    "| what | ours, s | theirs, s | ratio (min-max) | goal | our peak, MiB | runs |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


@dataclass(frozen=True)
class Run:
    """One finished process: its wall time in seconds and its peak memory in MiB."""

    seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Side:
    """One of two commands, with a set-up before each run that is not measured."""

    command: Sequence[str]
    before: Callable[[], None] = lambda: None


def run(command: Sequence[str], home: Path) -> Run:
    """Run a command and discard its output.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    environment = {**os.environ, "HOME": str(home)}
    # Installed programs are compiled to bytecode, and so is each side of a pair after its warm-up.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{command} ended with {process.returncode}"
        raise RuntimeError(message)
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def pair(name: str, ours: Side, theirs: Side, goal: float, home: Path, runs: int) -> None:
    """Run two commands in turn, after one warm-up, and print their medians and ratio."""
    measured: list[tuple[Run, Run]] = []
    for _ in range(runs + 1):
        both = []
        for side in (ours, theirs):
            side.before()
            both.append(run(side.command, home))
        measured.append((both[0], both[1]))
    counted = measured[1:]
    medians = [
        statistics.median(runs_of_pair[side].seconds for runs_of_pair in counted) for side in (0, 1)
    ]
    ratios = [ours.seconds / theirs.seconds for ours, theirs in counted]
    memory = statistics.median(ours.mebibytes for ours, _ in counted)
    ratio = statistics.median(ratios)
    print(
        f"| {name} | {medians[0]:.3f} | {medians[1]:.3f} | {ratio:.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f}) | {goal} | {memory:.0f} | {runs} |",
        flush=True,
    )
