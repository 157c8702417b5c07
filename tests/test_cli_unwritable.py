"""A database that the user may only read is asked as any other, and written by nobody."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bricoop.db.unwritable_files import read_only_uri
from support.command_line import NEW_SOURCE
from support.examples import few_of
from support.one_process import in_one_process
from support.processes import HANGS

#: The administrator may write everywhere, but for a program without that capability.
RESTRICTED = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
pytestmark = pytest.mark.skipif(
    bool(RESTRICTED) and shutil.which("setpriv") is None, reason="needs setpriv"
)
ANSWERS = {
    ("query", "links", "--count"): "5\n",
    ("show", "Kenya"): "country · key kenya",
    ("search", "Kenya"): "Kenya",
    ("report", "country", "Kenya"): "Kenya",
    ("sql", "SELECT count(*) AS n FROM v_links", "-f", "csv"): "n\n5\n",
    ("db", "status"): "rows of link",
    ("db", "check"): "yes",
}
WRITES = (
    ("load", "projects", "-", *NEW_SOURCE),
    ("undo", "1"),
    ("db", "rebuild"),
)
#: Prints what becomes of an answer while another user writes to the file.
READER = """
import sys
from bricoop.api.opening import engine_of
from bricoop.db.engine import reading
from bricoop.errors import DatabaseError
try:
    with reading(engine_of(sys.argv[1])) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM entity").one()
        print("reading", flush=True)
        input()
except DatabaseError as error:
    print(error.message)
else:
    print("read")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be deleted after a test, whatever its permissions became."""
    folder = tmp_path / "shared"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def asked(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user whom the permissions of files bind."""
    call = [*RESTRICTED, sys.executable, "-m", "bricoop", "--db", str(path), *command]
    return subprocess.run(
        call, capture_output=True, text=True, check=False, timeout=HANGS, input="name\nDam\n"
    )


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), few_of([(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)], 1)
)
def test_a_file_that_is_read_only_is_asked_and_left_alone(
    sqlite_template: Path, folder: Path, file_mode: int, folder_mode: int
) -> None:
    path = folder / "kb ?#%.sqlite"
    shutil.copyfile(sqlite_template, path)
    before = path.read_bytes()
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    calls = [("--db", str(path), *command) for command in (*ANSWERS, *WRITES)]
    outcomes = in_one_process(calls, stdin="name\nDam\n", prefix=RESTRICTED)
    answers, refusals = outcomes[: len(ANSWERS)], outcomes[len(ANSWERS) :]
    for (command, expected), result in zip(ANSWERS.items(), answers, strict=True):
        assert (result.code, result.errors) == (0, ""), command
        assert expected in result.output
    for command, result in zip(WRITES, refusals, strict=True):
        assert (result.code, result.output) == (5, ""), command
        message = f"The database {path} cannot be written. Check the permissions of the file and"
        assert message in result.errors
    assert [file.name for file in folder.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_what_is_in_the_log_of_another_process_is_read(sqlite_template: Path, folder: Path) -> None:
    path = folder / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("UPDATE entity SET name = 'Kenia' WHERE key = 'kenya'")
        folder.chmod(0o555)
        done = asked(path, "show", "KEN")
        assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "Kenia", "")
        assert "immutable" not in read_only_uri(path)
        # A copy of the file and its log, without the index of the log.
        folder.chmod(0o755)
        copy = folder / "copy"
        copy.mkdir()
        for name in (path.name, f"{path.name}-wal"):
            shutil.copyfile(folder / name, copy / name)
        copy.chmod(0o555)
        done = asked(copy / path.name, "show", "KEN")
        copy.chmod(0o755)
        assert done.returncode == 5
        assert f"it has a log, which cannot be read in the read-only folder {copy}." in done.stderr


@pytest.mark.parametrize("writes", [True, False])
def test_an_answer_during_which_another_user_wrote_is_refused(
    sqlite_template: Path, folder: Path, *, writes: bool
) -> None:
    path = folder / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    call = [*RESTRICTED, sys.executable, "-c", READER, str(path)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        folder.chmod(0o755)
        path.chmod(0o644)
        if writes:
            with closing(sqlite3.connect(path, isolation_level=None)) as writer:
                writer.execute("UPDATE entity SET name = 'Kenia' WHERE key = 'kenya'")
        output, _ = reader.communicate("\n", timeout=HANGS)
    changed = f"The database {path} was written while it was read without locks.\n"
    assert output == (changed if writes else "read\n")


def test_a_file_that_cannot_be_opened_is_refused_with_the_cause(
    sqlite_template: Path, folder: Path
) -> None:
    path = folder / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    path.chmod(0o000)
    done = asked(path, "query", "links")
    assert (done.returncode, done.stdout) == (5, "")
    assert "cannot be opened: its permissions do not allow reading it." in done.stderr
    path.chmod(0o644)
    folder.chmod(0o555)
    done = asked(folder / "none.sqlite", "query", "links")
    assert done.returncode == 5
    assert f"there is no such file, and the folder {folder} is read-only." in done.stderr
    with suppress(OSError):
        assert sorted(file.name for file in folder.iterdir()) == [path.name]
