"""A server or a user that only reads answers questions, and says so when it is to write."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from bricoop.db.address import parse_address, shown
from support.command_line import NEW_SOURCE, answer, run
from support.server import on_server

READING = (
    ("query", "links", "--count"),
    ("show", "Kenya"),
    ("search", "Kenya"),
    ("sql", "SELECT count(*) AS n FROM v_links", "-f", "csv"),
)
WRITING = (("load", "projects", "-", *NEW_SOURCE), ("undo", "1"), ("db", "rebuild"))


@pytest.fixture
def reader(server_read: str) -> Iterator[str]:
    """A role that may select from all tables, and nothing else."""
    role = f"bricoop_reader_{uuid4().hex}"
    on_server(f"CREATE ROLE {role}")
    database = parse_address(server_read).database
    on_server(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}", database=database)
    yield role
    on_server(f"DROP OWNED BY {role}", f"DROP ROLE {role}", database=database)


def expect_refusals(address: str, message: str) -> None:
    for command in WRITING:
        result = run("--db", address, *command, stdin="name\nDam\n")
        assert (result.exit_code, result.stderr) == (5, f"Error: {message}\n")


def test_a_user_who_may_only_read(server_read: str, reader: str) -> None:
    address = f"{server_read}?options=-c%20role%3D{reader}"
    for command in READING:
        assert answer("--db", address, *command) == answer("--db", server_read, *command)
    assert "not checked" not in answer("--db", address, "db", "check")
    expect_refusals(
        address,
        f"The user {reader} may only read the database {shown(parse_address(address))}; nothing "
        "was written. Use a user that may write to it; see docs/teams.md.",
    )


def test_a_user_without_privileges_is_told_what_is_missing(server_read: str) -> None:
    role = f"bricoop_stranger_{uuid4().hex}"
    on_server(f"CREATE ROLE {role}")
    result = run("--db", f"{server_read}?options=-c%20role%3D{role}", "query", "links")
    on_server(f"DROP ROLE {role}")
    assert result.exit_code == 5
    assert "does not allow this user to do that: permission denied for table" in result.stderr


def test_transactions_that_only_read(server_read: str) -> None:
    address = f"{server_read}?options=-c%20default_transaction_read_only%3Don"
    for command in READING:
        assert answer("--db", address, *command) == answer("--db", server_read, *command)
    expect_refusals(
        address,
        f"Transactions of the database {shown(parse_address(address))} only read, by "
        "default_transaction_read_only; nothing was written. Turn it off for this user, or use "
        "another one.",
    )


def test_a_check_leaves_out_what_needs_temporary_tables(server_read: str) -> None:
    address = f"{server_read}?options=-c%20default_transaction_read_only%3Don"
    result = run("--db", address, "db", "check")
    assert result.exit_code == 0
    assert result.stdout.count("not checked") == 2
    reason = "(this needs temporary tables, which this server or user cannot create)."
    assert [line.endswith(reason) for line in result.stderr.splitlines()] == [True, True]


def test_a_question_that_takes_too_long_for_the_server(server_read: str) -> None:
    address = f"{server_read}?options=-c%20statement_timeout%3D1"
    result = run("--db", address, "report", "overview")
    assert result.exit_code == 5
    assert "stopped the query: canceling statement due to statement timeout. " in result.stderr


def test_the_status_names_the_server(server_read: str) -> None:
    (line,) = [
        line
        for line in answer("--db", server_read, "db", "status").splitlines()
        if line.startswith("server ")
    ]
    assert line.split()[1] == "PostgreSQL"
