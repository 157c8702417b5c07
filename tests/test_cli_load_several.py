"""Several files by one load command: a load each, one summary, and one edition if complete."""

import json
import os
import re
from pathlib import Path

import pytest

from support.command_line import NEW_SOURCE, answer, csv_rows, on_terminal, run
from support.databases import mainly_sqlite
from support.text_files import write

pytestmark = pytest.mark.later_on_postgresql

A, B, C = "id,name\n1,Alpha Dam\n2,Beta Dam\n", "id,name\n3,Gamma Dam\n", "id,name\n4,Delta Dam\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three files, in the order a2, b, a10 of their natural order and others."""
    directory = tmp_path / "parts"
    directory.mkdir()
    write(directory / "a10.csv", B)
    write(directory / "a2.csv", A)
    write(directory / "b.csv", C)
    return directory


def loads(base: str) -> list[tuple[str, str, str, str]]:
    """Return name and counts of the loads of the source of these tests."""
    rows = [row for row in csv_rows("--db", base, "query", "loads") if row["source"] == "notes"]
    fields = ("name", "rows_new", "rows_changed", "rows_unchanged")
    return [(row[fields[0]], row[fields[1]], row[fields[2]], row[fields[3]]) for row in rows]


def names(base: str) -> list[str]:
    """Return the names of the projects of the source of these tests."""
    rows = csv_rows("--db", base, "query", "projects", "--source", "notes", "--columns", "name")
    return sorted(row["name"] for row in rows)


def test_files_of_a_folder_are_loads_with_one_summary_and_again_change_nothing(
    knowledge_base: str, folder: Path
) -> None:
    write(folder / ".hidden.csv", "nonsense")
    write(folder / "~$b.xlsx", "nonsense")
    write(folder / "notes.docx", "nonsense")
    (folder / "more").mkdir()
    command = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE)
    result = run(*command)
    assert (result.exit_code, result.stdout) == (0, "")
    note, heading, *rows = result.stderr.splitlines()
    assert note == f"Note: Left out of {folder}: 1 file of other kinds (notes.docx) and 1 folder."
    assert heading.split() == [
        "Load",
        "File",
        "Rows",
        "read",
        "New",
        "Changed",
        "Unchanged",
        "Rejected",
    ]
    files = [row.split()[1:] for row in rows[:3]]
    assert files == [
        [str(folder / "a2.csv"), "2", "2", "0", "0", "0"],
        [str(folder / "a10.csv"), "1", "1", "0", "0", "0"],
        [str(folder / "b.csv"), "1", "1", "0", "0", "0"],
    ]
    assert rows[3].split() == ["3", "files", "4", "4", "0", "0", "0"]
    assert "To undo a load: bricoop undo LOAD" in rows
    assert run(*command).exit_code == 0
    first = [("a2.csv", "2", "0", "0"), ("a10.csv", "1", "0", "0"), ("b.csv", "1", "0", "0")]
    again = [("a2.csv", "0", "0", "2"), ("a10.csv", "0", "0", "1"), ("b.csv", "0", "0", "1")]
    assert loads(knowledge_base) == first + again


def test_the_first_failure_stops_and_says_what_was_loaded_and_how_to_go_on(
    knowledge_base: str, folder: Path, tmp_path: Path
) -> None:
    write(folder / "a10.csv", "id,name,kind\n3,Gamma Dam,castle\n")
    log = tmp_path / "problems.csv"
    command = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE)
    result = run(*command, "--problems", str(log))
    assert (result.exit_code, result.stdout) == (3, "")
    error = result.stderr.splitlines()[-1]
    bad = folder / "a10.csv"
    assert error.startswith(f"Error: 1 of 1 row in {bad} was refused; nothing of it was loaded.")
    assert re.search(r"1 of 3 files was loaded before and stays \(load \d+\)", error)
    assert f"Not tried: {folder / 'b.csv'}." in error
    assert "The same command again loads the rest" in error
    assert log.read_text(encoding="utf-8").count(str(bad)) == 1
    assert names(knowledge_base) == ["Alpha Dam", "Beta Dam"]
    write(bad, B)
    assert run(*command).exit_code == 0
    assert loads(knowledge_base)[1:] == [
        ("a2.csv", "0", "0", "2"), ("a10.csv", "1", "0", "0"), ("b.csv", "1", "0", "0"),
    ]  # fmt: skip


def test_complete_files_are_one_edition_and_only_the_last_withdraws(
    knowledge_base: str, folder: Path, tmp_path: Path
) -> None:
    command = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE)
    old = write(tmp_path / "old.csv", "id,name\n1,Alpha Dam\n3,Gamma Dam\n9,Old Dam\n")
    run("--db", knowledge_base, "load", "projects", old, *NEW_SOURCE)
    write(folder / "b.csv", "id,name,kind\n4,Delta Dam,castle\n")
    failed = run(*command, "--complete")
    assert failed.exit_code == 3
    assert "No record was withdrawn." in failed.stderr
    assert "Old Dam" in names(knowledge_base)
    write(folder / "b.csv", C)
    done = run(*command, "--complete")
    assert "No longer in the dataset: 1 project." in done.stderr
    assert names(knowledge_base) == ["Alpha Dam", "Beta Dam", "Delta Dam", "Gamma Dam"]
    again = run(*command, "--complete")
    assert "No longer" not in again.stderr
    assert [row[1:] for row in loads(knowledge_base)[-3:]] == [
        ("0", "0", "2"), ("0", "0", "1"), ("0", "0", "1"),
    ]  # fmt: skip


def test_undoing_a_load_of_an_edition_takes_back_what_its_file_changed(
    knowledge_base: str, folder: Path, tmp_path: Path
) -> None:
    load = ("--db", knowledge_base, "load", "projects")
    old = write(tmp_path / "old.csv", "id,name,financiers\n9,Old Dam,Bank A\n")
    run(*load, old, *NEW_SOURCE)
    for name, text in (("a2", A), ("a10", B), ("b", C)):
        header, *rows = text.splitlines()
        write(
            folder / f"{name}.csv",
            "\n".join([f"{header},financiers", *map("{},Bank A".format, rows)]),
        )
    done = run(*load, str(folder), *NEW_SOURCE, "--complete")
    first, second, last = (int(number) for number in re.findall(r"(?m)^ *(\d+)  /", done.stderr))
    changed = csv_rows("--db", knowledge_base, "diff", str(last))
    assert {(row["change"], row["id"]) for row in changed} == {("gone", "9"), ("new", "4")}
    undone = run("--db", knowledge_base, "undo", str(first))
    assert undone.exit_code == 0, undone.stderr
    assert names(knowledge_base) == ["Delta Dam", "Gamma Dam"]
    assert run("--db", knowledge_base, "undo", str(last)).exit_code == 0
    assert names(knowledge_base) == ["Gamma Dam", "Old Dam"]
    assert run("--db", knowledge_base, "undo", str(second)).exit_code == 0
    assert names(knowledge_base) == ["Old Dam"]
    assert answer("--db", knowledge_base, "db", "check")


def test_one_edition_has_each_id_once(knowledge_base: str, folder: Path) -> None:
    write(folder / "b.csv", "id,name\n1,Other Dam\n")
    command = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE)
    refused = run(*command, "--complete")
    assert refused.exit_code == 3
    assert f"'1' is already the id of a row of {folder / 'a2.csv'}" in refused.stderr
    later = run(*command)
    assert later.exit_code == 0
    assert "It changed 1 record that an earlier file of this command contains" in later.stderr


def test_a_dry_run_reads_each_file_after_the_others_and_writes_nothing(
    knowledge_base: str, folder: Path
) -> None:
    write(folder / "b.csv", "id,name,parent\n4,Delta Dam,\n")
    command = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE, "--dry-run")
    result = run(*command, "--complete", "-f", "json")
    assert result.exit_code == 0, result.stderr
    assert {row["name"] for row in json.loads(result.stdout)} == {
        "Alpha Dam", "Beta Dam", "Gamma Dam", "Delta Dam",
    }  # fmt: skip
    assert "3 files" in result.stderr
    assert "undo" not in result.stderr
    assert loads(knowledge_base) == []
    assert "Alpha Dam" in run(*command).stdout


@mainly_sqlite
def test_a_file_named_twice_is_loaded_once(knowledge_base: str, folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder / "b.csv")
    other = f"{folder}/../parts/a2.csv"
    paths = (str(folder / "a2.csv"), other, str(folder))
    result = run("--db", knowledge_base, "load", "projects", *paths, *NEW_SOURCE)
    assert result.exit_code == 0, result.stderr
    assert "Note: Named more than once, and loaded once: " in result.stderr
    assert [row[0] for row in loads(knowledge_base)] == ["a2.csv", "a10.csv", "b.csv"]


@mainly_sqlite
def test_what_several_files_cannot_have_is_refused(
    knowledge_base: str, folder: Path, tmp_path: Path
) -> None:
    command = ("--db", knowledge_base, "load", "projects", *NEW_SOURCE, str(folder))
    empty = tmp_path / "empty"
    empty.mkdir()
    write(empty / "x.pdf", "")
    existing = str(folder / "b.csv")
    calls = {
        (*command, "-"): "Standard input (-) cannot be loaded together with files.",
        (
            *command,
            "--rejects",
            str(tmp_path / "r.csv"),
        ): "--rejects is for one file, and there are 3",
        (*command[:-1], str(empty)): "has no file to load, only 1 file of other kinds (x.pdf)",
        (*command, str(tmp_path / "none.csv")): "No such file or directory. No file was loaded.",
        (*command, "--problems", existing): "would overwrite the file that is read",
        (*command, "--profile", "gcdf3"): "Leave out projects",
    }
    for call, message in calls.items():
        result = run(*call)
        assert result.exit_code in {2, 3}, call
        assert message in result.stderr, result.stderr
    assert loads(knowledge_base) == []


@mainly_sqlite
def test_names_of_files_are_never_printed_raw(knowledge_base: str, tmp_path: Path) -> None:
    strange = [b"-x.csv", b"a b.csv", b"n\xffo.csv", b"e\x1b[31m.csv"]
    paths = [str(tmp_path / os.fsdecode(name)) for name in strange]
    for number, path in enumerate(paths):
        Path(path).write_text(f"name\nDam {number}\n", encoding="utf-8")
    command = ("--db", knowledge_base, "load", "projects", *NEW_SOURCE, "--", *paths)
    result = run(*command)
    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stderr
    assert len(loads(knowledge_base)) == len(strange)


@mainly_sqlite
def test_the_summary_fits_terminals(knowledge_base: str, folder: Path) -> None:
    for columns in (80, 140):
        load = ("--db", knowledge_base, "load", "projects", str(folder), *NEW_SOURCE)
        screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", on_terminal(columns, *load, everything=True))
        lines = [line.rpartition("\r")[2] for line in screen.replace("\r\n", "\n").splitlines()]
        assert any("3 files" in line for line in lines)
        assert max(map(len, lines[lines.index(next(filter(_is_total, lines))) :])) <= columns


def _is_total(line: str) -> bool:
    return "3 files" in line
