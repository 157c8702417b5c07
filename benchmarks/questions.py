"""Benchmarks ten questions on large knowledge bases, compared with hand-written SQL.

    python benchmarks/questions.py [FOLDER] [10000 100000 1000000] [--sqlite] [--server]

Knowledge bases of the given numbers of generated projects, with a row of finance each, are loaded
unless FOLDER has them already; without FOLDER, in a temporary folder. First each question and its
SQL are run alternately in this process on the same connection; then `bricoop` and
`sqlite-utils query` are run as processes.
"""

import os
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asked import Asked, Row, Rows, questions
from datasets import BRICOOP, server_database
from generate import write_finance, write_projects
from pairs import HEAD, Side, pair, run
from run import BIN
from sqlalchemy import Connection, text

from bricoop.api.opening import engine_of
from bricoop.db.engine import reading

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 7
#: The goals: at most `TIMES` the time of the SQL if that exceeds `LONG` seconds, else at most
#: `MORE` seconds more; and never over `MOST` seconds, unless very many rows are read.
TIMES, LONG, MORE, MOST = 1.25, 0.1, 0.02, 0.3
TABLE = (
    "\n| {where} | ours, ms | by hand, ms | ratio (min-max) | more, ms | goal |\n"
    "| --- | ---: | ---: | ---: | ---: | --- |"
)


def main() -> None:
    """Print the tables for benchmarks/README.md."""
    words = sys.argv[1:]
    sizes = [int(word) for word in words if word.isdigit()] or SIZES
    folders = [word for word in words if not word.isdigit() and not word.startswith("-")]
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(folders[0] if folders else temporary)
        for size in sizes:
            if "--server" not in words:
                database = str(home / f"{size}.sqlite")
                if not Path(database).exists():
                    build(home, database, size)
                if size == max(sizes):
                    # First, as the peak memory of a process includes its parent's at the fork.
                    whole(home, database, size)
                within(f"SQLite, {size:,}", database, size)
            if "--sqlite" not in words:
                with on_server(home, size) as address:
                    within(f"PostgreSQL, {size:,}", address, size)


@contextmanager
def on_server(home: Path, size: int) -> Iterator[str]:
    """Yield the address of a knowledge base on a server: an existing or a temporary one."""
    named = os.environ.get("BRICOOP_BENCH_SERVER", "")
    if named:
        yield named.format(size=size)
        return
    with server_database() as address:
        build(home, address, size)
        yield address


def build(home: Path, database: str, size: int) -> None:
    """Load a knowledge base, and print the time that it took and its size."""
    projects, money = home / f"projects-{size}.csv", home / f"finance-{size}.csv"
    if not projects.exists():
        write_projects(projects, size, rich=True)
        write_finance(money, size)
    begin = [BRICOOP, "--db", database]
    run([*begin, "query", "links"], home)
    source = ["--source", "generated", "--source-title", "Generated", "--tier", "8"]
    first = run([*begin, "load", "projects", str(projects), *source], home)
    second = run([*begin, "load", "finance", str(money), "--source", "generated"], home)
    path = Path(database)
    big = f", {path.stat().st_size / 2**20:,.0f} MiB" if path.exists() else ""
    print(
        f"\n{size:,} projects in {first.seconds:.0f} s ({first.mebibytes:.0f} MiB), their money in "
        f"{second.seconds:.0f} s ({second.mebibytes:.0f} MiB){big}.",
        flush=True,
    )


def within(where: str, database: str, size: int) -> None:
    """Run each question in this process, alternately with its SQL."""
    engine = engine_of(database)
    print(TABLE.format(where=where))
    with reading(engine) as connection:
        all_questions = questions(connection, size)
        for question in all_questions:
            by_turns(connection, question)
    engine.dispose()


def by_turns(connection: Connection, question: Asked) -> None:
    """Print the medians of a question and its SQL, after comparing their answers."""
    sql = question.theirs[connection.dialect.name]

    def ours() -> Rows:
        return question.ours(connection)

    def by_hand() -> Rows:
        return connection.execute(text(sql))

    compare(question, list(ours()), [tuple(row) for row in by_hand()])
    pairs = [(timed(ours), timed(by_hand)) for _ in range(RUNS)]
    mine, theirs = (statistics.median(seconds[side] for seconds in pairs) for side in (0, 1))
    ratios = [ours_seconds / theirs_seconds for ours_seconds, theirs_seconds in pairs]
    good = mine <= TIMES * theirs if theirs > LONG else mine <= theirs + MORE
    good = good and (question.reads_all or mine <= MOST)
    print(
        f"| {question.name} | {mine * 1000:.1f} | {theirs * 1000:.1f} "
        f"| {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) "
        f"| {(mine - theirs) * 1000:.1f} | {'met' if good else 'missed'} |",
        flush=True,
    )


def timed(answer: Callable[[], Rows]) -> float:
    """Return the seconds that iterating over all rows of an answer takes."""
    began = time.perf_counter()
    deque(answer(), maxlen=0)
    return time.perf_counter() - began


def compare(question: Asked, ours: list[Row], theirs: list[Row]) -> None:
    """Check that both answers are the same.

    Raises:
        RuntimeError: they are not.
    """
    our_rows, their_rows = (
        [tuple(map(plain, row[: question.compared])) for row in rows] for rows in (ours, theirs)
    )
    if not question.in_order:
        our_rows, their_rows = sorted(our_rows), sorted(their_rows)
    if our_rows != their_rows:
        differing = next(
            (pair for pair in zip(our_rows, their_rows, strict=False) if pair[0] != pair[1]), ""
        )
        message = f"{question.name}: {len(our_rows)} and {len(their_rows)} rows; {differing}"
        raise RuntimeError(message)


def plain(value: Any) -> str:
    """Return a value in a form that can be compared."""
    if isinstance(value, list):
        return ";".join(sorted(value))
    if value is None or isinstance(value, str):
        return ";".join(sorted((value or "").split(",")))
    return f"{float(value):.9g}"


def whole(home: Path, database: str, size: int) -> None:
    """Compare each question as a process with `sqlite-utils query` of the same SQL."""
    engine = engine_of(database)
    with reading(engine) as connection:
        all_questions = questions(connection, size)
    engine.dispose()
    print(
        f"\nWhole processes, {size:,} projects; `sqlite-utils query` with the same SQL:\n\n{HEAD}"
    )
    for question in all_questions:
        ours = [BRICOOP, "--db", database, *question.arguments]
        theirs = [str(BIN / "sqlite-utils"), "query", database, question.theirs["sqlite"], "--csv"]
        pair(question.name, Side(ours), Side(theirs), TIMES, home, 5)


if __name__ == "__main__":
    main()
