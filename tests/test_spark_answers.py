"""A lake gives the same answers on Spark as the databases and DuckDB, by the same statements."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

import bricoop
from bricoop.lake.export import export_lake
from bricoop.lake.manifest import read_manifest
from bricoop.lake.options import FileFormat, Layout
from support.command_line import answer, csv_rows, run
from support.lake_questions import QUESTIONS, ask, fill_lake
from support.processes import HANGS
from support.server import on_server, server_url
from support.spark import EXECUTORS, NEEDS_SPARK
from support.standing import Standing

pytestmark = [*NEEDS_SPARK, pytest.mark.parametrize("standing", ["sqlite"], indirect=True)]
ON_SPARK = ("--engine", EXECUTORS)
#: Questions with joins, groups, steps, ranks, recursion and texts of every kind.
ASKED = [
    "query projects", "query countries", "query agreements", "query financiers", "query links",
    "query findings", "query finance", "query sources", "where",
    "by term", "groups", "years", "measures", "shares", "total signed", "total recommended",
    "total pledged", "total of all", "total in a country", "rows of a step", "why",
    "differences of status", "differences of money", "word", "phrase",
]  # fmt: skip


class Copies(NamedTuple):
    """The same knowledge base in three places, by their addresses."""

    sqlite: str
    postgresql: str
    lake: str

    @property
    def folder(self) -> Path:
        """The folder of the lake."""
        return Path(self.lake.removeprefix("lake:"))


@pytest.fixture(scope="module")
def copies(
    standing: Standing,
    server: None,  # noqa: ARG001 (it must answer)
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Copies]:
    """Fill a database, and copy it; the path of the lake has characters of file patterns."""
    fill_lake(standing.load)
    folder = tmp_path_factory.mktemp("lake") / "lake [1] {a} ü"
    export_lake(standing.engine, folder, Layout.BASE, FileFormat.DELTA)
    name = f"bricoop_test_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name}")
    url = server_url(name).render_as_string(hide_password=False)
    answer("--db", standing.address, "db", "copy", url)
    yield Copies(standing.address, url, f"lake:{folder}")
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("name", ASKED)
def test_spark_answers_as_the_databases_and_duckdb(copies: Copies, name: str) -> None:
    of_spark = ask(copies.lake, QUESTIONS[name], *ON_SPARK)
    assert len(of_spark[0]) > len("[]\n") or of_spark[1], "the question has an answer"
    for address in copies:
        assert ask(address, QUESTIONS[name]) == of_spark, address


def test_sums_on_spark_have_all_their_digits(copies: Copies) -> None:
    words = ("query", "finance", "--source", "ledger", "--group-by", "currency",
             "--measure", "sum:amount")  # fmt: skip
    rows = {row["currency"]: row for row in csv_rows("--db", copies.lake, *ON_SPARK, *words)}
    assert rows["CNY"]["sum_amount"] == "112345678901234567889.123456"


@pytest.mark.parametrize("number", ["70.0000005", "70.000001", "12345678901.25"])
def test_conditions_on_amounts_are_exact(copies: Copies, number: str) -> None:
    words = (
        "query",
        "finance",
        "--where",
        f"amount_usd <= {number}",
        "--columns",
        "external_id",
        "-f",
        "csv",
    )
    assert ask(copies.lake, words, *ON_SPARK) == ask(copies.sqlite, words)


def test_python_asks_spark_too(copies: Copies) -> None:
    with bricoop.open(copies.lake, engine=EXECUTORS) as lake:
        keys = [project.key for project in lake.query("projects", country="Kenya")]
    with bricoop.open(copies.sqlite) as database:
        assert keys == [project.key for project in database.query("projects", country="Kenya")]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("sql", "SELECT 1"), 2, "Spark runs no SQL of your own"),
        (("undo", "3"), 5, "A lake only reads, so nothing was changed"),
        (("query", "projects", "--raw", "name=Kuri"), 5, "has no cells as they were read"),
    ],
)
def test_what_spark_does_not_do_is_refused_in_a_sentence(
    copies: Copies, words: tuple[str, ...], code: int, message: str
) -> None:
    refused = run("--db", copies.lake, *ON_SPARK, *words)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_missing_file_is_an_error_and_not_a_smaller_sum(copies: Copies, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(copies.folder, folder)
    missing = next(file for file in read_manifest(folder).tables["finance"] if file.rows)
    (folder / missing.path).unlink()
    refused = run("--db", f"lake:{folder}", *ON_SPARK, "total")
    assert (refused.exit_code, refused.stdout) == (5, "")
    assert "is missing where Spark reads it" in refused.stderr
    assert "at org.apache" not in refused.stderr


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("spark://127.0.0.1:1", "Spark at spark://127.0.0.1:1 cannot be reached"),
        ("sc://127.0.0.1:1/;token=secret", "Spark at sc://127.0.0.1:1 cannot be reached"),
        ("local[3]", "This process uses Spark at local-cluster[2,1,1024] already"),
        ("hive", "The engine of a lake cannot be read"),
    ],
)
def test_a_spark_that_cannot_be_used_is_named(copies: Copies, engine: str, message: str) -> None:
    refused = run("--db", copies.lake, "--engine", engine, "total")
    assert (refused.exit_code, refused.stdout) == (
        2 if "read" in message or "already" in message else 5,
        "",
    )
    assert message in refused.stderr
    assert "secret" not in refused.stderr


def _java_processes(session: int) -> list[int]:
    """Return the processes of Java in a session of processes, as which a program was started."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, fields = path.read_text().partition("(")[2].rpartition(")")
            if name == "java" and int(fields.split()[3]) == session:
                processes.append(int(path.parent.name))
    return processes


@contextmanager
def _started(lake: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start the program in a session of processes of its own, with Spark in one process."""
    with subprocess.Popen(
        [sys.executable, "-m", "bricoop", "--db", lake, "--engine", "local[1]", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)}, start_new_session=True,
    ) as program:  # fmt: skip
        yield program


def _wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, "nothing happens any more"
        time.sleep(0.05)


def test_the_program_keeps_its_streams_clean_and_leaves_no_process(
    copies: Copies, tmp_path: Path
) -> None:
    with _started(copies.lake, tmp_path, "query", "links", "--count") as program:
        stdout, stderr = program.communicate(timeout=HANGS)
    assert (program.returncode, stdout, stderr) == (0, "5\n", "")
    assert list(tmp_path.iterdir()) == []
    assert _java_processes(program.pid) == []


def test_an_interrupt_ends_java_too(copies: Copies, tmp_path: Path) -> None:
    with _started(copies.lake, tmp_path, "query", "finance") as program:
        _wait_until(lambda: program.poll() is not None or _java_processes(program.pid))
        program.send_signal(signal.SIGINT)
        stdout, stderr = program.communicate(timeout=HANGS)
    assert (program.returncode, stdout) == (130, "")
    assert stderr == "Interrupted; nothing was written.\n"
    _wait_until(lambda: not _java_processes(program.pid))
    assert not list(tmp_path.glob("bricoop-spark-*"))


def test_without_java_a_sentence_says_so(copies: Copies, tmp_path: Path) -> None:
    words = ("--db", copies.lake, "--engine", "spark", "query", "links", "--count")
    done = subprocess.run(
        [sys.executable, "-m", "bricoop", *words],
        capture_output=True, text=True, check=False, timeout=HANGS, cwd=tmp_path,
        env={**os.environ, "JAVA_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (5, "")
    assert "Spark needs Java, which was not found." in done.stderr
    assert "Traceback" not in done.stderr
