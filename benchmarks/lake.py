"""Benchmarks lakes: their export beside `db copy`, and questions to DuckDB beside SQLite.

    python benchmarks/lake.py [FOLDER] [200000]

The knowledge base is that of growth.py: two sources that disagree, loaded unless FOLDER has them.
Exports and copies are whole processes, run in turn, by their processor time. Questions run in this
process, in turn, by wall time, as DuckDB uses all cores; a lake is opened once.
"""

import shutil
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from datasets import BRICOOP
from growth import two_sources
from pairs import Run, run
from sqlalchemy import Connection

from bricoop.api.opening import engine_of
from bricoop.db.engine import reading
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, search
from bricoop.totals.parse import counting_of
from bricoop.totals.total import total

RUNS, COPIES = 5, 3
Ask = Callable[[Connection], Iterable[Any]]


def questions() -> dict[str, tuple[Ask, str]]:
    """Return the questions by name, each with its goal: the ratio to SQLite."""
    signed = counting_of(Question("finance"), "signed")
    in_kenya = counting_of(Question("finance", {"country": ("Kenya",)}), "signed")
    grouping = Grouping(("country", "year"), ("sum:amount_usd",))
    groups = Question("finance", grouping=grouping)
    status = Question("disagreements", {"field": ("status",)}, limit=50)
    return {
        "total": (lambda connection: [total(connection, signed)], "0.25"),
        "total in one country": (lambda connection: [total(connection, in_kenya)], ""),
        "groups by country and year": (lambda connection: execute(connection, groups).rows, "0.5"),
        "disagreements of status": (lambda connection: execute(connection, status).rows, ""),
        "search for two words": (
            lambda connection: search(connection, SearchRequest("silk bridge")).rows,
            "",
        ),
    }


def main() -> None:
    """Print the tables for benchmarks/README.md."""
    with two_sources() as (home, database):
        export(home, database)
        ask(database, home / "lake")


def export(home: Path, database: Path) -> None:
    """Print the processor time, memory and size of an export beside those of a copy."""
    lake, copy = home / "lake", home / "copy.sqlite"
    runs: list[tuple[Run, Run]] = []
    for _ in range(COPIES):
        shutil.rmtree(lake, ignore_errors=True)
        copy.unlink(missing_ok=True)
        begin = [BRICOOP, "--db", str(database)]
        runs.append(
            (
                run([*begin, "export", "lake", str(lake)], home),
                run([*begin, "db", "copy", str(copy)], home),
            )
        )
    ours, theirs = (statistics.median(pair[side].processor for pair in runs) for side in (0, 1))
    peak = max(pair[0].mebibytes for pair in runs)
    size = sum(path.stat().st_size for path in lake.rglob("*.parquet")) / database.stat().st_size
    print("| export | lake | beside | ratio | goal |\n| --- | ---: | ---: | ---: | --- |")
    print(f"| processor time, s | {ours:.1f} | {theirs:.1f} (copy) | {ours / theirs:.2f} | 0.3 |")
    print(f"| bytes | | SQLite | {size:.3f} | 0.15 |")
    print(f"| peak memory, MiB | {peak:.0f} | | | 238 |\n", flush=True)


def ask(database: Path, lake: Path) -> None:
    """Print the times of questions to both."""
    print("| question | lake, ms | SQLite, ms | ratio | goal |\n| --- | ---: | ---: | ---: | --- |")
    engines = engine_of(f"lake:{lake}"), engine_of(str(database))
    for name, (answer, goal) in questions().items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(RUNS + 1):
            for engine, of_engine in zip(engines, times, strict=True):
                with reading(engine) as connection:
                    began = time.perf_counter()
                    deque(answer(connection), maxlen=0)
                    of_engine.append(time.perf_counter() - began)
        # The first run of each warms up.
        ours, theirs = (statistics.median(of_engine[1:]) * 1000 for of_engine in times)
        print(f"| {name} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.2f} | {goal} |", flush=True)
    for engine in engines:
        engine.dispose()


if __name__ == "__main__":
    main()
