"""A command that waits for another process that writes says so, and goes on when it may."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Engine

from bricoop.db.address import shown
from bricoop.db.engine import writing
from bricoop.db.ids import acquire_write_lock
from support.command_line import NEW_SOURCE
from support.processes import HANGS

pytestmark = pytest.mark.later_on_postgresql


@contextmanager
def loading(engine: Engine) -> Iterator["subprocess.Popen[str]"]:
    """Yield a program that loads a project, after its first line on standard error."""
    address = engine.url.render_as_string(hide_password=False)
    call = [sys.executable, "-m", "bricoop", "--db", address, "load", "projects", "-", *NEW_SOURCE]
    pipe = subprocess.PIPE
    with subprocess.Popen(call, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdin is not None
            process.stdin.write("name\nDam\n")
            process.stdin.close()
            process.stdin = None
            yield process
        finally:
            process.kill()


def message(engine: Engine) -> str:
    limit = ", for at most 2 minutes" if engine.dialect.name == "sqlite" else ""
    return f"Another process writes to the database {shown(engine.url)}; waiting for it{limit}.\n"


def test_a_load_that_waits_says_so_and_is_done_afterwards(engine: Engine) -> None:
    with ExitStack() as stack, ExitStack() as writer:
        acquire_write_lock(writer.enter_context(writing(engine)))
        process = stack.enter_context(loading(engine))
        assert process.stderr is not None
        assert process.stderr.readline() == message(engine)
        writer.close()
        output, errors = process.communicate(timeout=HANGS)
    assert (process.returncode, output) == (0, "")
    assert errors.startswith("Load ")
    assert "Another process" not in errors


def test_a_load_that_waits_can_be_interrupted(engine: Engine) -> None:
    with writing(engine) as connection:
        acquire_write_lock(connection)
        with loading(engine) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == message(engine)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=HANGS)
    assert (process.returncode, errors) == (130, "Interrupted; nothing was written.\n")


def test_a_load_that_need_not_wait_says_nothing(engine: Engine) -> None:
    with loading(engine) as process:
        _, errors = process.communicate(timeout=HANGS)
    assert process.returncode == 0
    assert "Another process" not in errors
