"""A transaction that PostgreSQL rolls back because of another one is tried again."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.db.retries import MOST_ATTEMPTS
from support.command_line import NEW_SOURCE, answer, answers_of, run
from support.processes import HANGS
from support.refilled_database import Refilled

#: Raises an error for the first rows of a table. A sequence keeps its value after a rollback.
FAILING = """
CREATE SEQUENCE failures;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('failures') <= {times} THEN RAISE EXCEPTION 'it met another' USING ERRCODE = '{code}';
    END IF; RETURN NEW; END $$;
CREATE TRIGGER fail BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()
"""
#: Ends the connection as the transaction is being committed.
BREAKING = """
CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON load DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION leave()
"""
#: Lets a load wait, once it has begun, until another connection has released an advisory lock.
PAUSING = """
CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
CREATE TRIGGER pause BEFORE INSERT ON source EXECUTE FUNCTION pause()
"""
AGAIN = "Another process changed the database {address} as well; trying again, at most 4 times.\n"


@pytest.fixture
def address(server_refilled: Refilled) -> str:
    """A knowledge base with the seeds, on PostgreSQL."""
    url = server_refilled.ready().set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def set_up_trigger(address: str, statements: str) -> None:
    engine = make_engine(parse_address(address))
    with engine.begin() as connection:
        connection.execute(text(statements))
    engine.dispose()


def fail(address: str, times: int, code: str = "40001", on: str = "INSERT ON record") -> None:
    event, _, table = on.partition(" ON ")
    statements = FAILING.format(times=times, code=code, event=event, table=table)
    set_up_trigger(address, statements)


@pytest.fixture
def projects(tmp_path: Path) -> str:
    """A file with two projects."""
    path = tmp_path / "projects.csv"
    path.write_text("name\nAlder Dam\nBirch Dam\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_load_is_read_again(address: str, projects: str, code: str) -> None:
    fail(address, MOST_ATTEMPTS - 1, code)
    result = run("--db", address, "load", "projects", projects, *NEW_SOURCE)
    assert result.exit_code == 0, result.stderr
    announced, loaded, _ = result.stderr.splitlines(keepends=True)
    assert announced == AGAIN.format(address=address)
    assert loaded.endswith("2 new, 0 changed, 0 unchanged, 0 rejected.\n")
    assert answer("--db", address, "query", "projects", "--source", "notes", "--count") == "2\n"


def test_a_deadlock_with_another_program_is_tried_again(address: str, projects: str) -> None:
    set_up_trigger(address, PAUSING)
    load = ("--db", address + "?options=-c%20deadlock_timeout%3D50ms", "load", "projects", projects)
    with (
        psycopg.connect(address) as pausing,
        psycopg.connect(address, options="-c deadlock_timeout=1h") as other,
        ThreadPoolExecutor() as pool,
    ):
        pausing.execute("SELECT pg_advisory_lock(7)")
        other.execute("LOCK TABLE record IN EXCLUSIVE MODE")
        loaded = pool.submit(run, *load, *NEW_SOURCE)
        # The load holds the lock of writers now, and has not needed the table yet.
        wait_for_locks(address, 1)
        updated = pool.submit(other.execute, "UPDATE knowledge_base SET id = id")
        wait_for_locks(address, 2)
        pausing.execute("SELECT pg_advisory_unlock(7)")
        updated.result()
        other.rollback()
        result = loaded.result()
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith(AGAIN.format(address=address))


def wait_for_locks(address: str, number: int) -> None:
    """Wait until so many connections wait for locks.

    Raises:
        AssertionError: they do not within `HANGS` seconds.
    """
    last = time.monotonic() + HANGS
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        while connection.execute(query).fetchone() != (number,):
            assert time.monotonic() < last, "the connections never waited"
            time.sleep(0.01)


def test_attempts_are_limited_and_leave_nothing(address: str, projects: str) -> None:
    fail(address, MOST_ATTEMPTS)
    before = answers_of(address)
    result = run("--db", address, "load", "projects", projects, *NEW_SOURCE)
    error = f"Error: The database {address} ended the transaction because of another one: "
    announced = AGAIN.format(address=address)
    assert result.stderr == f"{announced}{error}it met another. Run the command again.\n"
    assert result.exit_code == 5
    assert answers_of(address) == before


def test_standard_input_is_read_again_only_if_it_was_copied(address: str, tmp_path: Path) -> None:
    fail(address, 1)
    load = ("--db", address, "load", "projects", "-", *NEW_SOURCE)
    result = run(*load, stdin="name\nAlder Dam\n")
    assert (result.exit_code, "trying again" in result.stderr) == (5, False)
    set_up_trigger(address, "ALTER SEQUENCE failures RESTART")
    rejects = str(tmp_path / "rejects.csv")
    result = run(*load, "--rejects", rejects, stdin="name\nAlder Dam\n")
    assert (result.exit_code, "trying again" in result.stderr) == (0, True)


def test_the_problems_of_a_reading_are_listed_once(address: str, tmp_path: Path) -> None:
    path, problems = tmp_path / "statuses.csv", tmp_path / "problems.csv"
    path.write_text("name,status\nAlder Dam,unheard of\nBirch Dam,operation\n", encoding="utf-8")
    rejects = ("--rejects", str(tmp_path / "rejects.csv"), "--problems", str(problems))
    fail(address, 2)
    result = run("--db", address, "load", "projects", str(path), *NEW_SOURCE, *rejects)
    assert result.exit_code == 3, result.stderr
    assert "1 new, 0 changed, 0 unchanged, 1 rejected" in result.stderr
    assert problems.read_text(encoding="utf-8").count("unheard of") == 1


@pytest.mark.parametrize(
    ("command", "on"),
    [
        (("undo", "{load}"), "DELETE ON record"),
        (("set", "alder-dam", "status=operation", "--source", "notes"), "INSERT ON record"),
        (("note", "alder-dam", "Dredging.", "--source", "notes"), "INSERT ON record"),
        (("same", "Alder Dam", "Birch Dam", "--reviewer", "me"), "INSERT ON decision"),
        (("decisions", "quorum", "2"), "UPDATE ON knowledge_base"),
    ],
)
def test_every_command_that_writes_tries_again(
    address: str, projects: str, command: tuple[str, ...], on: str
) -> None:
    assert run("--db", address, "load", "projects", projects, *NEW_SOURCE).exit_code == 0
    newest = answer("--db", address, "query", "loads", "-f", "csv").splitlines()[-1].split(",")[0]
    fail(address, 1, on=on)
    result = run("--db", address, *(word.format(load=newest) for word in command))
    assert result.exit_code == 0, result.stderr
    assert AGAIN.format(address=address) in result.stderr


def test_a_connection_that_ends_during_the_commit_leaves_it_open(
    address: str, projects: str
) -> None:
    set_up_trigger(address, BREAKING)
    result = run("--db", address, "load", "projects", projects, *NEW_SOURCE)
    assert result.exit_code == 5
    assert result.stderr == (
        f"Error: The connection to the database {address} ended during the commit, so what was to "
        "be written may be there or not. Look with `bricoop query loads` before you repeat the "
        "command.\n"
    )
