"""Notes on a file as a whole: no rows."""

from pathlib import Path

from support.command_line import NEW_SOURCE, run
from support.loading import Load
from support.text_files import write
from support.workbooks import xlsx

NO_ROWS = "There are no rows below the header, so there was nothing to load."


def test_a_file_with_only_a_header_is_noted(load: Load) -> None:
    for text in ("id,name\n", "id,name", "id,name\n\n,\n"):
        result = load("projects", text)
        assert (result.counts.read, result.notes[-1]) == (0, NO_ROWS)
    assert NO_ROWS not in load("projects", "id,name\n1,Hub\n").notes


def test_a_workbook_with_only_a_header_is_noted(sqlite_template: Path, tmp_path: Path) -> None:
    book = xlsx(tmp_path / "book.xlsx", ["id", "name"])
    for path in (book, write(tmp_path / "mine.csv", "id,name\n")):
        command = ("load", "projects", path, *NEW_SOURCE, "--dry-run")
        result = run("--db", str(sqlite_template), *command)
        assert result.exit_code == 0
        assert f"Note: {path}: {NO_ROWS}\n" in result.stderr


def test_a_file_whose_rows_are_all_refused_has_rows(knowledge_base: str, tmp_path: Path) -> None:
    path, rejects = write(tmp_path / "mine.csv", "id,name\n1,\n"), str(tmp_path / "out.csv")
    command = ("load", "projects", path, *NEW_SOURCE, "--rejects", rejects)
    result = run("--db", knowledge_base, *command)
    assert (result.exit_code, NO_ROWS in result.stderr) == (3, False)
