"""Tests of the detection of values with wrong types, and of unexpected JSON."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Float, Integer
from sqlalchemy.types import JSON
from typer.testing import Result

from bricoop.db.address import parse_address
from bricoop.db.column_values import is_derived
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import metadata
from bricoop.db.types import Dollars
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from support.command_line import answer, run
from support.contents import Contents, contents_of
from support.damages import FINANCE, PROJECTS
from support.examples import few_of
from support.gcdf import write_gcdf
from support.loading import loading

pytestmark = pytest.mark.later_on_postgresql

TYPES = "every value is of the type of its column"
FILE = "the file is readable and not damaged"
FACTS = "every record has the facts that follow from it"

AGREEMENTS = "name,kind,countries,organizations\nAlpha Pact,memorandum,Kenya,Bank X\n"
LOCATIONS = "project,latitude,longitude,precision\nAlpha Port,-4.05,39.66,near\n"
VERSIONS = (PROJECTS, PROJECTS.replace("Alpha Harbour", "Alpha Quay"))

#: Replacements of values, by the type of the column.
TEXTS = ("CAST({own} AS BLOB)", "x'00ff'", "CAST(x'ff41' AS TEXT)")
NUMBERS = ("'12a'", "x'3132'", "1.5")
FRACTIONS = ("'12a'", "x'3132'")
DOCUMENTS = (
    "CAST({own} AS BLOB)", "'{{not json'", "'[]'", "'{{}}'", "'[1]'", "'1'", "'\"a\"'", "'null'",
    "replace({own}, ',', ', ')", "'{{\"name\":\"a\",\"name\":\"b\"}}'", "'{{\"name\":{{}}}}'",
    "CAST(x'5bff5d' AS TEXT)",
)  # fmt: skip
#: Those of them that may be valid in a column.
SHAPED = ("'[]'", "'{}'")
#: Commands to run on each damaged database; none may end in a traceback.
ASKED = (
    ("show", "Alpha Port"), ("query", "projects"), ("query", "finance"), ("query", "records"),
    ("query", "loads"), ("search", "alpha"), ("report", "country", "Kenya"), ("total",),
    ("db", "status"), ("diff", "16"), ("sql", "SELECT * FROM v_records"),
)  # fmt: skip

COLUMNS = {
    f"{table.name}.{column.name}": column
    for table in metadata.sorted_tables
    for column in table.columns
}


def _damages(column: Column[Any]) -> Iterator[str]:
    own = f'"{column.name}"'
    if isinstance(column.type, JSON):
        chosen: tuple[str, ...] = DOCUMENTS
    elif isinstance(column.type, Boolean):
        chosen = (*NUMBERS, "2")
    elif isinstance(column.type, Integer | Dollars):
        chosen = NUMBERS
    else:
        chosen = FRACTIONS if isinstance(column.type, Float) else TEXTS
    for template in chosen:
        yield template.format(own=own)


#: Replacements by column.
DAMAGES = [(name, value) for name, column in COLUMNS.items() for value in _damages(column)]


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base with rows in every table, as a file to copy."""
    folder = tmp_path_factory.mktemp("whole")
    path = shutil.copyfile(sqlite_template, folder / "whole.sqlite")
    engine = make_engine(parse_address(str(path)))
    load = loading(engine, folder)
    for projects in VERSIONS:
        load("projects", projects, source="one")
    load("finance", FINANCE, source="two")
    load("agreements", AGREEMENTS, source="one")
    load("locations", LOCATIONS, source="one")
    load("organizations", "name,country,roles\nBank X,Kenya,financier\n", source="one")
    (folder / "finance.csv").write_text("".join(FINANCE.splitlines(keepends=True)[:2]))
    edition = LoadRequest("finance", str(folder / "finance.csv"), SourceSpec("two"), complete=True)
    load_file(engine, edition)
    engine.dispose()
    # Its header contains choices with conditions.
    write_gcdf(folder / "gcdf.csv", rows=8)
    answer("--db", str(path), "load", "--profile", "gcdf3", str(folder / "gcdf.csv"))
    return path


@pytest.fixture(scope="module")
def contents(whole: Path) -> Contents:
    """The contents of the knowledge base."""
    return _contents(whole)


def _contents(path: Path) -> Contents:
    engine = make_engine(parse_address(str(path)))
    with reading(engine) as connection:
        contents = contents_of(connection)
    engine.dispose()
    return contents


def _damaged(path: Path, column: Column[Any], value: str) -> bool:
    """Write a value into a row; return whether SQLite accepts and thereby changes it."""
    own, table = f'"{column.name}"', column.table.name
    keys = ", ".join(f'"{key_column.name}"' for key_column in column.table.primary_key.columns)
    statement = (
        f"UPDATE {table} SET {own} = {value} WHERE ({keys}) ="  # noqa: S608 (our own names)
        f" (SELECT {keys} FROM {table} ORDER BY {own} IS NULL, {keys} LIMIT 1)"
        f" AND NOT (typeof({own}) = typeof({value}) AND {own} IS {value})"
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        try:
            changed = connection.execute(statement).rowcount
        except sqlite3.IntegrityError:
            # SQLite's rowid accepts integers only.
            return False
        connection.commit()
    return changed == 1


def test_what_loads_and_profiles_write_is_whole(whole: Path) -> None:
    assert _broken(run("--db", str(whole), "db", "check")) == []


@pytest.mark.parametrize(("name", "value"), few_of(DAMAGES, 3))
def test_each_wrong_value_in_each_column_is_named(
    whole: Path, contents: Contents, tmp_path: Path, name: str, value: str
) -> None:
    path = shutil.copyfile(whole, tmp_path / "damaged.sqlite")
    if not _damaged(path, COLUMNS[name], value):
        return
    checked = run("--db", str(path), "db", "check")
    failed = _broken(checked)
    assert failed in ([TYPES], [FILE]) or (failed and value in SHAPED)
    assert name in checked.stderr or failed != [TYPES]
    rebuilt = run("--db", str(path), "db", "rebuild")
    if is_derived(COLUMNS[name]):
        assert rebuilt.exit_code == 0, rebuilt.stderr
        assert _broken(run("--db", str(path), "db", "check")) == []
        assert contents.differences(_contents(path)) == []
    elif failed == [TYPES]:
        assert rebuilt.exit_code == 5
        assert "is damaged: " in rebuilt.stderr
        assert "Nothing was changed. Restore a backup." in rebuilt.stderr


@pytest.mark.parametrize(("name", "value"), few_of(DAMAGES, 1))
def test_no_wrong_value_ends_a_command_in_a_traceback(
    whole: Path, tmp_path: Path, name: str, value: str
) -> None:
    path = shutil.copyfile(whole, tmp_path / "damaged.sqlite")
    if not _damaged(path, COLUMNS[name], value):
        return
    copied = tmp_path / "copied.sqlite"
    for arguments in (*ASKED, ("db", "copy", str(copied))):
        result = run("--db", str(path), *arguments)
        assert isinstance(result.exception, SystemExit | type(None)), arguments
        # A SQL query may itself produce text that is not UTF-8.
        is_refused = (
            arguments[0] == "sql" and "refused the query: Could not decode" in result.stderr
        )
        is_told = result.exit_code == 5 and "is damaged" in result.stderr
        assert result.exit_code == 0 or is_told or is_refused, (arguments, result.stderr)
    assert COLUMNS[name].table.info or value in SHAPED or not copied.exists()


@pytest.mark.parametrize(
    "number", few_of(["7.1_234567", "7.1234567 ", "7.12345670", "71234567e-7"], 1)
)
def test_a_number_that_is_written_otherwise_is_found_and_derived_again(
    whole: Path, contents: Contents, tmp_path: Path, number: str
) -> None:
    path = shutil.copyfile(whole, tmp_path / "damaged.sqlite")
    _altered(path, f"UPDATE finance SET amount = '{number}' WHERE currency = 'CNY'")  # noqa: S608 (our own text)
    assert _broken(run("--db", str(path), "db", "check")) == [FACTS]
    assert run("--db", str(path), "db", "rebuild").exit_code == 0
    assert contents.differences(_contents(path)) == []


def test_a_key_that_stands_twice_in_json_is_found(whole: Path, tmp_path: Path) -> None:
    path = shutil.copyfile(whole, tmp_path / "damaged.sqlite")
    doubled = """replace(fields, '"kind":"port"', '"kind":"road","kind":"port"')"""
    _altered(path, f"UPDATE record SET fields = {doubled}")  # noqa: S608 (our own text)
    assert _broken(run("--db", str(path), "db", "check")) == [TYPES]


def test_a_count_of_documents_that_none_ever_had_is_found(whole: Path, tmp_path: Path) -> None:
    path = shutil.copyfile(whole, tmp_path / "damaged.sqlite")
    _altered(path, "UPDATE search_state SET last_document = 9223372036854775807")
    rows = tmp_path / "rows.csv"
    rows.write_text("name\nGamma\n")
    load = ("--db", str(path), "load", "projects", str(rows), "--source", "one")
    refused = run(*load)
    assert refused.exit_code == 5
    assert "it fails the check that the search index matches the entities" in refused.stderr
    assert run("--db", str(path), "db", "rebuild").exit_code == 0
    assert run(*load).exit_code == 0


def _altered(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()


def _broken(checked: Result) -> list[str]:
    """Return the checks that do not hold."""
    lines = checked.stdout.splitlines()
    broken = [line.split("  ")[0] for line in lines if " no: " in line]
    assert checked.exit_code == (5 if broken else 0), checked.stderr
    return broken
