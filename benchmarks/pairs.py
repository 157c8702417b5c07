"""Compares two commands run in turn as processes: medians and ratios of wall and processor time."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = (
    "| what | ours, s | theirs, s | ratio (min-max) | goal | processor time, s "
    "| its ratio (min-max) | our peak, MiB | runs |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


@dataclass(frozen=True)
class Run:
    """One finished process.

    Attributes:
        seconds: its wall time.
        processor: its processor time in seconds, as user and in the kernel.
        mebibytes: its peak memory in MiB.
    """

    seconds: float
    processor: float
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
    processor = usage.ru_utime + usage.ru_stime
    return Run(time.perf_counter() - began, processor, usage.ru_maxrss / 1024)


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
    medians = [statistics.median(both[side].seconds for both in counted) for side in (0, 1)]
    processor = statistics.median(ours.processor for ours, _ in counted)
    memory = statistics.median(ours.mebibytes for ours, _ in counted)
    wall = _spread([ours.seconds / theirs.seconds for ours, theirs in counted])
    busy = _spread([ours.processor / theirs.processor for ours, theirs in counted])
    print(
        f"| {name} | {medians[0]:.3f} | {medians[1]:.3f} | {wall} | {goal} | {processor:.3f} "
        f"| {busy} | {memory:.0f} | {runs} |",
        flush=True,
    )


def _spread(ratios: Sequence[float]) -> str:
    """Return the median of ratios, with the least and the largest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
