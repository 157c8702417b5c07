"""Benchmarks loading of large files, compared with a minimal loader and with other tools.

    python benchmarks/datasets.py [PART ...]

The parts are those of `PARTS`; without an argument all are run. GCDF files are made from real rows
by `tools/make_gcdf.py` in the folder `../shared`; without it, benchmarks of them are skipped.
"""

import csv
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from generate import write_projects
from pairs import HEAD, Side, pair, run
from run import BIN, HERE, forget
from sqlalchemy import create_engine, make_url, text

MAKER = HERE.parent.parent / "shared" / "tools" / "make_gcdf.py"
SERVER = os.environ.get("BRICOOP_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
BRICOOP, PYTHON = str(BIN / "bricoop"), sys.executable
FULL, MORE, NATIVE, MILLION = 20_985, 200_000, 100_000, 1_000_000
#: About so many rows of GCDF change in the edition that is undone.
CHANGED = 3_000
#: The country with the most projects in the generated files.
COUNTRY = "Namibia"


class Bench:
    """A folder with files and databases."""

    def __init__(self, home: Path) -> None:
        """Use an empty folder."""
        self.home = home
        self.ours, self.theirs = home / "ours.sqlite", home / "theirs.sqlite"

    def gcdf(self, rows: int) -> Path:
        """Return a file of `rows` rows in the layout of GCDF."""
        path = self.home / f"gcdf-{rows}.csv"
        if not path.exists():
            run([PYTHON, str(MAKER), str(rows), str(path)], self.home)
        return path

    def empty(self, database: str | None = None) -> None:
        """Create a knowledge base with the seeds only."""
        if database is None:
            forget(self.ours)
        run([BRICOOP, "--db", database or str(self.ours), "query", "links"], self.home)

    def load(self, path: Path, database: str | None = None) -> Side:
        """Return the command that loads a GCDF file into an empty knowledge base."""
        named = database or str(self.ours)
        command = [BRICOOP, "--db", named, "load", "--profile", "gcdf3", str(path)]
        return Side(command, lambda: self.empty(database))

    def projects(self, rows: int) -> Path:
        """Return a file of `rows` native projects."""
        path = self.home / f"projects-{rows}.csv"
        if not path.exists():
            write_projects(path, rows)
        return path

    def load_projects(self, path: Path) -> Side:
        """Return the command that loads native projects into an empty knowledge base."""
        load = [BRICOOP, "--db", str(self.ours), "load", "projects", str(path), "--source",
                "generated", "--source-title", "Generated", "--tier", "8"]  # fmt: skip
        return Side(load, self.empty)

    def floor(self, path: Path) -> Side:
        """Return the command of the minimal loader for a file."""
        return self.other([PYTHON, str(HERE / "floor.py"), str(path), str(self.theirs)])

    def other(self, command: list[str]) -> Side:
        """Return the command of another loader, with a new database."""
        return Side(command, lambda: forget(self.theirs))

    def loaded(self, path: Path) -> Callable[[], None]:
        """Return a function that makes a knowledge base with a GCDF file."""

        def make() -> None:
            self.load(path).before()
            run(self.load(path).command, self.home)

        return make


def gcdf(bench: Bench) -> None:
    """Compare loading GCDF in full with the minimal loader and usual tools."""
    path = bench.gcdf(FULL)
    theirs = str(bench.theirs)
    pair(f"gcdf3, {FULL:,} rows; floor", bench.load(path), bench.floor(path), 5.2, bench.home, 5)
    insert = [str(BIN / "sqlite-utils"), "insert", theirs, "rows", str(path), "--csv",
              "--no-detect-types", "--silent"]  # fmt: skip
    pair("the same; sqlite-utils", bench.load(path), bench.other(insert), 0.6, bench.home, 5)
    if peer := shutil.which("csvs-to-sqlite"):
        command = [peer, str(path), theirs]
        pair("the same; csvs-to-sqlite", bench.load(path), bench.other(command), 1, bench.home, 5)
    else:
        print("csvs-to-sqlite is not installed: passed over.")


def again(bench: Bench) -> None:
    """Compare a second load of the same file, and of its rows in another, with the minimal one."""
    path, other = bench.gcdf(FULL), bench.home / "gcdf-again.csv"
    other.write_bytes(path.read_bytes() + b"\n")
    for name, second in (("the same file", path), ("the same rows and a newline", other)):
        side = Side(bench.load(second).command, bench.loaded(path))
        pair(f"gcdf3 again, {name}; floor", side, bench.floor(path), 2, bench.home, 5)


def growth(bench: Bench) -> None:
    """Compare a file with one of ten times the rows: time, and in the last line memory."""
    many, few = bench.gcdf(MORE), bench.gcdf(FULL)
    times = MORE / FULL
    name = f"gcdf3, {MORE:,} rows; {FULL:,} rows, of which they are {times:.1f} times"
    pair(name, bench.load(many), bench.load(few), round(times, 1), bench.home, 3)
    pair(f"gcdf3, {FULL:,} rows; floor", bench.load(few), bench.floor(few), 5, bench.home, 3)


def reports(bench: Bench) -> None:
    """Compare reports and totals on the largest country with listing its projects."""
    path = bench.gcdf(FULL)
    bench.loaded(path)()
    command = [BRICOOP, "--db", str(bench.ours)]
    rows = Side([*command, "query", "projects", "--country", COUNTRY, "--format", "json"])
    page = str(bench.home / "report.html")
    for name, goal, more in (
        ("report on a country", 2, ("report", "country", COUNTRY)),
        ("the same as HTML", 3, ("report", "country", COUNTRY, "--output", page)),
        ("its total with the waterfall", 1, ("total", "--country", COUNTRY)),
        ("the overview", 3, ("report", "overview")),
    ):
        ours = Side([*command, *more])
        pair(f"{name}; its projects as JSON", ours, rows, goal, bench.home, 7)


def native(bench: Bench) -> None:
    """Compare loading native projects with the minimal loader and with `sqlite-utils`."""
    path = bench.projects(NATIVE)
    load, name = bench.load_projects(path), f"{NATIVE:,} projects"
    insert = [str(BIN / "sqlite-utils"), "insert", str(bench.theirs), "rows", str(path), "--csv",
              "--silent"]  # fmt: skip
    pair(f"{name}; floor", load, bench.floor(path), 15, bench.home, 3)
    pair(f"{name}; sqlite-utils", load, bench.other(insert), 0.6, bench.home, 3)


def million(bench: Bench) -> None:
    """Compare loading a million native projects with the minimal loader."""
    path = bench.projects(MILLION)
    load = bench.load_projects(path)
    pair(f"{MILLION:,} projects; floor", load, bench.floor(path), 15, bench.home, 3)


def servers(bench: Bench) -> None:
    """Compare PostgreSQL with SQLite."""
    path = bench.gcdf(FULL)
    with server_database() as database:
        load = [BRICOOP, "--db", database, "load", "--profile", "gcdf3", str(path)]

        def afresh() -> None:
            on_server("DROP DATABASE", database)
            on_server("CREATE DATABASE", database)
            bench.empty(database)

        name = f"gcdf3, {FULL:,} rows into PostgreSQL; into SQLite"
        pair(name, Side(load, afresh), bench.load(path), 1.5, bench.home, 5)


def undo(bench: Bench) -> None:
    """Compare undoing a load with loading, for a first load and for an edition of it."""
    path, edition = bench.gcdf(FULL), bench.home / "edition.csv"
    _change_rows(path, edition)
    first, second = bench.load(path), bench.load(edition)

    def loaded_twice() -> None:
        bench.loaded(path)()
        run(second.command, bench.home)

    bench.empty()
    with closing(sqlite3.connect(bench.ours)) as connection:
        seeds = connection.execute("SELECT max(id) FROM load").fetchone()[0]
    undo_first, undo_second = (
        [BRICOOP, "--db", str(bench.ours), "undo", str(seeds + number)] for number in (1, 2)
    )
    pair("undo of gcdf3; its load", Side(undo_first, bench.loaded(path)), first, 1, bench.home, 3)
    edited = Side(second.command, bench.loaded(path))
    name = f"undo of {CHANGED:,} changed rows; their load"
    pair(name, Side(undo_second, loaded_twice), edited, 1, bench.home, 3)


def _change_rows(path: Path, edition: Path) -> None:
    """Write a newer edition of a GCDF file in which some rows have another title."""
    with (
        path.open(encoding="utf-8", newline="") as read,
        edition.open("w", encoding="utf-8", newline="") as written,
    ):
        rows, writer = csv.reader(read), csv.writer(written)
        header = next(rows)
        title = header.index("Title")
        writer.writerow(header)
        for number, row in enumerate(rows):
            if number % (FULL // CHANGED) == 0:
                row[title] += ", revised"
            writer.writerow(row)


@contextmanager
def server_database() -> Iterator[str]:
    """Yield the address of a temporary database."""
    name = f"bricoop_bench_{uuid4().hex}"
    address = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    on_server("CREATE DATABASE", address)
    try:
        yield address
    finally:
        on_server("DROP DATABASE", address)


def on_server(statement: str, address: str) -> None:
    """Create or drop a database."""
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"{statement} {make_url(address).database}"))
    engine.dispose()


PARTS: dict[str, Callable[[Bench], None]] = {
    "gcdf": gcdf, "again": again, "growth": growth, "reports": reports, "native": native,
    "million": million, "servers": servers, "undo": undo,
}  # fmt: skip


def main() -> None:
    """Print the table for benchmarks/README.md."""
    names = sys.argv[1:] or list(PARTS)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.\n")
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if name not in {"native", "million"} and not MAKER.exists():
                print(f"{name}: there is no {MAKER.name} at ../shared: passed over.")
                continue
            PARTS[name](Bench(Path(folder)))


if __name__ == "__main__":
    main()
