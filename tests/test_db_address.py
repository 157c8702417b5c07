"""Tests of database addresses: parsing paths and URLs, and hiding passwords."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bricoop.db.address import file_of, parse_address, shown
from bricoop.db.engine import make_engine, reading
from bricoop.errors import DatabaseError
from bricoop.settings import Settings, default_database
from support.command_line import run
from support.examples import examples

CLOSED = "127.0.0.1:1"


def refusal(address: str) -> str:
    """Return the message with which reading from a database fails."""
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
    address_shown = shown(parse_address(address))
    assert "secret" not in address_shown
    assert "db.example" in address_shown


@pytest.mark.parametrize(
    "address",
    [f"postgresql://ann:secret@{CLOSED}/kb", f"postgresql://{CLOSED}/kb?user=ann&password=secret"],
)
def test_a_password_is_in_no_refusal(address: str) -> None:
    message = refusal(address)
    assert "secret" not in message
    assert CLOSED in message


def test_an_empty_password_leaves_the_sentence_whole() -> None:
    assert "cannot be reached" in refusal(f"postgresql://ann:@{CLOSED}/kb")


@pytest.mark.parametrize(
    "address", ["postgresql://ann:secret@host:port/kb", "postgresql://[::1/kb"]
)
def test_a_url_that_cannot_be_read_is_refused_in_our_words(address: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        parse_address(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("hosts", ["a:1,b:2", "a:1,b", "a,b.example:2", "ann:pw@a:1,b:2,c:3"])
def test_several_hosts_with_ports_are_written_as_settings(hosts: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        parse_address(f"postgresql://{hosts}/kb")
    assert "pw" not in str(caught.value)
    right = "postgresql://user@/name?host=a:5432&host=b:5432&target_session_attrs=read-write"
    assert str(caught.value).endswith(f" Write {right}.")
    assert shown(parse_address(right)) == right


PASSWORD = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=9, max_size=12).map("Pw".__add__)
PLAIN = "PwSECRET123"
#: Forms of mistyped addresses; `{p}` is the password, `{o}` the text after it.
SHAPES = (
    "postgresql:/u:{p}@{h}/x", "postgresql:u:{p}@{h}/x", "postgresql//u:{p}@{h}/x", "u:{p}@{h}",
    "u:{p}@{h}/x", "//u:{p}@{h}/x", "postgresql://u:SEC@{p}@{h}/x", "postgresql://u:{p}@RET@{h}/x",
    "postgresql://u@{p}@{h}/x", "postgresql://u/{p}@{h}/x", "postgresql://u:a/{p}@{h}/x",
    "postgresql://u:a@b/{p}@{h}/x", "postgresql://u:a:{p}@{h}/x", "postgresql://u:{p}",
    "postgresql://u%3A{p}@{h}/x", "postgresql://u:{p}@{h}:port/x", "postgresql://u:{p}@[{h}/x",
    "postgresql://{h}/x?pwd={p}", "postgresql://{h}/x?{p}=1", "postgresql://{h}/x?password={p}",
    "postgresql://{h}/x?password=a%20{p}", "postgresql://u:{p} {h}/x", "postgresql://u:{p}@{h} /x",
    " postgresql://u:{p}@{h}/x", "postgresql:///u:{p}@{h}/x", "pg://u:{p}@{h}/x", "{p}://u@{h}/x",
    "mysql://u:{p}@{h}/x", "sqlite://u:{p}@{h}/x", "sqlite:///u:{p}@{h}/x", "sqlite:u:{p}@{h}",
    "host={h} password={p}", "host = {h} password = {p}", "password='{p}' host={h}",
    "dbname=x user=u password={p}", "password: {p}", "Server={h};Uid=u;Pwd={p}",
    "jdbc:postgresql://{h}/x?user=u&password={p}", "{h}/x?user=u&password={p}",
    "PGPASSWORD={p} postgresql://{h}/x", "postgresql://u:{p}\0@{h}/x", "postgresql://u:{p}\n@{h}/x",
    "postgresql://u:{p}%@{h}/x", "postgresql://u:%{p}@{h}/x", "postgresql://u:{p}\udc80@{h}/x",
    "postgresql://u:{p}@{h}/x?options=-c%20search_path%3D{p}", "postgresql://u:{p}@{h}/x#{p}",
)  # fmt: skip


@settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(password=PASSWORD)
def test_no_output_repeats_the_password_of_an_address(
    password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for shape in SHAPES:
        address = shape.format(p=password, h=CLOSED)
        for call in (("--db", address, "db", "path"), (address,)):
            result = run(*call)
            assert password not in result.output, shape
            assert password not in result.stderr, shape
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_command_connects_to_or_creates_what_is_no_address(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRICOOP_DATABASE_URL", shape.format(p=PLAIN, h=CLOSED).replace("\0", " "))
    for call in (("query", "links"), ("db", "status"), ("db", "copy", "other.sqlite")):
        result = run(*call)
        assert result.exit_code == 5
        assert PLAIN not in result.output + result.stderr
        assert "Traceback" not in result.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "path", ["me@work/kb.sqlite", "backup:2024.sqlite", "C:/data/kb.sqlite", "kb.sqlite?x=1"]
)
def test_paths_with_the_characters_of_addresses_are_paths(path: str) -> None:
    assert file_of(parse_address(path)) == Path(path)


def test_a_file_whose_name_looks_like_an_address_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a:b@c").touch()
    assert file_of(parse_address("a:b@c")) == Path("a:b@c")
