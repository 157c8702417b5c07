"""Benchmarks what should not grow with the projects of two sources that disagree.

    python benchmarks/growth.py [FOLDER] [200000]

The first source has the given number of projects, the second a fifth of them, each with a row of
finance, and some with umbrellas, rolled-over amounts, parts, and amounts of 20 digits. They are
loaded unless FOLDER has them already. All questions run in this process, and processor time is
measured: for what has an answer in SQL written by hand, of both in turn on the same connection.
"""

import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from datasets import BRICOOP
from generate import write_finance, write_projects
from pairs import run
from sqlalchemy import Connection, text

from bricoop.api.opening import engine_of
from bricoop.db.engine import reading
from bricoop.query.entity.recorded import entity_profile
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, search
from bricoop.report.kinds import report
from bricoop.report.request import Request
from bricoop.totals.parse import counting_of
from bricoop.totals.total import total

RUNS = 3
#: Of each source: its key, its tier, its share of the projects, and the seeds of its files.
SOURCES = (("alpha", 8, 1, (7, 11)), ("beta", 3, 5, (17, 23)))
SHOWN = "project-0000007"
HEAD = "| what | ours, ms | by hand, ms | ratio | goal |\n| --- | ---: | ---: | ---: | --- |"


class Measured(NamedTuple):
    """A question.

    Attributes:
        name: its name in the table.
        ours: asks bricoop.
        by_hand: SQL for the same, or for the least that must be read; empty for none.
        goal: the goal as written in the table.
    """

    name: str
    ours: Callable[[Connection], Iterable[Any]]
    by_hand: str
    goal: str


_BY_KEY = "SELECT * FROM entity JOIN project USING (id) WHERE key = 'project-0000007'"
_DIFFERING = """
    SELECT entity_id, min(fields ->> '$.status'), max(fields ->> '$.status') FROM record
    WHERE noun = 'projects' GROUP BY entity_id
    HAVING min(fields ->> '$.status') <> max(fields ->> '$.status')"""
_RANKED = """
    SELECT entity.key, entity.name FROM search_index
    JOIN search_document ON search_document.document_id = search_index.rowid
    JOIN entity ON entity.id = search_document.entity_id
    WHERE search_index MATCH '"silk" * AND "bridge" *' ORDER BY rank LIMIT 20"""
_SUMMED = """
    SELECT record.source_id, finance.kind, project.status, record.fields ->> '$.umbrella',
           sum(amount_usd / 1000000), sum(amount_usd % 1000000)
    FROM finance JOIN record ON record.id = finance.record_id
    JOIN project ON project.id = finance.entity_id GROUP BY 1, 2, 3, 4"""


def questions() -> Iterator[Measured]:
    """Yield the questions."""

    def reported(kind: str, *names: str) -> Callable[[Connection], Iterable[Any]]:
        return lambda connection: [report(connection, Request(kind, names))]

    yield Measured(
        "show a project", lambda connection: [entity_profile(connection, SHOWN)], "", "60 ms"
    )
    yield Measured(
        "a filter by key",
        lambda connection: (
            execute(connection, Question("projects", where=(f"key = {SHOWN}",))).rows
        ),
        _BY_KEY,
        "60 ms",
    )
    status = Question("disagreements", {"field": ("status",)})
    yield Measured(
        "disagreements of status", lambda connection: [count(connection, status)], _DIFFERING, "15"
    )
    yield Measured(
        "search for two words, with reasons",
        lambda connection: search(connection, SearchRequest("silk bridge")).rows,
        _RANKED,
        "5",
    )
    signed = counting_of(Question("finance"), "signed")
    yield Measured("total", lambda connection: [total(connection, signed)], _SUMMED, "")
    added = counting_of(Question("finance"), "signed", add=True)
    yield Measured("total --add-sources", lambda connection: [total(connection, added)], "", "")
    grouping = Grouping(("country", "year"), ("sum:amount_usd",))
    groups = Question("finance", grouping=grouping)
    yield Measured(
        "groups by country and year", lambda connection: execute(connection, groups).rows, "", ""
    )
    yield Measured("report overview", reported("overview"), "", "3 s")
    yield Measured("report country Kenya", reported("country", "Kenya"), "", "3 s")
    yield Measured("report gaps", reported("gaps"), "", "3 s")


def main() -> None:
    """Print the table for benchmarks/README.md."""
    with two_sources() as (_, database):
        engine = engine_of(str(database))
        print(HEAD)
        for question in questions():
            with reading(engine) as connection:
                measure(connection, question)
        engine.dispose()


@contextmanager
def two_sources() -> Iterator[tuple[Path, Path]]:
    """Read the size and the folder from the command line; load the sources unless they are there.

    Yields:
        The folder and the database.
    """
    size = next((int(word) for word in sys.argv[1:] if word.isdigit()), 200_000)
    folders = [word for word in sys.argv[1:] if not word.isdigit()]
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(folders[0] if folders else temporary)
        database = home / f"two-sources-{size}.sqlite"
        if not database.exists():
            build(home, database, size)
        print(f"{size:,} and {size // 5:,} projects of two sources, SQLite\n")
        yield home, database


def build(home: Path, database: Path, size: int) -> None:
    """Load the projects and finance of both sources."""
    begin = [BRICOOP, "--db", str(database)]
    for key, tier, part, (seed, money_seed) in SOURCES:
        projects, money = home / f"{key}-projects.csv", home / f"{key}-finance.csv"
        write_projects(projects, size // part, seed, rich=True)
        write_finance(money, size // part, money_seed, rich=True)
        source = ["--source", key, "--source-title", key.title(), "--tier", str(tier)]
        run([*begin, "load", "projects", str(projects), *source], home)
        run([*begin, "load", "finance", str(money), "--source", key], home)


def measure(connection: Connection, question: Measured) -> None:
    """Print the median processor times of a question and its SQL, after a run that warms up."""

    def by_hand() -> Iterable[Any]:
        return connection.execute(text(question.by_hand))

    timed(lambda: question.ours(connection))
    pairs = [
        (timed(lambda: question.ours(connection)), timed(by_hand) if question.by_hand else 0.0)
        for _ in range(RUNS)
    ]
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    beside = f"{theirs * 1000:.1f} | {ours / theirs:.1f}" if question.by_hand else " | "
    print(f"| {question.name} | {ours * 1000:.1f} | {beside} | {question.goal} |", flush=True)


def timed(answer: Callable[[], Iterable[Any]]) -> float:
    """Return the seconds of processor time that iterating over an answer takes."""
    began = time.process_time()
    deque(answer(), maxlen=0)
    return time.process_time() - began


if __name__ == "__main__":
    main()
