"""The program itself: its answers, formats, errors and exit codes."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from typer.main import get_command

from bricoop.cli.app import app
from support.command_line import NEW_SOURCE, answer, commands, on_terminal, process, run
from support.examples import few_of
from support.processes import HANGS, wait_until

pytestmark = pytest.mark.later_on_postgresql

HUB = "name,kind,countries,financiers\nOrsha Hub,facility,Belarus,CDB; Bank of Minsk\n"


def test_rows_read_back_equal_in_every_data_format(knowledge_base: str) -> None:
    command = ("--db", knowledge_base, "query", "statistics", "--columns", "indicator,value,unit")
    rows = json.loads(answer(*command, "-f", "json"), parse_float=Decimal)
    lines = answer(*command, "-f", "ndjson").splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == rows
    assert {"value": Decimal("6.4"), "unit": "percent"}.items() <= {
        name: value for row in rows if row["value"] == Decimal("6.4") for name, value in row.items()
    }.items()
    texts = [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    for format_, mark in (("csv", ","), ("tsv", "\t")):
        records = list(csv.DictReader(io.StringIO(answer(*command, "-f", format_)), delimiter=mark))
        assert records == texts
    assert answer(*command, "--count") == f"{len(rows)}\n"


def test_tables_in_a_pipe_are_whole_plain_and_aligned(knowledge_base: str) -> None:
    text = answer("query", "projects", "--db", knowledge_base)
    assert "China–Egypt TEDA Suez Economic and Trade Cooperation Zone" in text
    assert "\x1b" not in text
    ports = answer("query", "projects", "--kind", "port", "--db", knowledge_base).splitlines()
    assert len({line.index("implementation") for line in ports[1:]}) == 1


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_showing_a_misprinted_port(
    knowledge_base: str, format_: str, snapshot: SnapshotAssertion
) -> None:
    text = answer("show", "Guadal Port", "-f", format_, "--db", knowledge_base)
    assert text == snapshot(name=format_)


def test_show_has_the_fields_that_programs_read(knowledge_base: str) -> None:
    entity = json.loads(answer("show", "Guadal Port", "-f", "json", "--db", knowledge_base))
    by = {"source": "manufacturing-cooperation-paper", "locator": "3.2.1"}
    assert (entity["key"], entity["kind"], entity["name"]) == (
        "gwadar-port",
        "project",
        "Gwadar Port",
    )
    assert entity["description"].startswith("One of four ports that the paper reports")
    spelling = {"kind": "spelling", "language": None, **by}
    assert entity["aliases"] == [
        {"name": "Gwadar Port", "kind": "name", "language": None, **by},
        {"name": "Guadal Port", "kind": "as-printed", "language": None, **by},
        {"name": "瓜达尔港", "kind": "translation", "language": "zh", **by},
        {"name": "Port of Gwadar", **spelling},
        {"name": "Gwadar", **spelling},
    ]
    assert entity["links"] == [
        {"code": "facility", "name": "facilities connectivity", "basis": "stated", **by}
    ]
    (relation,) = entity["relations"]
    assert {**by, "relation": "location", "key": "pakistan", "name": "Pakistan"}.items() <= (
        relation.items()
    )
    claims = {claim.pop("field"): claim for claim in entity["claims"]}
    assert {field: (claim["value"], claim["raw"]) for field, claim in claims.items()} == {
        "description": (entity["description"], {"description": entity["description"]}),
        "aliases": (["Port of Gwadar", "Gwadar"], {"aliases": "Port of Gwadar; Gwadar"}),
        "countries": (["PAK"], {"countries": "Pakistan"}),
        "kind": ("port", {"kind": "port"}),
        "links": (["facility"], {"links": "facility"}),
        "name": ("Gwadar Port", {"name": "Gwadar Port"}),
        "name_zh": ("瓜达尔港", {"name_zh": "瓜达尔港"}),
        "stated_name": ("Guadal Port", {"stated_name": "Guadal Port"}),
        "status": ("implementation", {"status": "implementation"}),
    }
    for claim in claims.values():
        assert claim.keys() == {"value", "raw", "source", "locator", "cells"}
        assert by.items() <= claim.items()
    assert entity["scores"] == {
        "source_quality": 3, "completeness": 1, "implementation_detail": 0, "loan_detail": None,
    }  # fmt: skip
    empty = ("disagreements", "statistics", "findings", "finance", "finance_claims")
    assert [entity[name] for name in empty] == [[]] * 5


def test_a_country_with_nothing_recorded_says_so(knowledge_base: str) -> None:
    text = answer("--db", knowledge_base, "report", "country", "Chad")
    assert "Nothing is recorded about Chad" in text


def test_citations_lead_to_the_bibliography(knowledge_base: str) -> None:
    report = json.loads(answer("--db", knowledge_base, "report", "country", "China", "-f", "json"))
    known = {source["key"] for source in report["sources"]}
    cited = {
        citation["source"]
        for section in report["sections"].values()
        for block in section["parts"]
        for cited in (*block.get("rows", ()), *block.get("figures", ()), block)
        for citation in cited.get("citations", ())
    }
    assert cited == known


def test_a_bad_file_is_refused_with_its_places_and_loads_once_corrected(
    knowledge_base: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HUB + "Bad,portt,Paksitan,\n" * 15, encoding="utf-8")
    log = tmp_path / "problems.csv"
    command = ("--db", knowledge_base, "load", "projects", str(path), *NEW_SOURCE)
    result = run(*command, "--problems", str(log))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "line 3, kind: 'portt' is not a known kind. Did you mean: port" in result.stderr
    assert "Did you mean: Pakistan" in result.stderr
    assert "nothing was loaded" in result.stderr
    assert len(list(csv.DictReader(log.read_text(encoding="utf-8").splitlines()))) == 30
    path.write_text(HUB, encoding="utf-8")
    assert "1 new" in run(*command, "--dry-run").stderr
    assert "1 new" in run(*command).stderr
    again = run("load", "projects", "-", "--source", "notes", "--db", knowledge_base, stdin=HUB)
    assert "0 new, 0 changed, 1 unchanged, 0 rejected" in again.stderr
    assert "Orsha Hub" in answer("show", "Orsha", "--db", knowledge_base)
    assert run("--db", knowledge_base, "undo", "13").exit_code == 0
    # The load that found the row unchanged states it, too.
    assert "Orsha Hub" in answer("show", "Orsha", "--db", knowledge_base)
    assert run("--db", knowledge_base, "undo", "14").exit_code == 0
    assert run("--db", knowledge_base, "show", "Orsha").exit_code == 4
    answer("--db", knowledge_base, "db", "check")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("query", "castles"), 2, "No such command"),
        (("query", "projects", "--colour"), 2, "No such option"),
        (("undo", "99999999999999999999"), 2, "is not the number of a load"),
        (("query", "projects", "--kind", "castle"), 2, "industrial-park"),
        (("query", "projects", "--country", "Belarsu"), 4, "Belarus"),
        (("show", "Gwadr prt"), 4, "Gwadar Port"),
        (("report", "country", "Gwadar"), 4, "No country"),
        (("load", "castles", "x.csv", *NEW_SOURCE), 4, "projects"),
        (("load", "projects", "nowhere.csv", *NEW_SOURCE), 3, "No such file"),
        (("load", "projects", "x.csv"), 2, "--source KEY"),
        (("undo", "4711"), 4, "There is no load 4711"),
        (("--db", "mysql://x/y", "db", "path"), 5, "cannot use mysql databases"),
        (("--db", "postgresql://a:hunter2@127.0.0.1:1/x", "query", "links"), 5, "127.0.0.1:1"),
        (("--db", "/nowhere/at/all.sqlite", "query", "links"), 5, "does not exist"),
    ],
)
def test_every_mistake_is_one_line_and_a_code(
    sqlite_template: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    database = () if "--db" in arguments else ("--db", str(sqlite_template))
    result = run(*database, *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_text_from_files_moves_no_terminal_and_runs_in_no_spreadsheet(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb = tmp_path / "kb.sqlite"
    kb.write_bytes(sqlite_template.read_bytes())
    nasty = 'name,description,countries\n"=cmd|x [red]\x1b[31m<script>","a|b",Belarus\n'
    assert run("--db", str(kb), "load", "projects", "-", *NEW_SOURCE, stdin=nasty).exit_code == 0
    for command in (("query", "projects", "--source", "notes"), ("show", "cmd x"),
                  ("report", "country", "Belarus")):  # fmt: skip
        for format_ in ("table", "markdown"):
            text = answer("--db", str(kb), *command, "-f", format_)
            assert "\x1b" not in text
            assert "[red]" in text.replace("\\", "")
            assert format_ == "table" or "<script>" not in text.replace("\\<script\\>", "")
    rows = csv.reader(io.StringIO(answer("--db", str(kb), "query", "projects", "-f", "csv")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_first_use_makes_the_knowledge_base_and_says_so_in_one_line(tmp_path: Path) -> None:
    first = process("query", "projects", "--link", "facility", "--count", home=tmp_path)
    assert first.returncode == 0
    assert int(first.stdout) > 8
    assert len(first.stderr.splitlines()) == 1
    assert str(tmp_path) in first.stderr
    again = process("db", "path", home=tmp_path)
    assert (Path(again.stdout.strip()).exists(), again.stderr) == (True, "")


def test_a_database_of_another_version_is_left_alone(sqlite_template: Path, tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415

    path = tmp_path / "newer.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    for version, message in (("9999", "newer"), ("0001", "db upgrade")):
        connection = sqlite3.connect(path)
        connection.execute("UPDATE bricoop_version SET version_num = ?", [version])
        connection.commit()
        connection.close()
        result = run("--db", str(path), "query", "projects")
        assert (result.exit_code, message in result.stderr) == (5, True)


def test_a_reader_that_stops_reading_ends_it_quietly(sqlite_template: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m bricoop --db {sqlite_template} query findings -f ndjson"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; for i in 1 2 3; do {command} | head -n 1; done"],  # noqa: S607
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 3


@pytest.mark.parametrize("columns", few_of([80, 140], 1))
def test_a_table_fits_the_terminal_and_cuts_nothing(sqlite_template: Path, columns: int) -> None:
    command = ("--db", str(sqlite_template), "query", "projects", "--link", "facility")
    text = on_terminal(columns, *command, NO_COLOR="1")
    assert "\x1b" not in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= columns
    headings, *rows = text.splitlines()
    assert headings.split() == ["name", "kind", "status", "countries", "links"]
    assert "…" not in "".join(rows)
    assert text.count("facility") >= 10
    assert "Jakarta–Bandung" in text
    assert "\x1b[" in on_terminal(columns, *command, NO_COLOR="")
    every = on_terminal(columns, *command[:4], NO_COLOR="1")
    assert max(len(line.rstrip()) for line in every.splitlines()) <= columns
    assert "…" not in every
    assert "Jakarta–Bandung" in every
    # Eight columns do not fit into 80: each row becomes a block of lines.
    assert (every.splitlines()[0].split()[:5] == headings.split()) is (columns > 80)


def is_being_written(connection: sqlite3.Connection) -> bool:
    try:
        connection.executescript("BEGIN IMMEDIATE; ROLLBACK")
    except sqlite3.OperationalError:
        return True
    return False


def test_an_interrupted_load_leaves_everything_as_it_was(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb = tmp_path / "kb.sqlite"
    kb.write_bytes(sqlite_template.read_bytes())
    before = answer("--db", str(kb), "query", "projects", "--count")
    rows = "".join(f"P{number},Project {number}\n" for number in range(200_000))
    (tmp_path / "big.csv").write_text("id,name\n" + rows, encoding="utf-8")
    loading = subprocess.Popen(
        [sys.executable, "-m", "bricoop", "--db", str(kb), "load", "projects",
         str(tmp_path / "big.csv"), *NEW_SOURCE],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with closing(sqlite3.connect(kb, timeout=0, isolation_level=None)) as other:
        wait_until(loading, lambda: is_being_written(other))
    loading.send_signal(signal.SIGINT)
    _, errors = loading.communicate(timeout=HANGS)
    assert loading.returncode == 130
    assert "nothing was written" in errors
    assert answer("--db", str(kb), "query", "projects", "--count") == before


@pytest.mark.parametrize(("path", "command"), commands(get_command(app)), ids=str)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], command: Any) -> None:
    assert f"Example: bricoop {' '.join(path)}" in " ".join(command.help.split())
    assert all(parameter.help for parameter in command.params)


def test_templates_are_layouts_with_an_example_row() -> None:
    from bricoop.ingest.layouts.registry import LAYOUTS  # noqa: PLC0415

    for layout in LAYOUTS:
        text = answer("template", layout.noun)
        header, *examples = list(csv.reader(io.StringIO(text)))
        assert header == [column.name for column in layout.columns]
        assert len(examples) == 1


def test_help_and_version_load_no_database() -> None:
    code = (
        "import sys; sys.argv = ['bricoop', '{}']\nfrom bricoop.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "sys.stderr.write(str('sqlalchemy' in sys.modules))"
    )
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(option)], capture_output=True, text=True, check=True
        )
        assert done.stderr == "False"


def test_status_backup_and_output_files(sqlite_template: Path, tmp_path: Path) -> None:
    kb = str(sqlite_template)
    assert "rows of record" in answer("--db", kb, "db", "status")
    assert run("--db", kb, "db", "backup", str(tmp_path / "b.sqlite")).exit_code == 0
    assert run("--db", kb, "db", "backup", str(tmp_path / "b.sqlite")).exit_code == 5
    assert run("--db", kb, "db", "copy", str(tmp_path / "c.sqlite")).exit_code == 0
    assert "up to date" in run("--db", str(tmp_path / "c.sqlite"), "db", "upgrade").stderr
    path = tmp_path / "out.csv"
    assert answer("--db", kb, "query", "links", "-f", "csv", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8").startswith("key,name,kind,code")
    assert run("--db", kb, "query", "links", "-o", str(tmp_path / "no" / "x")).exit_code == 2
