"""Text that would be SQL, a terminal's commands, markup or a path elsewhere is text here."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select
from typer.main import get_command
from typer.testing import CliRunner

from bricoop.cli.app import app
from bricoop.db.base import metadata
from bricoop.db.engine import reading
from bricoop.db.schema import entity
from bricoop.domain.passwords import has_credentials, hide_addresses, hide_passwords
from bricoop.ingest.layouts.registry import LAYOUTS
from support.command_line import NEW_SOURCE, answer, commands, run
from support.examples import few_of

pytestmark = pytest.mark.later_on_postgresql

TEXTS = (
    "x'; DROP TABLE entity; --",
    "1 OR 1=1",
    '") UNION SELECT sql FROM sqlite_master --',
    "%(id)s :id ? {0} %s \\",
    "\x1b[2J\x1b]8;;http://x\x07[bold red]x[/] </script><script>x()</script> \u202e",
    "=cmd|' /C calc'!A0",
    "../../../x\u2028y",
)

ALL = " ".join(TEXTS)
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def given_to(path: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways in which a command is given hostile text: in each option and argument.

    Nouns read what they are asked by the same code, so only some are given each text by itself.
    """
    texts = (*TEXTS, ALL) if path in APART else (ALL,)
    operators = ("=", "~", "<") if path in APART else ("=",)
    for parameter in ASKED[path].params:
        name = parameter.opts[0]
        if name in WRITTEN or getattr(parameter, "is_flag", False):
            continue
        if not name.startswith("--"):
            yield from ((text,) for text in (*TEXTS, ALL))
        elif name in {"--where", "--raw", "--search"}:
            yield from ((name, text) for text in texts)
            yield from ((name, f"name {operator} '{ALL}'") for operator in operators)
        else:
            yield name, ALL


#: What is given each text by itself in every way of asking: an entity, money, values and records.
APART = {"query projects", "query finance", "query disagreements", "query records"}
#: Options that name a file that is written.
WRITTEN = {"--db", "--output", "--save", "--problems", "--rejects"}
ASKED = {
    " ".join(path): command
    for path, command in commands(get_command(app))
    if path != ("profiles", "links")
    and path[0] in {"query", "search", "show", "report", "profiles", "diff"}
}


#: Nouns that can be asked by source.
OF_SOURCES = {
    path.removeprefix("query ")
    for path, command in ASKED.items()
    if path.startswith("query ")
    and any("--source" in parameter.opts for parameter in command.params)
}


def numbers(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("path", few_of(ASKED, 6))
def test_no_argument_is_more_than_text(quick: Engine, path: str) -> None:
    before = numbers(quick)
    call = ("--db", str(quick.url.database), *path.split())
    ways = list(given_to(path))
    assert ways
    for way in ways:
        result = CliRunner().invoke(app, [*call, *way])
        assert result.exit_code in {0, 2, 3, 4}, (way, result.output, result.exception)
        assert not _OBEYED.search(result.output), (way, result.output)
    assert numbers(quick) == before


@pytest.mark.parametrize("path", ["query finance", "search"])
def test_no_argument_is_more_than_text_to_a_server(engine: Engine, path: str) -> None:
    before = numbers(engine)
    call = ("--db", engine.url.render_as_string(hide_password=False), *path.split())
    for way in given_to(path):
        result = CliRunner().invoke(app, [*call, *way])
        assert result.exit_code in {0, 2, 4}, (way, result.output, result.exception)
    assert numbers(engine) == before


@pytest.mark.parametrize("noun", few_of([layout.noun for layout in LAYOUTS], 2))
def test_no_cell_is_more_than_text(quick: Engine, tmp_path: Path, noun: str) -> None:
    base = ("--db", str(quick.url.database))
    path = tmp_path / "cells.csv"
    header, example, *_ = csv.reader(io.StringIO(answer(*base, "template", noun)))
    taken = 0
    for index in range(len(header)):
        cells = [*example[:index], ALL, *example[index + 1 :]]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, cells])
        loaded = run(*base, "load", noun, str(path), *NEW_SOURCE)
        assert loaded.exit_code in {0, 3}, (header[index], loaded.output, loaded.exception)
        assert not _OBEYED.search(loaded.output), (header[index], loaded.output)
        if not loaded.exit_code:
            taken += 1
            shown(base, noun)
    assert taken
    with reading(quick) as connection:
        assert connection.execute(select(func.count()).select_from(entity)).scalar_one() > 250


def shown(base: tuple[str, ...], noun: str) -> None:
    """Look at what was loaded in every form of text."""
    queried = noun if noun in OF_SOURCES else "records"
    for format_ in ("table", "markdown", "json", "ndjson", "csv"):
        text = answer(*base, "query", queried, "--source", "notes", "-f", format_)
        assert not _OBEYED.search(text), (format_, text)
    text = answer(*base, "query", queried, "--source", "notes", "-f", "csv")
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell.startswith("=")]


#: A terminal's colour, an override of the direction of writing, and a line break of C1.
SPOOFED = "Port \x1b[31m\u202eR\x85A"
ESCAPED = r"Port \u001b[31m\u202eR\u0085A"


def test_no_export_holds_a_control_character_and_json_keeps_its_value(
    quick: Engine, tmp_path: Path
) -> None:
    base = ("--db", str(quick.url.database))
    path = tmp_path / "spoofed.csv"
    header = "name,kind,description\n"
    path.write_text(f"{header}{SPOOFED},port,\nPort \0 B,port,\n", encoding="utf-8")
    refused = run(*base, "load", "projects", str(path), *NEW_SOURCE)
    assert refused.exit_code == 3
    assert r"line 3, name: 'Port \x00 B' has a NUL character. Remove it." in refused.output
    path.write_text(f'{header}{SPOOFED},port,"a\tb\nc\u200c"\n', encoding="utf-8")
    assert run(*base, "load", "projects", str(path), *NEW_SOURCE).exit_code == 0
    question = (*base, "query", "projects", "--source", "notes", "--columns", "name,description")
    for format_ in ("csv", "tsv"):
        text = answer(*question, "-f", format_)
        separator = {"csv": ",", "tsv": "\t"}[format_]
        (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        assert row == {"name": ESCAPED, "description": "a\tb\nc\u200c"}
    for format_ in ("json", "ndjson"):
        text = answer(*question, "-f", format_)
        assert ESCAPED in text
        document = json.loads(text)
        row = document[0] if isinstance(document, list) else document
        assert row == {"name": SPOOFED, "description": "a\tb\nc\u200c"}
    assert ESCAPED in answer(*question, "-f", "table")
    book = tmp_path / "book.xlsx"
    assert run(*question, "-o", str(book)).exit_code == 0
    assert list(load_workbook(book)["Rows"].values)[1] == (ESCAPED, "a\tb\nc\u200c")


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_no_report_holds_a_control_character(quick: Engine, tmp_path: Path, ending: str) -> None:
    base = ("--db", str(quick.url.database))
    path, report = tmp_path / "spoofed.csv", tmp_path / f"report.{ending}"
    path.write_text(f"id,name,kind\n1,{SPOOFED},port\n", encoding="utf-8")
    loaded = run(*base, "load", "projects", str(path), "--source", "s", "--source-title", SPOOFED,
                 "--tier", "7")  # fmt: skip
    assert loaded.exit_code == 0
    assert run(*base, "report", "source", "s", "-o", str(report)).exit_code == 0
    text = report.read_text(encoding="utf-8")
    assert ESCAPED.replace("\\", "") in text.replace("\\", "")
    assert not _OBEYED.search(text)


def test_the_problems_of_refused_rows_hold_no_control_character(
    quick: Engine, tmp_path: Path
) -> None:
    path, rejects, problems = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    path.write_text(f"name,kind\nQuay,port\nHub,{SPOOFED}\n", encoding="utf-8")
    call = ("--db", str(quick.url.database), "load", "projects", str(path), *NEW_SOURCE)
    result = run(*call, "--rejects", str(rejects), "--problems", str(problems))
    assert (result.exit_code, _OBEYED.search(result.output)) == (3, None)
    assert not _OBEYED.search(problems.read_text(encoding="utf-8"))
    (row,) = csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8"), newline=""))
    assert not _OBEYED.search(row["bricoop_problems"])
    # The row itself is the file's own, to be corrected and loaded again.
    assert row["kind"] == SPOOFED


#: Text whose comparison with names, with patterns or with each of its words would take very long.
LONG = ("a" * 100_000, "a " * 50_000, "a:" * 50_000, ":" * 100_000, "a@" * 50_000, "('" * 50_000)


@pytest.mark.parametrize("text", LONG, ids=[text[:2] for text in LONG])
def test_long_arguments_are_refused_in_short(
    sqlite_template: Path, tmp_path: Path, text: str
) -> None:
    question = tmp_path / "question.toml"
    question.write_text(f'noun = "projects"\n[filters]\nkind = ["{text}"]\n', encoding="utf-8")
    names = ("show",), ("report", "country"), ("total", "--rule"), ("query",), ("rules", "show")
    fields = "country", "kind", "source", "region", "sector", "columns", "sort", "raw", "group-by"
    calls = [(*name, text) for name in names]
    calls += [("query", "projects", f"--{field}", text) for field in fields]
    calls += [("query", "projects", f"--{text}"), ("query", "--from", str(question))]
    for call in calls:
        refused = run("--db", str(sqlite_template), *call)
        assert refused.exit_code in {2, 4}, call[:-1]
        assert isinstance(refused.exception, SystemExit), call[:-1]
        assert len(refused.stderr) < 5_000, call[:-1]


def test_passwords_are_hidden_in_words_of_any_length() -> None:
    for word in ("u:secret@h", "a" * 5_000 + ":secret@h", "u:secret" + "@" * 5_000):
        assert "secret" not in hide_passwords(f"Cannot reach {word} (password=secret).")
        assert "secret" not in hide_addresses(f"No such command {word}.")
        assert has_credentials(f"x {word}")
    assert hide_passwords("Load 3: a@b") == "Load 3: a@b"
