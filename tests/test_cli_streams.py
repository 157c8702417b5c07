"""What goes to which stream: pipes, terminals, files and full disks, as a user meets them."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command_line import NEW_SOURCE, PROGRAM, answer, on_terminal, process, run, shell
from support.examples import few_of
from support.processes import HANGS


@pytest.mark.parametrize(
    "command",
    few_of(
        ["query findings", "query countries --all -f json", "report country China",
         "template projects", "query --help"],
        2,
    ),
)  # fmt: skip
def test_a_reader_that_takes_one_line_ends_it_quietly(sqlite_template: Path, command: str) -> None:
    done = shell(f"set -o pipefail; {PROGRAM} --db {sqlite_template} {command} | head -n 1")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_a_closed_pipe_leaves_out_no_file(sqlite_template: Path, tmp_path: Path) -> None:
    memo = tmp_path / "memo.toml"
    memo.write_text('title = "Roads"\n[[parts]]\nreport = "overview"\n', encoding="utf-8")
    for command, written in (
        (f"total --card {tmp_path}/card.json", "card.json"),
        (f"report --from {memo}", "memo.figures.json"),
    ):
        reader, writer = os.pipe()
        os.close(reader)
        program = [*PROGRAM.split(), "--db", str(sqlite_template), *command.split()]
        done = subprocess.run(program, stdout=writer, check=False, timeout=HANGS)
        os.close(writer)
        assert done.returncode == 0
        assert json.loads((tmp_path / written).read_text(encoding="utf-8"))


def test_a_full_disk_is_said_in_one_line(sqlite_template: Path) -> None:
    for command in ("query findings -f json", "show Belarus"):
        done = shell(f"{PROGRAM} --db {sqlite_template} {command} > /dev/full")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "No space left" in done.stderr


@pytest.mark.parametrize(
    "command",
    few_of(["query links", "query findings -f json", "db status", "show Belarus", "--version"], 2),
)
def test_a_closed_output_is_said_in_one_line(sqlite_template: Path, command: str) -> None:
    base = "" if command == "--version" else f"--db {sqlite_template}"
    done = shell(f"{PROGRAM} {base} {command} >&-")
    assert (done.returncode, done.stderr) == (1, "Error: Bad file descriptor: the output\n")
    assert shell(f"{PROGRAM} {base} {command} >&- 2>&-").returncode == 1


def test_a_command_without_an_answer_needs_no_output(sqlite_template: Path, tmp_path: Path) -> None:
    done = shell(f"{PROGRAM} --db {sqlite_template} query links -o {tmp_path}/links.csv >&-")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shell(f"mount -t tmpfs -o size=8k bricoop-test {folder}")
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    shell(f"umount {folder}")


@pytest.mark.parametrize(
    "command",
    [
        "report link facility -o {}/x.docx",
        pytest.param("report link facility -o {}/x.html", marks=pytest.mark.full),
        pytest.param("report link facility -o {}/x.pdf", marks=pytest.mark.full),
        pytest.param("query records -o {}/x.xlsx", marks=pytest.mark.full),
        pytest.param("query records -o {}/x.parquet", marks=pytest.mark.full),
        pytest.param("query records -o {}/x.csv", marks=pytest.mark.full),
        pytest.param(
            "query projects --group-by kind --chart bar -o {}/x.png", marks=pytest.mark.full
        ),
    ],
)
def test_a_full_disk_keeps_no_half_of_a_file(
    sqlite_template: Path, small_disk: Path, command: str
) -> None:
    done = shell(f"{PROGRAM} --db {sqlite_template} {command.format(small_disk)}")
    name = command.rpartition("/")[2]
    message = f"The file {small_disk}/{name} cannot be written: No space left on device."
    assert (done.returncode, done.stderr) == (2, f"Error: {message}\n")
    assert list(small_disk.iterdir()) == []


def test_a_name_that_is_not_utf_8_is_wrong_usage_and_no_accident(sqlite_template: Path) -> None:
    for command in ("show", "query projects --name"):
        done = shell(f"{PROGRAM} --db {sqlite_template} {command} $'\\xff'")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "Error: '\\udcff' is not valid UTF-8. Pass UTF-8 text.\n"


def test_output_is_utf_8_whatever_the_locale(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "é.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    for command in ("db path", "show 设施联通"):
        done = shell(f"{PROGRAM} --db {path} {command}", LC_ALL="C", PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, ""), command


@pytest.mark.parametrize(
    "command", few_of(["query projects", "report country BY", "show Gwadar"], 1)
)
def test_a_pipe_is_never_coloured_or_folded(sqlite_template: Path, command: str) -> None:
    plain = shell(f"{PROGRAM} --db {sqlite_template} {command}")
    forcing = dict.fromkeys(("FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"), "1")
    forced = shell(f"{PROGRAM} --db {sqlite_template} {command}", COLUMNS="40", **forcing)
    assert forced.stdout == plain.stdout
    assert "\x1b" not in plain.stdout


def letters(text: str) -> Counter[str]:
    """Count the characters of the rows, without the head that a table may have."""
    body = text.partition("─")[2] if "─" in text else text
    return Counter(character for character in body if not character.isspace() and character != "─")


@pytest.mark.parametrize("columns", few_of([80, 140], 1))
@pytest.mark.parametrize(
    "noun",
    few_of(["projects", "countries", "statistics", "findings", "finance", "sources", "loads"], 3),
)
def test_a_terminal_shows_every_row_and_cuts_none(
    sqlite_template: Path, tmp_path: Path, columns: int, noun: str
) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    text = (
        "project,kind,financier,instrument,amount,currency,date\n"
        "Jakarta–Bandung High-speed Railway,commitment,China Development Bank,export-credit,"
        "1234567890123456.78,CNY,2019-12-31\n中国第一个大型铁路项目中国第一个大型铁路项目,pledge,,,5,USD,\n"
    )
    assert run("--db", str(path), "load", "finance", "-", *NEW_SOURCE, stdin=text).exit_code == 0
    command = ("--db", str(path), "query", noun)
    seen = on_terminal(columns, *command, NO_COLOR="1")
    # Nothing is lost; where a row becomes a block, its labels are there once more.
    assert not letters(answer(*command).partition("\n")[2]) - letters(seen)


def test_a_name_is_shown_as_it_is_on_a_terminal(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    name = "Port :anchor: [red]x[/red]"
    row = f"name,description,countries\n{name}\x1b[2J,At :anchor: \x1b]0;x\x07 it,Belarus\n"
    assert run("--db", str(path), "load", "projects", "-", *NEW_SOURCE, stdin=row).exit_code == 0
    for command in (("query", "projects", "--source", "notes"), ("show", "anchor"),
                  ("report", "country", "BY")):  # fmt: skip
        seen = on_terminal(140, "--db", str(path), *command, NO_COLOR="1")
        assert name in " ".join(seen.split())
        assert "\x1b" not in seen
        assert "\x07" not in seen
        assert "⚓" not in seen


def test_a_terminal_has_colour_unless_it_is_declined(sqlite_template: Path) -> None:
    command = ("--db", str(sqlite_template), "show", "Belarus")
    assert "\x1b[1m" in on_terminal(80, *command, NO_COLOR="")
    assert "\x1b" not in on_terminal(80, *command, NO_COLOR="1")
    assert "\x1b" not in on_terminal(80, *command, NO_COLOR="", TERM="dumb")


def test_an_empty_answer_on_a_terminal_is_no_accident(sqlite_template: Path) -> None:
    command = ("--db", str(sqlite_template), "query", "projects", "--name", "zzz")
    assert "project" not in on_terminal(80, *command)
    assert answer(*command).split()[0] == "name"


@pytest.mark.parametrize("format_", ["table", "json", "ndjson", "csv", "tsv", "markdown"])
def test_a_file_holds_what_the_output_would(
    sqlite_template: Path, tmp_path: Path, format_: str
) -> None:
    command = ("--db", str(sqlite_template), "query", "projects", "-f", format_)
    path = tmp_path / "out"
    path.write_text("older", encoding="utf-8")
    assert answer(*command, "--output", str(path)) == ""
    assert path.read_bytes().decode() == answer(*command)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_file_that_cannot_be_written_stays_and_says_so(
    sqlite_template: Path, tmp_path: Path
) -> None:
    for path in (tmp_path / "no" / "x", tmp_path):
        result = run("--db", str(sqlite_template), "query", "links", "-o", str(path))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be written" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_fails_leaves_the_older_file(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("older", encoding="utf-8")
    result = run(
        "--db", str(sqlite_template), "query", "projects", "--country", "x?", "-o", str(path)
    )
    assert result.exit_code == 4
    assert path.read_text(encoding="utf-8") == "older"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


def test_a_pipe_or_a_device_is_written_to_and_not_replaced(
    sqlite_template: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        command = ("query", "links", "--count", "--output", str(pipe))
        assert run("--db", str(sqlite_template), *command).exit_code == 0
        assert pipe.is_fifo()
        assert os.read(end, 100) == b"5\n"
    finally:
        os.close(end)


def test_more_rows_than_a_database_can_count_are_all_of_them(sqlite_template: Path) -> None:
    command = ("--db", str(sqlite_template), "query", "links")
    assert answer(*command, "--limit", "99999999999999999999") == answer(*command)
    assert len(answer(*command, "--offset", "99999999999999999999").splitlines()) == 1


def test_standard_output_by_its_name_is_standard_output(
    sqlite_template: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("older\n", encoding="utf-8")
    command = f"{PROGRAM} --db {sqlite_template} query links --count --output /dev/stdout"
    assert shell(f"{command} >> {log}").returncode == 0
    assert log.read_text(encoding="utf-8") == "older\n5\n"
    assert shell(f"{command} | cat").stdout == "5\n"


def test_a_link_to_a_file_stays_a_link(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("older", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    command = ("query", "links", "--count", "--output", str(tmp_path / "link"))
    assert run("--db", str(sqlite_template), *command).exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "5\n"


@pytest.mark.parametrize("command", ["--help", "--version", "query --help", "load --help"])
def test_help_and_version_are_answered_without_the_database(tmp_path: Path, command: str) -> None:
    done = shell(f"{sys.executable} -X importtime -m bricoop {command}", HOME=str(tmp_path))
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "bricoop" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "psycopg", "babel", "rapidfuzz"}
    assert list(tmp_path.rglob("*.sqlite")) == []


def test_nothing_typed_is_help_and_a_wrong_word_is_wrong_usage(tmp_path: Path) -> None:
    for command in ((), ("query",), ("db",), ("report",)):
        done = process(*command, home=tmp_path)
        assert "Usage: " in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    done = process("qeury", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "qeury" in done.stderr


@pytest.mark.parametrize("format_", few_of(["csv", "tsv", "json", "ndjson", "markdown"], 2))
def test_data_move_nothing_on_a_terminal_and_in_a_pipe(
    sqlite_template: Path, tmp_path: Path, format_: str
) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    row = 'name,countries\n"Port\x1b[2J\x9b31m\x07 one",Belarus\n'
    assert run("--db", str(path), "load", "projects", "-", *NEW_SOURCE, stdin=row).exit_code == 0
    command = ("--db", str(path), "query", "projects", "--source", "notes", "-f", format_)
    seen = on_terminal(140, *command)
    assert "Port" in seen
    assert not {"\x1b", "\x9b", "\x07"} & set(seen)
    assert len(seen.splitlines()) == len(answer(*command).splitlines())
    if format_ in {"csv", "tsv"}:
        assert r"Port\u001b[2J\u009b31m\u0007 one" in answer(*command)


@pytest.mark.parametrize(
    ("stated", "command"),
    [("100000000", "query projects --chart bar --group-by kind"), ("9" * 5_000, "query --help")],
    ids=["chart", "help"],
)
def test_no_width_that_the_environment_states_fills_the_memory(
    sqlite_template: Path, stated: str, command: str
) -> None:
    drawn = shell(f"{PROGRAM} --db {sqlite_template} {command}", COLUMNS=stated)
    assert drawn.returncode == 0, drawn.stderr
    assert max(map(len, drawn.stdout.splitlines())) <= 1_000
