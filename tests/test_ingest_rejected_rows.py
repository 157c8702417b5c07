"""Rejected rows that are loaded again without taking the place of a row of the same file."""

import csv
import re
from pathlib import Path

import pytest

from support.command_line import NEW_SOURCE, answer, run
from support.text_files import write
from support.workbooks import xlsx

pytestmark = pytest.mark.later_on_postgresql

TWICE = "id,name,kind\na1,First Hub,port\na1,Second Hub,port\na2,Third Hub,port\n"
#: The row that repeats an id is refused for another reason first.
WRONG = TWICE.replace("Second Hub,port", "Second Hub,prt")


def load(address: str, path: Path | str, *more: str) -> tuple[int, str]:
    """Load projects as notes; return exit code and messages."""
    result = run("--db", address, "load", "projects", str(path), *NEW_SOURCE, *more)
    return result.exit_code, result.stderr


def names(address: str) -> list[str]:
    command = ("query", "projects", "--source", "notes", "--columns", "name", "-f", "csv")
    return sorted(answer("--db", address, *command).splitlines()[1:])


def left_out(address: str, folder: Path, text: str) -> Path:
    """Load a file with one wrong row; return the path of the file with the rejected row."""
    path, out = write(folder / "mine.csv", text), folder / "out.csv"
    code, messages = load(address, path, "--rejects", str(out))
    assert (code, "1 of 3 rows was left out" in messages) == (3, True), messages
    assert names(address) == ["First Hub", "Third Hub"]
    return out


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    write(path, text.replace(old, new))


@pytest.mark.parametrize("mended", [False, True])
def test_a_rejected_row_does_not_replace_the_row_with_its_id(
    knowledge_base: str, tmp_path: Path, *, mended: bool
) -> None:
    out = left_out(knowledge_base, tmp_path, WRONG if mended else TWICE)
    if mended:
        replace(out, ",prt", ",port")
    code, messages = load(knowledge_base, out)
    assert code == 3
    assert (
        f"{out}, line 2, id: 'a1' is already the id of another row of its file (load 13). Give each"
        " row an id of its own. To replace the other row, empty the first three cells of this one."
        "\n"
    ) in messages
    assert names(knowledge_base) == ["First Hub", "Third Hub"]
    replace(out, "13,a1", "13,a3")
    assert "1 new, 0 changed, 0 unchanged, 0 rejected." in load(knowledge_base, out)[1]
    assert names(knowledge_base) == ["First Hub", "Second Hub", "Third Hub"]


def test_a_row_replaces_another_once_it_is_no_longer_marked(
    knowledge_base: str, tmp_path: Path
) -> None:
    out = left_out(knowledge_base, tmp_path, TWICE)
    write(out, re.sub("Refused.*,3,13,", ",,,", out.read_text(encoding="utf-8")))
    assert "0 new, 1 changed, 0 unchanged, 0 rejected." in load(knowledge_base, out)[1]
    assert names(knowledge_base) == ["Second Hub", "Third Hub"]


def test_a_row_left_out_twice_still_belongs_to_the_first_file(
    knowledge_base: str, tmp_path: Path
) -> None:
    out, further = left_out(knowledge_base, tmp_path, WRONG), tmp_path / "further.csv"
    assert load(knowledge_base, out, "--rejects", str(further))[0] == 3
    with further.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][1:] == ["2", "13", "a1", "Second Hub", "prt"]
    rows[1][-1] = "port"
    code, messages = load(knowledge_base, xlsx(tmp_path / "further.xlsx", *rows))
    assert (code, "another row of its file (load 13)" in messages) == (3, True)


def test_a_file_that_is_loaded_twice_keeps_its_rows(knowledge_base: str, tmp_path: Path) -> None:
    left_out(knowledge_base, tmp_path, TWICE)
    out = left_out(knowledge_base, tmp_path, TWICE)
    assert ",3,14,a1," in out.read_text(encoding="utf-8")
    code, messages = load(knowledge_base, out)
    assert (code, "another row of its file (load 13)" in messages) == (3, True)


def test_a_rejected_row_of_a_newer_edition_changes_the_record(
    knowledge_base: str, tmp_path: Path
) -> None:
    assert load(knowledge_base, write(tmp_path / "old.csv", "id,name\na1,Old Hub\n"))[0] == 0
    path, out = write(tmp_path / "new.csv", "id,name,kind\na1,New Hub,prt\n"), tmp_path / "out.csv"
    assert load(knowledge_base, path, "--rejects", str(out))[0] == 3
    replace(out, ",prt", ",port")
    assert "0 new, 1 changed, 0 unchanged, 0 rejected." in load(knowledge_base, out)[1]
    assert names(knowledge_base) == ["New Hub"]


def test_rejects_of_a_dry_run_and_of_earlier_versions_name_no_load(
    knowledge_base: str, tmp_path: Path
) -> None:
    path, out = write(tmp_path / "mine.csv", WRONG), tmp_path / "out.csv"
    assert load(knowledge_base, path, "--rejects", str(out), "--dry-run")[0] == 3
    assert ",3,,a1," in out.read_text(encoding="utf-8")
    write(out, "bricoop_problems,bricoop_line,id,name\nRefused: x,3,a1,Second Hub\n")
    assert "1 new, 0 changed" in load(knowledge_base, out)[1]
