"""What was exported loads again, and says what it answers, when, and who speaks in it."""

import csv
import hashlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.names import without_commands
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.render.row_formats import Format, write_answer
from support.command_line import NEW_SOURCE, answer, run
from support.examples import examples, few_of

pytestmark = pytest.mark.later_on_postgresql

HOSTILE = (
    "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-x", "'=1+1", "''@x", "'plain", 'a "b" c', "a\tb", "a\nb",
    "a\r\nb", "a\rb", "\x01\x1f\x7f", "\u200f\u202ex\u202c", "<r><t>x</t></r>", "_x0041_", "_x005F_x0041_",
    "007", "1e5", "TRUE", "2019-03-14", "a; b", "中国", "😀", "word " * 6000 + "end",
)  # fmt: skip
_NO_TEXT = "\0\ufffe\uffff"  # a cell with a NUL is refused, and XML has no words for the others
CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=_NO_TEXT)
    | st.sampled_from("=+-@'\"\t\r\n;,_x0041<>&"),
    min_size=1,
    max_size=20,
)


def described(engine: Engine, source: str) -> list[tuple[str, str]]:
    """Return the names and descriptions of a source's projects, by their keys."""
    with reading(engine) as connection:
        question = Question("projects", {"source": (source,)}, ("name", "description"), "key")
        return [
            (row["name"], row["description"]) for row in execute(connection, question).by_name()
        ]


def loaded(engine: Engine, path: Path, source: str) -> int:
    """Load projects as a source's, and return the number of the load."""
    spec = SourceSpec(source, title=source, tier=7)
    result = load_file(engine, LoadRequest("projects", str(path), spec))
    assert result.load_id is not None
    return result.load_id


def go_round(engine: Engine, folder: Path, texts: Sequence[str], format_: Format) -> None:
    """Load texts, export them, take them back, and load the export.

    They are what they were, but for control characters, which are escaped.
    """
    first, again = folder / "first.csv", folder / f"again.{format_.value}"
    with first.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["id", "name", "description"])
        writer.writerows(
            [f"p{number:04d}", f"Project {number:04d}", f"'{text}" if guarded(text) else text]
            for number, text in enumerate(texts)
        )
    number = loaded(engine, first, "first")
    before = described(engine, "first")
    with reading(engine) as connection, again.open("wb") as raw:
        question = Question("projects", {"source": ("first",)}, ("name", "description"), "key")
        if format_.writing.binary:
            write_answer(execute(connection, question), format_, raw)
        else:
            with open(raw.fileno(), "w", encoding="utf-8", newline="", closefd=False) as out:
                write_answer(execute(connection, question), format_, out)
    undo_load(engine, number)
    number = loaded(engine, again, "second")
    escaped = [(name, text and without_commands(text)) for name, text in before]
    assert sorted(described(engine, "second")) == sorted(escaped)
    assert [text or "" for _, text in before] == [kept(text) for text in texts]
    undo_load(engine, number)


def guarded(text: str) -> bool:
    """Return whether loading would take an apostrophe off a text."""
    return text.startswith("'") and text.lstrip("'")[:1] in {*"=+-@\t\r"} and text.lstrip("'") != ""


def kept(text: str) -> str:
    """Return what a knowledge base keeps of a cell: nothing of one that is blank."""
    return text.strip()


@pytest.mark.parametrize("format_", [Format.CSV, Format.XLSX])
def test_hostile_texts_go_out_and_come_in_again(
    engine: Engine, tmp_path: Path, format_: Format
) -> None:
    go_round(engine, tmp_path, HOSTILE, format_)


@settings(
    deadline=None,
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(CELLS, min_size=1, max_size=5),
    format_=st.sampled_from([Format.CSV, Format.XLSX]),
)
def test_any_text_goes_out_and_comes_in_again(
    quick: Engine, tmp_path: Path, texts: list[str], format_: Format
) -> None:
    go_round(quick, tmp_path, texts, format_)


def test_a_workbook_that_was_written_here_is_loaded_by_its_rows(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb, path = tmp_path / "kb.sqlite", tmp_path / "ports.xlsx"
    kb.write_bytes(sqlite_template.read_bytes())
    command = (
        "--db",
        str(kb),
        "query",
        "projects",
        "--kind",
        "port",
        "--columns",
        "name,kind,status",
    )
    before = answer(*command)
    answer(*command, "-o", str(path))
    message = run("--db", str(kb), "load", "projects", str(path), *NEW_SOURCE).stderr
    assert "Read the sheet Rows of an exported workbook." in message
    assert "4 new, 0 changed" in message
    assert answer(*command) == before


@pytest.mark.parametrize("format_", ["csv", "ndjson", "xlsx", "parquet"])
def test_an_export_says_where_it_comes_from(
    knowledge_base: str, tmp_path: Path, format_: str
) -> None:
    base, path = ("--db", knowledge_base), tmp_path / f"ports.{format_}"
    text = "name,kind\nGwadar Port,port\n"
    more = ("--licence", "CC-BY-4.0", "--publisher", "A press")
    assert run(*base, "load", "projects", "-", *NEW_SOURCE, *more, stdin=text).exit_code == 0
    command = ("query", "projects", "--kind", "port", "--name", "gwadar", "--sort", "-key")
    answer(*base, *command, "--limit", "7", "--provenance", "-o", str(path))
    about = json.loads((tmp_path / f"ports.{format_}.provenance.json").read_text(encoding="utf-8"))
    assert about["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (about["file"], about["rows"], about["tool_version"]) == (path.name, 1, "0.1.0")
    assert about["question"]["filters"] == {"kind": ["port"], "name": ["gwadar"]}
    assert (about["question"]["sort"], about["question"]["limit"]) == ("-key", 7)
    assert about["question"]["columns"][:2] == ["key", "name"]
    notes, paper = sorted(about["sources"], key=lambda source: str(source["key"] != "notes"))
    assert (notes["title"], notes["licence"], notes["publisher"]) == (
        "My notes", "CC-BY-4.0", "A press",
    )  # fmt: skip
    assert paper["key"] == "manufacturing-cooperation-paper"
    assert [load["sha256"] for load in notes["loads"]] == [
        hashlib.sha256(text.encode()).hexdigest()
    ]
    version = f"knowledge base version {about['knowledge_base']}"
    assert version in " ".join(answer(*base, "db", "status").split())
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith("ports")} == {
        path.name, f"{path.name}.provenance.json",
    }  # fmt: skip


def test_only_sources_that_speak_about_the_rows_are_named(
    knowledge_base: str, tmp_path: Path
) -> None:
    base, path = ("--db", knowledge_base), tmp_path / "out.csv"
    run(*base, "load", "projects", "-", *NEW_SOURCE, stdin="name\nOrsha Hub\n")
    expected = {
        ("projects", "--name", "orsha"): {"notes"},
        ("projects", "--name", "gwadar"): {"manufacturing-cooperation-paper"},
        ("projects", "--name", "nowhere"): set(),
        ("projects", "--sort", "-name", "--limit", "1", "--source", "notes"): {"notes"},
        ("statistics", "--year", "2018"): {"manufacturing-cooperation-paper"},
        ("sources", "--tier", "5"): {"notes"},
        ("loads", "--source", "notes"): {"notes"},
        ("records", "--source", "notes"): {"notes"},
    }
    for command, keys in expected.items():
        answer(*base, "query", *command, "--provenance", "-o", str(path))
        about = json.loads(path.with_name("out.csv.provenance.json").read_text(encoding="utf-8"))
        assert {source["key"] for source in about["sources"]} == keys, command


def test_a_workbook_carries_its_question_and_its_sources(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    answer("--db", str(sqlite_template), "query", "statistics", "--year", "2018", "-o", str(path))
    book = openpyxl.load_workbook(path)
    question = dict(book["Question"].iter_rows(min_row=2, values_only=True))
    assert (question["noun"], question["filters: year"]) == ("statistics", "2018")
    assert {
        "asked",
        "rows",
        "bricoop",
        "knowledge base version",
        "columns",
        "note",
    } <= question.keys()
    header, *sources = book["Sources"].iter_rows(values_only=True)
    assert header == ("key", "title", "publisher", "edition", "published", "licence", "url")
    assert [source[0] for source in sources] == ["manufacturing-cooperation-paper"]
    assert book["Files"]["D2"].value == "statistics.csv"


def test_a_sidecar_needs_a_file_to_stand_beside(sqlite_template: Path) -> None:
    for output in ((), ("-o", os.devnull)):
        result = run("--db", str(sqlite_template), "query", "links", "--provenance", *output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            "Error: --provenance writes a file beside the output file. Add --output FILE.\n"
        )


def at_terminal(arguments: Sequence[str], **environment: str) -> tuple[str, int]:
    """Run the program at a terminal of ten lines."""
    leader, follower = pty.openpty()
    variables = {**os.environ, "COLUMNS": "100", "LINES": "10", "TERM": "xterm", **environment}
    done = subprocess.Popen(
        [sys.executable, "-m", "bricoop", *arguments],
        stdin=follower, stdout=follower, stderr=follower, env=variables, start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(leader)
    return seen.decode(), done.wait()


@pytest.mark.parametrize("command", few_of(["report country Pakistan", "show Gwadar Port"], 1))
def test_a_pager_shows_a_long_page(sqlite_template: Path, tmp_path: Path, command: str) -> None:
    base = ("--db", str(sqlite_template), *command.split())
    log = tmp_path / "paged"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {log}\n", encoding="utf-8")
    pager.chmod(0o755)
    seen, code = at_terminal(base, PAGER=str(pager), LINES="5")
    assert (code, seen) == (0, "")
    assert "Gwadar Port" in log.read_text(encoding="utf-8")
    log.unlink()
    # With `--no-pager` and `-f`, pages are as tables, which are tried below.
    seen, code = at_terminal((*base, "-o", str(tmp_path / "page.md")), PAGER=str(pager), LINES="5")
    assert (code, log.exists()) == (0, False)


def test_a_pager_shows_a_long_table_and_nothing_else(sqlite_template: Path, tmp_path: Path) -> None:
    base = ("--db", str(sqlite_template), "query")
    log = tmp_path / "paged"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\nhead -n 3 > {log}\n", encoding="utf-8")
    pager.chmod(0o755)
    findings = (*base, "findings")
    seen, code = at_terminal(findings, PAGER=str(pager))
    assert (code, seen) == (0, "")
    assert "\x1b[1m" in log.read_text(encoding="utf-8")
    for command, more in (
        ((*findings, "--no-pager"), {"PAGER": str(pager)}),
        (findings, {"PAGER": ""}),
        (findings, {"PAGER": "cat"}),
        (findings, {"PAGER": "no-such-pager"}),
        (findings, {"PAGER": str(pager), "LINES": "1000"}),
        ((*findings, "-f", "csv"), {"PAGER": str(pager)}),
    ):
        log.unlink(missing_ok=True)
        seen, code = at_terminal(command, **more)
        assert (code, len(seen.splitlines()) > 10, log.exists()) == (0, True, False), command


MEASURED = """
import os, resource, sys
from bricoop.query.catalog import noun_of
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer
from bricoop.render.row_formats import Format, write_answer
fields = (Field("key", ""), Field("latitude", "", Type.FLOAT), Field("longitude", "", Type.FLOAT))
form = Format(sys.argv[1])
def peak(number):
    rows = (("word " * 20 + str(one), one / 7, None if one % 2 else 1.5) for one in range(number))
    with open(os.devnull, "wb" if form.writing.binary else "w") as out:
        write_answer(Answer(noun_of("locations"), fields, rows), form, out)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
few = peak(25_000)
print(peak(100_000) - few)
"""


@pytest.mark.parametrize(
    "format_", few_of([format_.value for format_ in Format if format_ is not Format.TABLE], 3)
)
def test_memory_does_not_grow_with_the_rows(format_: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, format_], capture_output=True, text=True, check=True
    )
    # The rows that came later are 9 MB of text.
    assert int(done.stdout) < 5_000


def test_bytes_are_not_for_a_terminal(sqlite_template: Path) -> None:
    for format_ in ("xlsx", "parquet"):
        seen, code = at_terminal(("--db", str(sqlite_template), "query", "links", "-f", format_))
        assert code == 2
        message = f"{format_} is a binary format and cannot be shown in a terminal."
        text = " ".join(seen.split())
        assert text == f"Error: {message} Write it to a file with --output FILE, or to a pipe."
