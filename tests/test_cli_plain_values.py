"""Plain values of options are converted as Typer converts them, without Pydantic."""

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from bricoop.cli.plain_values import PlainArgument, PlainOption, with_plain_values
from support.command_line import run


class Colour(StrEnum):
    """Choices of an option."""

    RED = "red"
    GREEN = "light green"


def _parameter(annotation: Any, option: Any) -> Any:
    application = typer.Typer(add_completion=False)

    def command(value: Any = None) -> None:
        raise NotImplementedError(value)

    command.__annotations__["value"] = Annotated[annotation, option]
    application.command()(command)
    return get_command(application).params[0]


TEXT = _parameter(str | None, typer.Option())
TEXTS = _parameter(list[str] | None, typer.Option())
NUMBER = _parameter(int | None, typer.Option(min=2, max=10**6))
SECONDS = _parameter(float | None, typer.Option(min=0.5))
CHOICE = _parameter(Colour | None, typer.Option())
FILE = _parameter(Path | None, typer.Option())
WORD = _parameter(str | None, typer.Argument())
FLAG = _parameter(bool, typer.Option("--value"))
OPTIONS = (TEXT, TEXTS, NUMBER, SECONDS, CHOICE, FILE, WORD, FLAG)
VALUES: tuple[Any, ...] = (
    None, "", "a", "äöü 中文", "\udc80", "a\udc80b", "1", "2", "02", "+2", "-2", " 2", "2 ", "1_000", "1e3", "2.0",
    "2.50", ".5", "0.5", "0.4", "nan", "inf", "٣", "1000000", "1000001", "9" * 30, "9" * 5_000, "red", "RED",
    "light green", "GREEN", "light", "/", "/nowhere/at/all", ".", "-", 2, 1, 10**6 + 1, 0.5, 0.1, True, Colour.RED,
    Path("x"), b"bytes", ["a", "b"], ("a",), [], (), ["\udc80"], [1], [None],
)  # fmt: skip


def _outcome(parameter: Any, value: Any) -> Any:
    context = typer.Context(typer.main.get_command(_application()))
    try:
        return parameter.process_value(context, value)
    except typer.BadParameter as error:
        return error.message
    except (OSError, TypeError) as error:
        return repr(error)


def _application() -> typer.Typer:
    application = typer.Typer(add_completion=False)
    application.command()(lambda: None)
    return application


def _agree(parameter: Any, value: Any) -> bool:
    ours, theirs = _outcome(with_plain_values(parameter), value), _outcome(parameter, value)
    return bool((type(ours), ours) == (type(theirs), theirs) or (ours != ours and theirs != theirs))  # noqa: PLR0124 (not a number)


def _type(parameter: Any) -> str:
    return str(parameter.type_descriptor.annotation)


@pytest.mark.parametrize("parameter", OPTIONS, ids=_type)
def test_values_and_messages_are_those_of_typer(parameter: Any) -> None:
    differing = [value for value in VALUES if not _agree(parameter, value)]
    assert differing == []


@given(st.text(max_size=12) | st.from_regex(r"[-+]?[0-9_.e]{1,12}", fullmatch=True))
def test_any_text_is_converted_as_typer_does(value: str) -> None:
    for parameter in OPTIONS:
        assert _agree(parameter, value), (parameter.type_descriptor.annotation, value)


def test_files_that_cannot_be_read_are_refused_as_typer_does(tmp_path: Path) -> None:
    limited = _parameter(Path | None, typer.Option(exists=True, dir_okay=False))
    for path in (tmp_path, tmp_path / "none"):
        assert "does not exist" in _outcome(limited, str(path)) or "directory" in _outcome(
            limited, str(path)
        )
        assert _agree(limited, str(path))


def test_options_and_arguments_get_classes_of_their_own_once() -> None:
    option, argument = with_plain_values(TEXT), with_plain_values(WORD)
    assert (type(option), type(argument)) == (PlainOption, PlainArgument)
    assert with_plain_values(option) is option
    assert (option.opts, argument.name) == (TEXT.opts, WORD.name)


CALLS = (
    ("query", "projects", "--limit", "5"),
    ("query", "projects", "--kind", "port", "--columns", "name,kind", "--format", "csv"),
    ("query", "finance", "--group-by", "country", "--measure", "sum:amount_usd"),
    ("query", "projects", "--output", "new.csv"),
    ("show", "gwadar-port"),
    ("search", "gwadar"),
    ("report", "country", "Belarus"),
    ("sql", "SELECT 1"),
    ("--help",),
)


#: Answers each call, and prints the modules that are imported by then as a line.
_ANSWERING = """
import json, sys
from bricoop.__main__ import main
for call in json.loads(sys.argv[1]):
    sys.argv = ["bricoop", *call]
    try:
        main()
    except SystemExit as end:
        assert not end.code, call
    print(*sys.modules, file=sys.stderr)
"""


def test_a_question_imports_no_more_than_it_needs(sqlite_template: Path, tmp_path: Path) -> None:
    calls = [("--db", str(sqlite_template), *call) for call in CALLS]
    done = subprocess.run(
        (sys.executable, "-c", _ANSWERING, json.dumps(calls)),
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    of_sqlalchemy = _imported("-c", "import sqlalchemy", folder=tmp_path)
    lines = [line for line in done.stderr.splitlines() if " bricoop.cli.app " in line]
    for call, line in zip(CALLS, lines, strict=True):
        loaded = {*line.split()}
        heavy = {"pydantic", "babel", "alembic", "vl_convert", "psycopg", "pyarrow"}
        assert not loaded & heavy, call
        # SQLAlchemy imports asyncio at its very beginning, and asyncio imports ssl.
        assert not (loaded & {"asyncio", "ssl"}) - of_sqlalchemy, call


#: Prints at how many objects the largest collection looked, how many a last one would look at, and
#: how many it would not.
_COUNTING = """
import gc, sys
passes = []
gc.callbacks.append(lambda phase, about: phase == "start" and passes.append(len(gc.get_objects())))
from bricoop.__main__ import main
try:
    main()
except SystemExit:
    sys.stderr.write(f"{max(passes)} {len(gc.get_objects())} {gc.get_freeze_count()}")
"""


def test_a_short_question_does_not_look_for_garbage(sqlite_template: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        (sys.executable, "-c", _COUNTING, "--db", str(sqlite_template), "query", "projects"),
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    most, remaining, frozen = map(int, done.stderr.split()[-3:])
    # The few collections are those before the program sets its threshold.
    assert most < 20_000 < frozen
    assert remaining < 100


def test_nothing_is_left_beside_a_database(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = tmp_path / "kb.sqlite"
    database.write_bytes(sqlite_template.read_bytes())
    (tmp_path / "in.csv").write_text("name\nA Bridge\n", encoding="utf-8")
    for call in (("query", "projects"), ("load", "projects", "in.csv", "--source", "notes", "--source-title", "Notes",
                 "--tier", "5"), ("sql", "SELECT 1"), ("db", "check"), ("undo", "4711")):  # fmt: skip
        run("--db", str(database), *call)
        assert {file.name for file in tmp_path.iterdir()} == {"kb.sqlite", "in.csv"}


def _imported(*arguments: str, folder: Path) -> set[str]:
    done = subprocess.run(
        (sys.executable, "-X", "importtime", *arguments),
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=folder,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
