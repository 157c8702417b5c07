"""Measures the peak memory of a command with its children; shared memory is counted once.

    python benchmarks/memory.py bricoop --db kb.sqlite load --profile gcdf3 gcdf.csv

The proportional set sizes (PSS) of Linux are summed up every few milliseconds.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

EVERY = 0.01


def main() -> None:
    """Run the command and print its peak memory in MiB."""
    peak = 0
    with subprocess.Popen(sys.argv[1:]) as program:
        while program.poll() is None:
            with suppress(OSError):
                peak = max(peak, sum(map(share, family(program.pid))))
            time.sleep(EVERY)
    print(f"{peak / 1024:.0f} MiB")


def family(process: int) -> Iterator[int]:
    """Yield a process and all its descendants."""
    yield process
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from family(int(child))


def share(process: int) -> int:
    """Return the proportional set size of a process in KiB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
