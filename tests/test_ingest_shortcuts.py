"""What saves a large load time does not change its result: tables, messages and files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from bricoop.db.address import parse_address
from bricoop.db.check import check
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import load, metadata
from support.command_line import NEW_SOURCE as NEW
from support.large_files import wide
from support.processes import HANGS
from support.server import on_server, server_url

pytestmark = pytest.mark.later_on_postgresql

#: Runs the program with or without what saves time: rows that are read by column, the filter of
#: names in the database, and the indexes of names that are created again at the end.
PROGRAM = """
import sys
from bricoop.__main__ import main
from bricoop.db import deferred
from bricoop.ingest import run
from bricoop.ingest.profile.row_translator import Translator
from bricoop.ingest.resolve import name_filter
how = sys.argv.pop(1)
if how == "plain":
    name_filter.MOST = -1
    Translator.read = lambda *_: None
else:
    run._OUTGROWS = run._OF_ENTITY = 0
if how == "indexes again":
    deferred._OFTEN = 0
main()
"""
#: Two loads begin at different times.
MOMENTS = {"started_at", "finished_at", "created_at"}
LARGE = 1024 * 1024


class Outcome(NamedTuple):
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


def loaded(address: str, folder: Path, path: Path, options: tuple[str, ...], how: str) -> Outcome:
    """Load a file with all shortcuts, without any, or with indexes that are created early."""
    folder.mkdir()
    more = [str(folder / option) if option.startswith("out-") else option for option in options]
    noun, rest = (more[:1], more[1:]) if more[0] != "--profile" else ([], more)
    arguments = ["--db", address, "load", *noun, str(path), *rest]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, *arguments], env=environment(folder), check=False,
        capture_output=True, text=True, timeout=HANGS,
    )  # fmt: skip
    engine = make_engine(parse_address(address))
    with reading(engine) as connection:
        tables = tables_of(connection)
        assert [result for result in check(connection) if result.violations] == []
    engine.dispose()
    files = {path.name: path.read_bytes() for path in folder.glob("out-*")}
    return Outcome(done.returncode, done.stderr.replace(str(folder), ""), tables, files)


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
    how: str = "shortcuts",
) -> None:
    """Load a file into two knowledge bases, with and without what saves time."""
    path = folder / "rows.csv"
    path.write_bytes(content)
    assert len(content) >= LARGE
    fast = loaded(addresses[0], folder / "fast", path, options, how)
    plain = loaded(addresses[1], folder / "plain", path, options, "plain")
    assert fast == plain
    assert "Traceback" not in fast.errors


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


@pytest.mark.parametrize(("knowledge_base", "case"), PAIRS, indirect=["knowledge_base"])
def test_shortcuts_write_the_same(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *CASES[case](tmp_path))


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if case == "bad" else pytest.mark.full) for case in SAID],
)
@pytest.mark.parametrize("knowledge_base", ["sqlite"], indirect=True)
def test_shortcuts_report_the_same(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *SAID[case])


@pytest.mark.full
@pytest.mark.parametrize("case", ["good", "met"])
@pytest.mark.parametrize("knowledge_base", ["sqlite"], indirect=True)
def test_indexes_that_are_needed_early_are_created_early(
    knowledge_base: str, twin: str, tmp_path: Path, case: str
) -> None:
    both_ways((knowledge_base, twin), tmp_path, *CASES[case](tmp_path), how="indexes again")


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
        env=environment(tmp_path), check=False, capture_output=True, text=True, timeout=HANGS,
    )  # fmt: skip
    assert done.returncode == 3
    assert "line 602, Bank: 'Old Lender'" in done.stderr
    assert "is ambiguous: new-lender; old-lender" in done.stderr
