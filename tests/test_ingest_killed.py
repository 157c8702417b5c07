"""A load, an undo or a newer edition that is killed has happened completely or not at all."""

import csv
import fcntl
import io
import os
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.ingest.undo.undo_load import undo_load
from support.command_line import NEW_SOURCE, answer, process, run
from support.databases import mainly_sqlite
from support.large_files import native, wide
from support.processes import wait_until
from support.state import state
from support.undoing import newest

pytestmark = pytest.mark.later_on_postgresql

State = dict[str, list[Any]]


@contextmanager
def started(address: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program, and kill it at the end."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-m", "bricoop", "--db", address, *arguments],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment,
    ) as program:  # fmt: skip
        yield program
        program.kill()
        program.communicate()


def feed(program: subprocess.Popen[bytes], text: str) -> None:
    """Write to a program's standard input, and wait until it has read it all."""
    assert program.stdin is not None
    program.stdin.write(text.encode())
    program.stdin.flush()
    wait_until(program, lambda: not unread(program))


def unread(program: subprocess.Popen[bytes]) -> int:
    """Return how many bytes a program has not yet read of its standard input."""
    assert program.stdin is not None
    size = bytearray(4)
    fcntl.ioctl(program.stdin.fileno(), termios.FIONREAD, size)
    return int.from_bytes(size, sys.byteorder)


def succeed(address: str, folder: Path, *arguments: str) -> float:
    """Run a command that must succeed in a process; return how many seconds it took."""
    began = time.monotonic()
    done = process("--db", address, *arguments, home=folder)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def kill_on_the_way(address: str, folder: Path, seconds: float, *arguments: str) -> None:
    """Start a command and kill it after so many seconds, if it still runs."""
    with started(address, folder, *arguments) as program:
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            return


@pytest.mark.parametrize("share", [pytest.param(0.6, marks=pytest.mark.full), 1])
def test_a_load_killed_while_it_waits_for_more_rows_has_not_been(
    knowledge_base: str, engine: Engine, tmp_path: Path, share: float
) -> None:
    options, text = wide(300, tmp_path)
    arguments = ("load", *options, "-")
    answer("--db", knowledge_base, *arguments, stdin=text)
    whole = state(engine)
    undo_load(engine, newest(engine))
    before = state(engine)
    with started(knowledge_base, tmp_path, *arguments) as program:
        feed(program, text[: int(len(text) * share)])
    assert state(engine) == before
    answer("--db", knowledge_base, *arguments, stdin=text)
    assert state(engine) == whole


@pytest.mark.parametrize(
    "share",
    [pytest.param(0.75, marks=pytest.mark.full), 0.87, pytest.param(0.97, marks=pytest.mark.full)],
)
@mainly_sqlite
def test_a_load_killed_on_its_way_has_been_wholly_or_not_at_all(
    knowledge_base: str, engine: Engine, tmp_path: Path, share: float
) -> None:
    options, text = wide(700, tmp_path)
    path = tmp_path / "wide.csv"
    path.write_text(text, encoding="utf-8")
    arguments = ("load", *options, str(path))
    before = state(engine)
    seconds = succeed(knowledge_base, tmp_path, *arguments)
    whole = state(engine)
    undo_load(engine, newest(engine))
    kill_on_the_way(knowledge_base, tmp_path, seconds * share, *arguments)
    contents = state(engine)
    assert contents in (before, whole)
    if contents == whole:
        undo_load(engine, newest(engine))
    answer("--db", knowledge_base, *arguments)
    assert state(engine) == whole


@mainly_sqlite
def test_a_load_killed_just_before_its_end_has_not_been_and_just_after_it_has(
    knowledge_base: str, engine: Engine, tmp_path: Path
) -> None:
    path, pipe = tmp_path / "mine.csv", tmp_path / "pipe"
    path.write_text(native(300).text + "301,,Belarus,,\n", encoding="utf-8")
    os.mkfifo(pipe)
    arguments = ("load", "projects", str(path), *NEW_SOURCE, "--rejects")
    before = state(engine)
    with started(knowledge_base, tmp_path, *arguments, str(pipe)) as program:
        # All is written, and nothing is kept before somebody takes the rejected rows.
        wait_until(
            program, lambda: any(temporary.stat().st_size for temporary in tmp_path.glob("*.part"))
        )
    assert state(engine) == before
    assert pipe.is_fifo()
    with started(knowledge_base, tmp_path, *arguments, str(tmp_path / "out.csv")) as program:
        assert program.stderr is not None
        program.stderr.readline()
    whole = state(engine)
    undo_load(engine, newest(engine))
    assert state(engine) == before
    run("--db", knowledge_base, *arguments, str(tmp_path / "other.csv"))
    assert state(engine) == whole
    # Only the number of the load differs.
    rejected = (tmp_path / "out.csv").read_bytes().replace(b",13,301,", b",14,301,")
    assert rejected == (tmp_path / "other.csv").read_bytes()


def test_a_load_killed_while_another_writes_has_not_been(
    knowledge_base: str, engine: Engine, tmp_path: Path
) -> None:
    before = state(engine)
    text = native(10).text
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE knowledge_base SET version = version + 1")
        with started(knowledge_base, tmp_path, "load", "projects", "-", *NEW_SOURCE) as program:
            feed(program, "")
            assert program.poll() is None
        connection.rollback()
    assert state(engine) == before
    answer("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE, stdin=text)


@pytest.mark.parametrize("share", [pytest.param(0.8, marks=pytest.mark.full), 0.93])
def test_a_killed_undo_or_newer_edition_has_been_wholly_or_not_at_all(
    knowledge_base: str, engine: Engine, tmp_path: Path, share: float
) -> None:
    options, text = native(200)
    answer("--db", knowledge_base, "load", options[0], "-", *options[1:], stdin=text)
    first, number = state(engine), newest(engine)
    path = tmp_path / "second.csv"
    path.write_text(native(100, "Fund").text + "9999,Orsha Hub,Kenya,CDB,\n", encoding="utf-8")
    edition = ("load", "projects", str(path), "--source", "notes", "--complete")
    seconds = succeed(knowledge_base, tmp_path, *edition)
    second = state(engine)
    back = succeed(knowledge_base, tmp_path, "undo", str(newest(engine)))
    kill_on_the_way(knowledge_base, tmp_path, seconds * share, *edition)
    assert state(engine) == (first if newest(engine) == number else second)
    if newest(engine) == number:
        answer("--db", knowledge_base, *edition)
    last = newest(engine)
    kill_on_the_way(knowledge_base, tmp_path, back * share, "undo", str(last))
    assert state(engine) == (second if newest(engine) == last else first)
    if newest(engine) == last:
        undo_load(engine, last)
    assert state(engine) == first


def test_what_a_killed_load_leaves_behind_does_not_harm_the_next(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb, out = tmp_path / "kb.sqlite", tmp_path / "out.csv"
    kb.write_bytes(sqlite_template.read_bytes())
    out.write_text("older\n", encoding="utf-8")
    options, text = native(1000)
    arguments = ("load", options[0], "-", *options[1:], "--rejects", str(out))
    bad = text.replace("\n7,Hub 7,", "\n7,,")
    with started(str(kb), tmp_path, *arguments) as program:
        feed(program, bad[: len(bad) // 2])
    with started(str(kb), tmp_path, *arguments) as program:
        assert program.stdin is not None
        program.stdin.write(bad.encode())
        program.stdin.close()
        program.stdin = None
        wait_until(program, lambda: list(tmp_path.glob("out.csv.*")))
        assert out.read_text(encoding="utf-8") == "older\n"
    left = set(tmp_path.iterdir())
    done = process("--db", str(kb), *arguments, home=tmp_path, input=bad)
    assert (done.returncode, "rows was left out and written to" in done.stderr) == (3, True)
    assert set(tmp_path.iterdir()) <= {*left, Path(f"{kb}-wal"), Path(f"{kb}-shm")}
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["bricoop_line"], row["id"], row["name"]) for row in rows] == [("9", "7", "")]
