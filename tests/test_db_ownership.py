"""Tests that every command refuses databases of other programs, and does not change them."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from bricoop.db.address import parse_address
from bricoop.db.state import VERSION_TABLE
from support.command_line import process, run

#: Contents of files of other programs.
TABLE = "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)"
CONTENTS = {
    "a table": TABLE,
    "a table named like one of ours": "CREATE TABLE record (id INTEGER)",
    "only a view": "CREATE VIEW latest AS SELECT 1 AS id",
    "only an application's number": "PRAGMA application_id = 1196444487",
}
COMMANDS = {
    "query": ("query", "links", "--count"),
    "show": ("show", "Gwadar"),
    "search": ("search", "port"),
    "sql": ("sql", "SELECT 1"),
    "total": ("total",),
    "report": ("report", "overview"),
    "load": ("load", "projects", "-", "--source", "x", "--source-title", "X", "--tier", "5"),
    "undo": ("undo", "1"),
    "status": ("db", "status"),
    "check": ("db", "check"),
    "rebuild": ("db", "rebuild"),
    "upgrade": ("db", "upgrade"),
    "backup": ("db", "backup", "saved.sqlite"),
    "copy": ("db", "copy", "copied.sqlite"),
}
REFUSAL = "contains tables of another program; it was not changed"


def traces(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the content and the time of change of every file in a folder."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    path = tmp_path / "work"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.mark.parametrize("content", CONTENTS)
def test_a_file_of_another_program_is_refused_without_a_trace(
    sqlite_template: Path, folder: Path, content: str
) -> None:
    shutil.copyfile(sqlite_template, "mine.sqlite")
    with closing(sqlite3.connect("foreign.sqlite")) as connection:
        connection.execute(CONTENTS[content])
    before = traces(folder)
    for arguments in (*COMMANDS.values(), ("--db", "mine.sqlite", "db", "copy", "foreign.sqlite")):
        result = (
            run(*arguments, "--db", "foreign.sqlite") if arguments[0] != "--db" else run(*arguments)
        )
        assert (result.exit_code, result.stdout) == (5, ""), arguments
        assert REFUSAL in result.stderr
        assert {"foreign.sqlite": before["foreign.sqlite"]} == {
            name: trace for name, trace in traces(folder).items() if not name.startswith("mine")
        }


def test_what_a_crashed_program_left_in_its_log_stays_there(folder: Path) -> None:
    leave = (
        "import os, sqlite3; c = sqlite3.connect('foreign.sqlite', isolation_level=None)\n"
        f"c.execute('PRAGMA journal_mode = WAL'); c.execute('{TABLE}'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", leave], check=True, cwd=folder)
    before = traces(folder)
    assert before["foreign.sqlite-wal"][0]
    done = process("--db", "foreign.sqlite", "query", "links", home=folder, cwd=folder)
    assert (done.returncode, REFUSAL in done.stderr) == (5, True)
    after = traces(folder)
    # The `-shm` file is no content: SQLite recreates it whenever the file is opened.
    for name in ("foreign.sqlite", "foreign.sqlite-wal"):
        assert after[name] == before[name]
    assert after.keys() == before.keys()


def test_an_empty_file_becomes_a_knowledge_base(folder: Path) -> None:
    (folder / "new.sqlite").touch()
    assert run("--db", "new.sqlite", "query", "links", "--count").stdout == "5\n"
    (folder / "copied.sqlite").touch()
    assert run("--db", "new.sqlite", "db", "copy", "copied.sqlite").exit_code == 0
    with closing(sqlite3.connect("copied.sqlite")) as connection:
        assert connection.execute("PRAGMA page_size").fetchone() == (16384,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_database_with_other_tables_is_refused(database: str) -> None:
    engine = create_engine(parse_address(database))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id integer)"))
        connection.execute(text("INSERT INTO invoices VALUES (1)"))
    for arguments in (("query", "links"), ("db", "status"), ("db", "upgrade"), ("db", "check")):
        result = run("--db", database, *arguments)
        assert (result.exit_code, REFUSAL in result.stderr) == (5, True)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["invoices"]
    engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_database_with_tables_of_an_extension_is_empty(database: str) -> None:
    engine = create_engine(parse_address(database))
    with engine.begin() as connection:
        # Imitates `CREATE EXTENSION`, as the test server may lack the extension.
        connection.execute(text("CREATE TABLE of_extension (id integer)"))
        connection.execute(text("ALTER EXTENSION plpgsql ADD TABLE of_extension"))
    assert run("--db", database, "query", "links", "--count").stdout == "5\n"
    engine.dispose()


def test_a_knowledge_base_that_lost_its_version_is_damaged(knowledge_base: str) -> None:
    engine = create_engine(parse_address(knowledge_base))
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))  # noqa: S608 (our own name)
    engine.dispose()
    result = run("--db", knowledge_base, "query", "links")
    assert result.exit_code == 5
    assert "holds no version. Restore a backup." in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
@pytest.mark.parametrize("file", ["/proc/version", "/proc/self/status"])
def test_files_that_the_kernel_makes_are_no_databases(file: str) -> None:
    result = run("--db", file, "query", "links")
    assert (result.exit_code, result.stdout) == (5, "")
    assert f"The file {file} is not an SQLite database." in result.stderr
