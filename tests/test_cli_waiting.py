"""A command that waits for another process that writes says so, and goes on when it may."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import bricoop
from bricoop.db.address import shown
from bricoop.db.engine import writing
from bricoop.db.ids import acquire_write_lock
from bricoop.errors import DatabaseError, UsageError
from support.command_line import NEW_SOURCE, run
from support.processes import HANGS

#: Makes the row of a load take a second to insert.
PAUSE = """
CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_sleep(1); RETURN NEW; END $$;
CREATE TRIGGER pause BEFORE INSERT ON load FOR EACH ROW EXECUTE FUNCTION pause()
"""

pytestmark = pytest.mark.later_on_postgresql


@contextmanager
def loading(engine: Engine, *options: str, settings: str = "") -> Iterator["subprocess.Popen[str]"]:
    """Yield a program that loads a project, with more settings in the address of a server."""
    address = address_of(engine, settings)
    call = [sys.executable, "-m", "bricoop", "--db", address, "load", "projects", "-", *NEW_SOURCE]
    call += options
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


def address_of(engine: Engine, settings: str = "") -> str:
    address = engine.url.render_as_string(hide_password=False)
    return address + settings if engine.dialect.name == "postgresql" else address


def is_message(engine: Engine, line: str, limit: str = "") -> bool:
    """Return whether a line says for whom a load waits, as far as the database knows."""
    database = re.escape(shown(engine.url))
    holder = ""
    if engine.dialect.name == "sqlite":
        limit = limit or ", for at most 2 minutes"
    else:
        began = r"since \d\d:\d\d:\d\d UTC"
        holder = rf" \(bricoop, user \w+, process \d+ of the server, {began}\)"
    pattern = (
        rf"Another process{holder} writes to the database {database}; waiting for it{limit}.\n"
    )
    return re.fullmatch(pattern, line) is not None


def test_a_load_that_waits_says_so_and_is_done_afterwards(engine: Engine) -> None:
    with ExitStack() as stack, ExitStack() as writer:
        acquire_write_lock(writer.enter_context(writing(engine)))
        process = stack.enter_context(loading(engine))
        assert process.stderr is not None
        assert is_message(engine, process.stderr.readline())
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
            assert is_message(engine, process.stderr.readline())
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=HANGS)
    assert (process.returncode, errors) == (130, "Interrupted; nothing was written.\n")


def test_a_load_that_need_not_wait_says_nothing(engine: Engine) -> None:
    with loading(engine) as process:
        _, errors = process.communicate(timeout=HANGS)
    assert process.returncode == 0
    assert "Another process" not in errors


def test_a_load_gives_up_after_the_time_that_is_set(engine: Engine) -> None:
    gave_up = (
        f"Error: Another process still writes to the database {shown(engine.url)}, after a wait of "
        "1.2 seconds; nothing was written. Try again later, or wait longer with --wait SECONDS.\n"
    )
    with writing(engine) as connection:
        acquire_write_lock(connection)
        with loading(engine, "--wait", "1.2") as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            _, errors = process.communicate(timeout=HANGS)
    assert is_message(engine, line, ", for at most 1.2 seconds")
    assert (process.returncode, errors) == (5, gave_up)


@pytest.mark.parametrize(
    "command",
    [
        ("undo", "1"),
        ("set", "gwadar-port", "status=operation", "--source", "notes"),
        ("note", "gwadar-port", "Dredging.", "--source", "notes"),
        ("decisions", "quorum", "2"),
        ("db", "upgrade"),
        ("db", "rebuild"),
    ],
)
def test_every_command_that_writes_gives_up(engine: Engine, command: tuple[str, ...]) -> None:
    with writing(engine) as connection:
        acquire_write_lock(connection)
        result = run("--db", address_of(engine), *command, "--wait", "0")
    assert result.exit_code == 5
    assert " after a wait of 0 seconds; nothing was written." in result.stderr


def test_the_environment_sets_how_long_commands_wait(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRICOOP_WAIT", "0.1")
    with writing(engine) as connection:
        acquire_write_lock(connection)
        result = run("--db", address_of(engine), "undo", "1")
        with (
            bricoop.open(address_of(engine), wait=0.2) as base,
            pytest.raises(DatabaseError, match=r"after a wait of 0\.2 seconds; nothing"),
        ):
            base.undo(1)
    assert (result.exit_code, "after a wait of 0.1 seconds;" in result.stderr) == (5, True)


@pytest.mark.parametrize("text", ["-1", "nan", "soon", "1e9", "3000000"])
def test_what_is_no_number_of_seconds_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "kb.sqlite")
    expected = f"{text!r} is no number of seconds from 0 to 2,000,000"
    result = run("--db", address, "undo", "1", f"--wait={text}")
    assert (result.exit_code, expected in result.stderr) == (2, True)
    with pytest.raises(UsageError):
        bricoop.open(address, wait=float("nan"))
    monkeypatch.setenv("BRICOOP_WAIT", text)
    result = run("--db", address, "query", "links")
    assert (result.exit_code, f"BRICOOP_WAIT: {expected}" in result.stderr) == (2, True)


def test_no_time_limit_on_statements_ends_a_wait_or_a_load(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(PAUSE))
    with ExitStack() as stack, ExitStack() as writer:
        acquire_write_lock(writer.enter_context(writing(engine)))
        settings = "?options=-c%20statement_timeout%3D600"
        process = stack.enter_context(loading(engine, settings=settings))
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Another process ")
        # Longer than the statement_timeout of the address.
        time.sleep(1)
        writer.close()
        _, errors = process.communicate(timeout=HANGS)
    assert (process.returncode, errors.startswith("Load ")) == (0, True)
