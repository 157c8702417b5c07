"""Addresses of databases: paths and URLs are understood, and no password is ever shown."""

from pathlib import Path

import pytest

from bricoop.db.address import file_of, parse_address, shown
from bricoop.db.engine import make_engine, reading
from bricoop.errors import DatabaseError
from bricoop.settings import Settings, default_database

CLOSED = "127.0.0.1:1"


def refusal(address: str) -> str:
    """Return the sentence with which reading from a database fails."""
    engine = make_engine(parse_address(address))
    try:
        with pytest.raises(DatabaseError) as caught, reading(engine):
            pass
    finally:
        engine.dispose()
    return str(caught.value)


def test_a_path_is_an_sqlite_file(tmp_path: Path) -> None:
    path = tmp_path / "a b.sqlite"
    assert file_of(parse_address(str(path))) == path
    assert shown(parse_address(f"sqlite:///{path}")) == str(path)


def test_a_home_folder_is_understood() -> None:
    assert file_of(parse_address("~/kb.sqlite")) == Path.home() / "kb.sqlite"


def test_no_address_is_the_database_of_the_user() -> None:
    assert file_of(parse_address("")) == default_database()


def test_the_command_line_wins_over_the_environment() -> None:
    environment = {"BRICOOP_DATABASE_URL": "from-environment"}
    assert Settings.read("given", environment).database == "given"
    assert Settings.read(None, environment).database == "from-environment"
    assert Settings.read(None, {}).database == ""


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:secret@db.example/kb",
        "postgres://ann:secret@db.example:5433/kb?sslmode=require",
        "postgresql+psycopg://ann:secret@db.example/kb",
        "postgresql://db.example/kb?user=ann&password=secret",
    ],
)
def test_a_password_is_never_shown(address: str) -> None:
    said = shown(parse_address(address))
    assert "secret" not in said
    assert "db.example" in said


@pytest.mark.parametrize(
    "address",
    [f"postgresql://ann:secret@{CLOSED}/kb", f"postgresql://{CLOSED}/kb?user=ann&password=secret"],
)
def test_a_password_is_in_no_refusal(address: str) -> None:
    said = refusal(address)
    assert "secret" not in said
    assert CLOSED in said


def test_an_empty_password_leaves_the_sentence_whole() -> None:
    assert "cannot be reached" in refusal(f"postgresql://ann:@{CLOSED}/kb")


@pytest.mark.parametrize(
    "address", ["postgresql://ann:secret@host:port/kb", "postgresql://[::1/kb"]
)
def test_a_url_that_cannot_be_read_is_refused_in_our_words(address: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        parse_address(address)
    assert "secret" not in str(caught.value)
