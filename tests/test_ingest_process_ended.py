"""A load in two processes that is interrupted or killed ends both and writes nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from support.command_line import NEW_SOURCE as NEW
from support.databases import mainly_sqlite
from support.large_files import native
from support.processes import processor_seconds, wait_until
from support.state import state
from support.undoing import newest
from test_ingest_process import environment, needs_two_cores

pytestmark = pytest.mark.later_on_postgresql


@contextmanager
def started(address: str, folder: Path, path: Path) -> Iterator[tuple[Any, int]]:
    """Start a load in a session of its own; yield it and its child as soon as there is one."""
    with subprocess.Popen(
        [sys.executable, "-m", "bricoop", "--db", address, "load", "projects", str(path), *NEW],
        stderr=subprocess.PIPE, env=environment(folder), start_new_session=True,
    ) as program:  # fmt: skip
        try:
            children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
            wait_until(program, children.read_text)
            yield program, int(children.read_text().split()[0])
        finally:
            program.kill()
            program.communicate()


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that takes a second or more."""
    path = tmp_path / "large.csv"
    path.write_text(native(24_000).text, encoding="utf-8")
    return path


@needs_two_cores
def test_a_child_that_is_killed_is_said_and_nothing_is_written(
    knowledge_base: str, engine: Engine, tmp_path: Path, large: Path
) -> None:
    before = state(engine)
    with started(knowledge_base, tmp_path, large) as (program, child):
        os.kill(child, signal.SIGKILL)
        _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors.decode()) == (
        1,
        f"Error: The process that read {large} was stopped; nothing was written. Load it again.\n",
    )
    assert state(engine) == before


@needs_two_cores
@pytest.mark.parametrize(
    "seconds",
    [pytest.param(0, marks=pytest.mark.full), 0.05, pytest.param(0.2, marks=pytest.mark.full)],
)
def test_an_interrupted_load_ends_both_processes_and_writes_nothing(
    knowledge_base: str, engine: Engine, tmp_path: Path, large: Path, seconds: float
) -> None:
    before = state(engine)
    with started(knowledge_base, tmp_path, large) as (program, child):
        wait_until(program, lambda: processor_seconds(child) >= seconds)
        os.killpg(program.pid, signal.SIGINT)
        _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors.decode()) == (130, "Interrupted; nothing was written.\n")
    assert not is_there(child)
    assert state(engine) == before


@mainly_sqlite
def test_who_interrupts_too_late_is_told_so(
    knowledge_base: str, engine: Engine, tmp_path: Path, large: Path
) -> None:
    number = newest(engine) + 1
    with started(knowledge_base, tmp_path, large) as (program, _):
        wait_until(program, lambda: newest(engine) == number)
        program.send_signal(signal.SIGINT)
        errors = program.communicate(timeout=60)[1].decode()
    if program.returncode == 130:
        late = f"Interrupted, but load {number} had already been written."
        assert errors.endswith(f"{late} To undo this load: bricoop undo {number}\n"), errors
    else:
        # The moments between the end of the work and that of the program are few.
        assert (program.returncode, f"Load {number}: 24,000" in errors) == (0, True), errors


@needs_two_cores
@pytest.mark.parametrize("knowledge_base", ["sqlite"], indirect=True)
def test_who_interrupts_again_and_again_sees_no_traceback(
    knowledge_base: str, tmp_path: Path, large: Path
) -> None:
    with started(knowledge_base, tmp_path, large) as (program, child):
        wait_until(program, lambda: processor_seconds(child) > 0)
        while program.poll() is None:
            program.send_signal(signal.SIGINT)
            time.sleep(0.01)
        errors = program.stderr.read().decode()
    assert (program.returncode, errors) == (130, "Interrupted; nothing was written.\n")


@mainly_sqlite
@needs_two_cores
def test_a_killed_load_leaves_no_child_behind(
    knowledge_base: str, engine: Engine, tmp_path: Path, large: Path
) -> None:
    before = state(engine)
    with started(knowledge_base, tmp_path, large) as (program, child):
        program.kill()
        program.wait()
        last = time.monotonic() + 60
        while is_there(child):
            assert time.monotonic() < last
            time.sleep(0.01)
    assert state(engine) == before
