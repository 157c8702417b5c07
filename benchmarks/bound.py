"""Measures what a load costs at least: start, reading the file, and inserting the finished rows.

    python benchmarks/bound.py FILE LOAD_ARGUMENT...

The file is loaded with `bricoop load LOAD_ARGUMENT... FILE`. All rows that the load wrote, with the
documents of the search index, are then read into memory and inserted into a copy of the database
as it was before, by plain `executemany`, in one transaction without foreign keys. Whatever a load
does besides (reading fields, checks, JSON, digests, names, keys) comes on top of the sum. All
times are wall times in seconds, medians of `RUNS`, and multiples of the minimal loader.
"""

import csv
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pairs import run
from run import BIN, HERE, forget
from sqlalchemy import create_engine, select

from bricoop.db.schema import entity, metadata
from bricoop.db.search.documents import Author
from bricoop.db.search.parts import parts_of

RUNS = 5
#: As many rows as a statement of the loader gets.
_STATEMENT = 2000
#: The journal, the synchronization and the cache of a load.
_SETTINGS = ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -40960")

#: An INSERT statement and its rows.
Insert = tuple[str, Sequence[Sequence[Any]]]


def main() -> None:
    """Load the file of the first argument, and print the table."""
    path, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        before, after, copy = home / "before.sqlite", home / "after.sqlite", home / "copy.sqlite"
        run([str(BIN / "bricoop"), "--db", str(before), "query", "links"], home)
        shutil.copy(before, after)
        load = [str(BIN / "bricoop"), "--db", str(after), "load", *arguments, path]
        loaded = run(load, home)
        inserts = [*_new_rows(before, after), _new_documents(before, after)]
        start = [sys.executable, "-c", "import bricoop.cli.load, bricoop.cli.run_load"]
        minimal = [sys.executable, str(HERE / "floor.py"), path, str(copy)]
        pieces = {
            "the minimal loader": _median(lambda: run(minimal, home), lambda: forget(copy)),
            "start": _median(lambda: run(start, home)),
            "`csv.reader` alone": _median(lambda: _read(path)),
            "the inserts": _median(
                lambda: _write(copy, inserts), lambda: _renew(before, copy)
            ),
        }  # fmt: skip
    pieces["the sum of these"] = sum(list(pieces.values())[1:])
    pieces["the load"] = loaded.seconds
    floor = pieces["the minimal loader"]
    print("| what | s | of the minimal loader |\n| --- | ---: | ---: |")
    for name, seconds in pieces.items():
        print(f"| {name} | {seconds:.2f} | {seconds / floor:.2f} |")


def _median(measured: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median wall time of a function, without that of its set-up."""
    seconds = []
    for _ in range(RUNS):
        before()
        began = time.perf_counter()
        measured()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _new_rows(before: Path, after: Path) -> list[Insert]:
    """Return the rows that a load added to each table, by primary key."""
    inserts: list[Insert] = []
    with closing(sqlite3.connect(before)) as old, closing(sqlite3.connect(after)) as new:
        for table in metadata.sorted_tables:
            if table.name == "search_index":
                continue
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            keys = [list(table.columns).index(column) for column in table.primary_key]
            statement = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 (names of our schema)
            known = {tuple(row[key] for key in keys) for row in old.execute(statement)}
            rows = [
                row
                for row in new.execute(statement)
                if not keys or tuple(row[key] for key in keys) not in known
            ]
            inserts.append((_insert(f'"{table.name}" ({columns})', len(table.columns)), rows))
    return inserts


def _new_documents(before: Path, after: Path) -> Insert:
    """Return the documents that a load added to the search index."""
    with closing(sqlite3.connect(before)) as old:
        last = old.execute("SELECT max(id) FROM entity").fetchone()[0]
    with create_engine(f"sqlite:///{after}").connect() as connection:
        ids = connection.scalars(select(entity.c.id).where(entity.c.id > last)).all()
        parts = parts_of(connection, ids)
        author = Author(connection)
        author.look_up(parts)
        documents = [author.document(entity_parts) for entity_parts in parts.values()]
    rows = [(10**9 + item.entity_id, item.names, item.rest) for item in documents]
    return _insert("search_index (rowid, names, rest)", 3), rows


def _insert(target: str, columns: int) -> str:
    return f"INSERT INTO {target} VALUES ({', '.join('?' * columns)})"  # noqa: S608 (names of our schema)


def _renew(before: Path, copy: Path) -> None:
    forget(copy)
    shutil.copy(before, copy)


def _read(path: str) -> None:
    with Path(path).open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def _write(target: Path, inserts: Sequence[Insert]) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        for statement, rows in inserts:
            for first in range(0, len(rows), _STATEMENT):
                connection.executemany(statement, rows[first : first + _STATEMENT])
        connection.execute("COMMIT")


if __name__ == "__main__":
    main()
