"""The database from the command line: made, looked after, copied, and left alone when not ours."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from bricoop.db.address import parse_address
from bricoop.db.driver_errors import explained
from bricoop.db.engine import make_engine
from bricoop.db.state import HEAD
from support.command_line import NEW_SOURCE, answer, process, run
from support.examples import few_of
from support.processes import HANGS
from support.schema_shape import shape
from support.state import state

pytestmark = pytest.mark.later_on_postgresql


def counts(address: str) -> list[str]:
    lines = answer("--db", address, "db", "status").splitlines()
    # Single spaces: how wide the table is depends on the address in it.
    return [" ".join(line.split()) for line in lines if line.startswith("rows of")]


def test_the_path_is_printed_without_a_password_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    assert answer("--db", str(path), "db", "path") == f"{path}\n"
    assert not path.exists()
    shown = answer("--db", "postgresql://ann:hunter2@db.example/kb", "db", "path")
    assert shown == "postgresql://ann:***@db.example/kb\n"


def test_the_option_wins_over_the_environment_before_and_after_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRICOOP_DATABASE_URL", str(tmp_path / "env.sqlite"))
    before, after = str(tmp_path / "before.sqlite"), str(tmp_path / "after.sqlite")
    assert answer("db", "path") == f"{tmp_path / 'env.sqlite'}\n"
    assert answer("--db", before, "db", "path") == f"{before}\n"
    assert answer("--db", before, "db", "path", "--db", after) == f"{after}\n"
    assert answer("db", "path") == f"{tmp_path / 'env.sqlite'}\n"


def test_status_says_version_size_and_the_rows_of_every_table(
    knowledge_base: str, engine: Engine
) -> None:
    lines = answer("--db", knowledge_base, "db", "status").splitlines()
    assert any(line.startswith("schema") and HEAD in line for line in lines)
    (size,) = (line.split()[-1] for line in lines if line.startswith("size"))
    assert int(size.replace(",", "")) > 100_000
    with engine.connect() as connection:
        for line in counts(knowledge_base):
            _, _, table, number = line.split()
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            assert number.replace(",", "") == str(rows)
    tables = [name for name in shape(engine) if not name.startswith("search_")]
    assert len(counts(knowledge_base)) == len(tables)


DAMAGE = {
    "every entity has a record or a fact":
        "INSERT INTO entity (id, kind, key, name, normalised) "
        "VALUES (90000, 'region', 'lost', 'Lost', 'lost')",
    "every entity has a name":
        "DELETE FROM alias WHERE entity_id = (SELECT id FROM entity WHERE key = 'gwadar-port')",
    "every entity has a row in the table of its kind":
        "DELETE FROM policy WHERE id = (SELECT id FROM entity WHERE key = 'internet-plus')",
    "every record has a load, and the source of that load": "UPDATE load SET undone_at = started_at WHERE id = 12",
    "the counts of every load match its records":
        "UPDATE load SET rows_new = 1, rows_unchanged = rows_read - 1 WHERE id = 11",
}  # fmt: skip


def test_a_whole_database_passes_every_check(knowledge_base: str) -> None:
    lines = answer("--db", knowledge_base, "db", "check").splitlines()[1:]
    assert len(lines) == 22
    assert all(line.endswith(" yes") for line in lines)


@pytest.mark.parametrize("broken", few_of(DAMAGE, 2))
def test_a_row_damaged_by_hand_is_found(knowledge_base: str, engine: Engine, broken: str) -> None:
    # A load of one row, which can be said to be undone.
    row = "kind,link,statement\nchallenge,trade,It is hard.\n"
    assert (
        run("--db", knowledge_base, "load", "findings", "-", *NEW_SOURCE, stdin=row).exit_code == 0
    )
    with engine.begin() as connection:
        connection.execute(text(DAMAGE[broken]))
    result = run("--db", knowledge_base, "db", "check")
    assert result.exit_code == 5
    failed = [line.split("  ")[0] for line in result.stdout.splitlines() if " no: " in line]
    # What nothing speaks of has no name either, which is found as well.
    assert broken in failed
    *messages, error = result.stderr.splitlines()
    assert len(messages) == len(failed)
    assert error.startswith("Error: The database is damaged. ")


def test_a_reference_that_leads_nowhere_is_found(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE organization SET country_id = 77777 WHERE country_id IS NOT NULL")
    connection.commit()
    connection.close()
    result = run("--db", str(path), "db", "check")
    assert result.exit_code == 5
    assert "every reference points to an existing row" in result.stderr


def test_a_damaged_file_is_said_to_be_damaged(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    content = bytearray(sqlite_template.read_bytes())
    content[8192 : len(content) - 8192] = b"\x5a" * (len(content) - 16384)
    path.write_bytes(content)
    for command in (("db", "check"), ("query", "projects")):
        done = process("--db", str(path), *command, home=tmp_path)
        assert done.returncode == 5
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_backup_opens_and_holds_as_much_and_takes_no_files_place(
    knowledge_base: str, engine: Engine, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.sqlite"
    result = run("--db", knowledge_base, "db", "backup", str(saved))
    assert (result.exit_code, result.stdout) == (0, "")
    assert counts(str(saved)) == counts(knowledge_base)
    answer("--db", str(saved), "db", "check")
    other = make_engine(parse_address(str(saved)))
    assert state(other) == state(engine)
    other.dispose()
    before = saved.read_bytes()
    again = run("--db", knowledge_base, "db", "backup", str(saved))
    assert (again.exit_code, "exists" in again.stderr) == (5, True)
    assert saved.read_bytes() == before
    nowhere = run("--db", knowledge_base, "db", "backup", str(tmp_path / "no" / "x.sqlite"))
    assert (nowhere.exit_code, "does not exist" in nowhere.stderr) == (5, True)


def test_a_backup_is_made_while_another_process_writes(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kb.sqlite"
    shutil.copyfile(sqlite_template, path)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "c.execute(\"UPDATE entity SET description = 'unseen' WHERE key = 'gwadar-port'\")\n"
        "print('writing', flush=True); sys.stdin.readline(); c.execute('COMMIT')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        assert run("--db", str(path), "db", "backup", str(tmp_path / "saved.sqlite")).exit_code == 0
        writer.communicate("\n", timeout=HANGS)
    assert "unseen" not in answer("--db", str(tmp_path / "saved.sqlite"), "show", "Gwadar Port")
    assert "unseen" in answer("--db", str(path), "show", "Gwadar Port")


def test_everything_is_copied_to_another_database_and_back(
    knowledge_base: str, engine: Engine, database: str, tmp_path: Path
) -> None:
    files = {
        "finance": "project,kind,financier,amount,currency,amount_usd,estimated\n"
        "Gwadar Port,pledge,Bank of 中国,1234567890123456789.5,CNY,0.000001,yes\n",
        "locations": "project,latitude,longitude,precision\nGwadar Port,25.110,62.33,near\n",
    }
    for noun, row in files.items():
        assert run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=row).exit_code == 0
    back = str(tmp_path / "back.sqlite")
    for origin, target in ((knowledge_base, database), (database, back)):
        result = run("--db", origin, "db", "copy", target)
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        assert counts(target) == counts(origin)
        answer("--db", target, "db", "check")
    last = make_engine(parse_address(back))
    assert state(last) == state(engine)
    last.dispose()
    refused = run("--db", knowledge_base, "db", "copy", database)
    assert (refused.exit_code, "not empty" in refused.stderr) == (5, True)
    # What was copied goes on: its numbers do not begin again.
    assert (
        run("--db", database, "load", "projects", "-", *NEW_SOURCE, stdin="name\nX\n").exit_code
        == 0
    )
    answer("--db", database, "db", "check")


@pytest.mark.parametrize(
    ("version", "message"),
    [("9999", "newer version of bricoop; it was not changed"), ("0001", "bricoop db upgrade")],
)
def test_a_database_of_another_version_is_refused_and_left_as_it_was(
    knowledge_base: str, engine: Engine, version: str, message: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE bricoop_version SET version_num = '{version}'"))  # noqa: S608
    for command in (("query", "projects"), ("show", "Gwadar"), ("report", "country", "BY"),
                  ("load", "projects", "-", *NEW_SOURCE), ("undo", "11"), ("db", "check"),
                  ("db", "status")):  # fmt: skip
        result = run("--db", knowledge_base, *command, stdin="name\nX\n")
        assert (result.exit_code, result.stdout) == (5, ""), command
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
    if version == "9999":
        assert run("--db", knowledge_base, "db", "upgrade").exit_code == 5
    with engine.begin() as connection:
        stamp = connection.execute(text("SELECT version_num FROM bricoop_version")).scalar_one()
        assert stamp == version
        connection.execute(text(f"UPDATE bricoop_version SET version_num = '{HEAD}'"))  # noqa: S608
    assert "up to date" in run("--db", knowledge_base, "db", "upgrade").stderr


def test_a_database_that_is_not_ours_is_left_alone(database: str) -> None:
    theirs = create_engine(parse_address(database))
    with theirs.begin() as connection:
        connection.execute(text("CREATE TABLE source (id INTEGER)"))
    theirs.dispose()
    result = run("--db", database, "query", "projects")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "tables of another program" in result.stderr


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("only notes, and more of them\n" * 100, encoding="utf-8")
    before = path.read_bytes()
    result = run("--db", str(path), "query", "projects")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr.startswith(f"Error: The file {path} is not an SQLite database.")
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", [":memory:", "file::memory:", "sqlite://"])
def test_a_knowledge_base_is_never_kept_where_it_would_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("--db", name, "query", "links", "--count")
    if done.exit_code == 0:
        assert [path for path in tmp_path.iterdir() if path.stat().st_size]
    else:
        assert (done.exit_code, list(tmp_path.iterdir())) == (5, [])
        assert "would be lost" in done.stderr
        assert "Use the path of a file" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_two_processes_at_once_on_the_first_use_both_answer(tmp_path: Path) -> None:
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "bricoop", "query", "projects", "--count"]
    running = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=HANGS) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert outputs[0][0] == outputs[1][0] != "0\n"
    lines = [line for _, error in outputs for line in error.splitlines()]
    # On a busy machine the second waits long enough for the first to say so.
    lines = [line for line in lines if not line.startswith("Another process")]
    assert len(lines) == 1
    assert str(tmp_path) in lines[0]
    answer("--db", lines[0].rpartition(": ")[2], "db", "check")


def test_a_record_that_is_no_json_ends_in_one_sentence(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE record SET fields = '{bad' WHERE id = 300")
        connection.commit()
    result = run("--db", str(path), "db", "copy", str(tmp_path / "copy.sqlite"))
    assert result.exit_code == 5
    assert result.stderr.count("\n") == 1
    assert "is damaged: record.fields of the row with id 300 is not valid JSON." in result.stderr
    assert "Nothing was copied. Run `bricoop db check`." in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files is limited by POSIX")
@pytest.mark.parametrize("command", ["backup", "copy"])
def test_a_copy_that_cannot_be_completed_leaves_no_file(
    sqlite_template: Path, tmp_path: Path, command: str
) -> None:
    import resource  # noqa: PLC0415 (only POSIX has it)

    target = tmp_path / "copy.sqlite"
    done = subprocess.run(
        [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), "db", command, str(target)],
        capture_output=True,
        text=True,
        check=False,
        # As if the disk were full: no file may become larger.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)),
    )
    assert done.returncode == 5, done.stderr
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == []


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("database or disk is full", "The disk is full"),
        ("disk I/O error", "Check its free space"),
        ('connection failed: FATAL:  database "x" does not exist', "Create it first"),
        (
            'connection failed: FATAL:  password authentication failed for user "x"',
            "Check the user",
        ),
        ('connection failed: FATAL:  role "x" does not exist', "create one with createuser"),
        ('connection failed: FATAL:  no pg_hba.conf entry for host "h"', "Allow this user and"),
        ("connection failed: fe_sendauth: no password supplied", "Write the password"),
        ("failed to resolve host 'h'", "Check the host"),
        ("connection failed: Connection refused", "Check that the server is running"),
    ],
)
def test_an_error_of_a_driver_says_what_to_do(reason: str, expected: str) -> None:
    assert expected in str(explained(parse_address("x.sqlite"), reason))


def test_a_backup_to_a_server_is_refused_and_copy_is_named(
    sqlite_template: Path, tmp_path: Path
) -> None:
    base = ("--db", str(sqlite_template), "db", "backup")
    refused = run(*base, "postgresql://ann:hunter2@db.example/kb")
    assert (refused.exit_code, refused.stderr) == (
        2,
        (
            "Error: A backup is an SQLite file, and postgresql://ann:***@db.example/kb is on a server. "
            "Name a file, or copy to the server with `bricoop db copy`.\n"
        ),
    )
    assert run(*base, "").stderr == "Error: The name of the backup is empty. Name a file.\n"
    target = tmp_path / "copy.sqlite"
    assert run(*base, f"sqlite:///{target}").stderr == f"Wrote {target}.\n"
    assert counts(str(target)) == counts(str(sqlite_template))
