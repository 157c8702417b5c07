"""The result of a load is identical whether a second process prepares its rows or not."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from bricoop.db.address import parse_address
from bricoop.db.check import check
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import load, metadata
from bricoop.domain.tokenizer import worded
from bricoop.errors import AmbiguousNameError, BricoopError, NotFoundError, UsageError
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.transform.batches import InProcessSource
from bricoop.ingest.transform.crossing import (
    packed_batch,
    packed_error,
    unpacked_batch,
    unpacked_error,
)
from bricoop.ingest.transform.prepare import Preparer
from bricoop.ingest.transform.rows import NativeRows
from bricoop.render.template import write_template
from support.command_line import NEW_SOURCE as NEW
from support.large_files import wide
from support.server import on_server, server_url

pytestmark = pytest.mark.later_on_postgresql

#: Runs the program and says whether it had a child: as if its file outgrew what is there by far, on
#: a system that has no room for another process and where the indexes of names are made again at
#: once, or on one core, with all indexes, and asking the database even for what it cannot know.
PROGRAM = """
import os, resource, sys
from bricoop.__main__ import main
from bricoop.db import deferred
from bricoop.ingest import run
def refuse():
    raise OSError
how = sys.argv.pop(1)
if how == "refused":
    os.fork = refuse
    deferred._OFTEN = 0
if how != "alone":
    run._OUTGROWS = run._OF_ENTITY = 0
else:
    from bricoop.ingest.resolve import name_filter
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    name_filter.MOST = -1
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0)
"""
#: Two loads begin at different times.
MOMENTS = {"started_at", "finished_at", "created_at"}
LARGE = 1024 * 1024

needs_two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="a second process needs a second core, and Linux",
)


class Came(NamedTuple):
    """The outcome of a load: exit code, messages, and contents of the database and files."""

    code: int
    errors: str
    tables: dict[str, list[str]]
    files: dict[str, bytes]


def tables_of(connection: Connection) -> dict[str, list[str]]:
    """Return every row of every table, but for moments, and the words of the search index."""
    rows_by_table = {
        table.name: sorted(
            str({name: value for name, value in row.items() if name not in hidden})
            for row in connection.execute(table.select()).mappings()
        )
        for table in metadata.sorted_tables
        # The checksum of a load is that of its moments, too.
        for hidden in [MOMENTS | ({"checksum"} if table is load else set())]
    }
    if connection.dialect.name == "sqlite":
        words = "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search_index, instance)"
        connection.execute(text(words))
        rows = connection.execute(text("SELECT term, doc, col, offset FROM temp.words"))
        schema = connection.execute(text("SELECT type, name, sql FROM main.sqlite_master"))
        rows_by_table["schema"] = sorted(map(str, schema))
    else:
        rows = connection.execute(text("SELECT * FROM search_index"))
    rows_by_table["search_index"] = sorted(map(str, rows))
    return rows_by_table


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}


def loaded(address: str, folder: Path, path: Path, options: tuple[str, ...], how: str) -> Came:
    """Load a file with a second process, or alone."""
    folder.mkdir()
    more = [str(folder / option) if option.startswith("out-") else option for option in options]
    noun, rest = (more[:1], more[1:]) if more[0] != "--profile" else ([], more)
    arguments = ["--db", address, "load", *noun, str(path), *rest]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, *arguments], env=environment(folder), check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout == f"{how == 'together'}\n", done.stderr
    engine = make_engine(parse_address(address))
    with reading(engine) as connection:
        tables = tables_of(connection)
        assert [result for result in check(connection) if result.found] == []
    engine.dispose()
    files = {path.name: path.read_bytes() for path in folder.glob("out-*")}
    return Came(done.returncode, done.stderr.replace(str(folder), ""), tables, files)


@pytest.fixture
def twin(request: pytest.FixtureRequest, knowledge_base: str, tmp_path: Path) -> Iterator[str]:
    """Another knowledge base like `knowledge_base`, on the same database."""
    if not knowledge_base.startswith("postgresql"):
        path = tmp_path / "twin.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield str(path)
        return
    name = f"bricoop_test_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('server_template')}")
    yield server_url(name).render_as_string(hide_password=False)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


HEADER = "id,name,countries,financiers,description\n"


def projects(rows: int) -> str:
    """Return projects, of which some have the same name and some words of other scripts."""
    return HEADER + "".join(
        f"{number},Hub {number % 600},Belarus,Bank {number % 7}; Fund {number},"
        f"“Größe” 中国路桥 & co. {number} {'word ' * 60}{'x' * 70} {'; ' * 700}\n"
        for number in range(rows)
    )


def with_lines(lines: bytes, rows: int = 620) -> bytes:
    """Return a file that is good but for some lines at its end."""
    return projects(rows).encode() + lines


#: Organizations that cells name before or after rows describe them, and their further names.
MET = """
[[records]]
noun = "organizations"
id = ["Bank"]
separator = ";"
each = ["Bank"]
[records.fields]
name = "Bank"
aliases = { column = "c0", separator = [";"] }
kind = { constant = "commercial-bank" }
"""


def met(rows: int, folder: Path, further: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a file whose many parts name organizations of the seeds, of each other, and new ones.

    Some are spelt in two ways, and some have names whose keys others have; one in five has a
    further name, which may be another's.
    """
    layout = wide(0, folder)
    profile = Path(layout.options[1])
    profile.write_text(profile.read_text(encoding="utf-8") + MET, encoding="utf-8")
    names = ("World Bank", "Bank {0}", "BANK {1}", "Bank-{1}", "Lender {0}", "New Development Bank")
    lines = [
        f"{number},Hub {number % 900},Belarus,"
        f"{names[number % 6].format(number, number - 300)};{names[1].format(number // 300)},"
        f"{further.format(number + 290) if not number % 5 else ''}{',abcd' * 475}"
        for number in range(rows)
    ]
    return "\n".join([layout.text.strip(), *lines, ""]).encode(), layout.options


NATIVE = ("projects", *NEW)
#: Cases about the outcome of rows, tested on both databases.
CASES: dict[str, Callable[[Path], tuple[bytes, tuple[str, ...]]]] = {
    "good": lambda _: (with_lines(b"", 700), NATIVE),
    "wide": lambda folder: (wide(700, folder).text.encode(), wide(700, folder).options),
    "met": lambda folder: met(900, folder, "Lender {0}"),
    "unclear": lambda folder: met(900, folder, "bank  {0}"),
    "rejects": lambda _: (
        with_lines(b"a,,Belarus,,\nb,Two,Atlantis,,\n1,Again,Belarus,,\nd,Good,Kenya,,\n"),
        (*NATIVE, "--rejects", "out-rejects.csv"),
    ),
}
#: Cases about messages on a file.
SAID: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "notes": (b"\xef\xbb\xbf" + with_lines(b"\r\n,,,,\n"), NATIVE),
    "dry": (with_lines(b""), (*NATIVE, "--dry-run", "-o", "out-changes.csv")),
    "bad": (
        with_lines(b"a,,Belarus,,\nb,Two,Atlantis,,\nc,Three\n1,Again,Belarus,,\n"),
        (*NATIVE, "--problems", "out-problems.csv"),
    ),
    "no text": (with_lines(b"a,Caf\xe9,Belarus,,\n"), NATIVE),
    "open quote": (with_lines(b'a,"Hub,Belarus,,\n'), NATIVE),
    "NUL": (with_lines(b"a,One\0,Belarus,,\n"), NATIVE),
    "header only": (HEADER.encode() + b"\n" * LARGE, NATIVE),
}


def both_ways(
    addresses: tuple[str, str],
    folder: Path,
    content: bytes,
    options: tuple[str, ...],
    how: str = "together",
) -> None:
    """Load a file into two knowledge bases, with a second process if one can be, and without."""
    path = folder / "rows.csv"
    path.write_bytes(content)
    assert len(content) >= LARGE
    both = loaded(addresses[0], folder / "both", path, options, how)
    alone = loaded(addresses[1], folder / "alone", path, options, "alone")
    assert both == alone
    assert "Traceback" not in both.errors


#: Cases that take a second or more on each database, and of which `make test` needs no more.
QUICK = {"sqlite": ("rejects",), "postgresql": ("good",)}
PAIRS = [
    pytest.param(
        database,
        case,
        marks=() if case in QUICK[database] else pytest.mark.full,
        id=f"{database}-{case}",
    )
    for database in QUICK
    for case in CASES
]


@needs_two_cores
@pytest.mark.parametrize(("knowledge_base", "case"), PAIRS, indirect=["knowledge_base"])
def test_two_processes_write_what_one_does(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *CASES[case](tmp_path))


@needs_two_cores
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if case == "bad" else pytest.mark.full) for case in SAID],
)
@pytest.mark.parametrize("knowledge_base", ["sqlite"], indirect=True)
def test_two_processes_say_what_one_does(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *SAID[case])


@needs_two_cores
@pytest.mark.full
@pytest.mark.parametrize("case", ["good", "met"])
@pytest.mark.parametrize("knowledge_base", ["sqlite"], indirect=True)
def test_no_room_for_a_second_process_is_no_accident(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *CASES[case](tmp_path), how="refused")


def test_a_name_that_becomes_anothers_too_is_unclear_in_later_parts_of_a_file(
    knowledge_base: str, tmp_path: Path
) -> None:
    # In parts of 250 rows: the first makes the lender, the second gives its name to another, in
    # another spelling, and the third means one of the two.
    layout = wide(0, tmp_path)
    profile = Path(layout.options[1])
    profile.write_text(profile.read_text(encoding="utf-8") + MET, encoding="utf-8")
    banks = {10: ("Old Lender", ""), 300: ("New Lender", "OLD  LENDER"), 600: ("Old Lender", "")}
    lines = [
        f"{number},Hub {number},Belarus,{','.join(banks.get(number, ('Bank', '')))}{',abcd' * 475}"
        for number in range(700)
    ]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([layout.text.strip(), *lines, ""]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bricoop", "--db", knowledge_base, "load", str(path),
         *layout.options],
        env=environment(tmp_path), check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3
    assert "line 602, Bank: 'Old Lender'" in done.stderr
    assert "is ambiguous: new-lender; old-lender" in done.stderr


@pytest.mark.parametrize(
    "error",
    [
        UsageError("No.", "Do it."),
        NotFoundError("noun", "x", ("y",)),
        AmbiguousNameError("x", ("y", "z")),
        BricoopError("No."),
        ValueError("bad", 1),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        KeyError("x"),
    ],
)
def test_errors_cross_as_they_are(error: Exception) -> None:
    received = unpacked_error(bytearray(packed_error(error)))
    notes = received.__dict__.pop("__notes__")
    assert (type(received), str(received), vars(received)) == (type(error), str(error), vars(error))
    assert "second process" in notes[0]


def test_an_error_that_cannot_cross_is_told() -> None:
    error = ValueError("bad")
    error.args = (lambda: None,)
    received = unpacked_error(bytearray(packed_error(error)))
    assert (type(received), "ValueError" in str(received)) == (RuntimeError, True)


class AnyPlace:
    """A stand-in that accepts every name as a place."""

    def __init__(self) -> None:
        """Doubt nothing."""
        self.doubts: list[Any] = []

    def code(self, name: str) -> str:
        """Return the name."""
        return name

    def name(self, code: str) -> str:
        """Return the code."""
        return code


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.noun)
def test_records_of_every_noun_cross_as_they_are(layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "example.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        example = StringIO()
        write_template(layout, example)
        # The example row as it stands would be refused.
        stream.write(re.sub("example", "sample", example.getvalue(), flags=re.IGNORECASE))
        stream.write("\n".join(["x" * 500, "\N{SNOWMAN},", "", "", ","]))
    with closing(open_table(str(path))) as table:
        preparer = Preparer(layout, table.origin, table.header, AnyPlace())
        rows = NativeRows(layout.noun, preparer)
        (batch,) = InProcessSource(table, rows, 1, {3: "It is left out."}).batches()
    assert (len(batch.records[0]), len(batch.problems), len(batch.left_out)) == (1, 1, 1)
    received = unpacked_batch(bytearray(packed_batch(batch)))
    assert received._replace(words={}, same=[]) == batch
    assert all(words == worded(long_text) for long_text, words in received.words.items())
