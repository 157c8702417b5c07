"""Rows that are left out and editions that are complete, from the command line."""

import csv
import gzip
import io
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bricoop.domain.problem import Problem
from bricoop.errors import UsageError
from bricoop.ingest.readers.file_options import NATIVE
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.rejects import Rejects
from bricoop.render.loading import ProblemFile
from support.command_line import NEW_SOURCE, answer, answers_of, run
from support.text_files import write
from support.workbooks import xlsx

pytestmark = pytest.mark.later_on_postgresql

BAD = "name,kind\nA Hub,port\nB Hub,prt\nC Hub,road\n"
#: A layout with semicolons, in an encoding of its own.
PARKS = """
title = "Parks"
[source]
key = "notes"
title = "My notes"
tier = 5
[file]
encoding = "windows-1252"
delimiter = ";"
[controls]
filled = { Country = 0.5 }
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "park-{No}" }
name = "Park"
countries = "Country"
"""


def names(address: str) -> list[str]:
    """Return the names of all projects of the notes."""
    command = ("query", "projects", "--source", "notes", "--columns", "name", "-f", "csv")
    result = run("--db", address, *command)
    return result.stdout.splitlines()[1:] if result.exit_code == 0 else []


def mend(path: Path, old: str, new: str) -> str:
    """Replace the one place where a text stands between two commas or semicolons."""
    text = path.read_text(encoding="utf-8-sig")
    for mark in (",", ";"):
        text = text.replace(f"{mark}{old}", f"{mark}{new}")
    return write(path, text)


@pytest.mark.parametrize("packed", ["", "gz", "xlsx", "above"])
def test_rows_left_out_are_mended_and_loaded_in_the_same_way(
    knowledge_base: str, tmp_path: Path, packed: str
) -> None:
    out, path = tmp_path / "out.csv", Path(write(tmp_path / "mine.csv", BAD))
    more = ("--header-row", "3") if packed == "above" else ()
    if packed == "above":
        write(path, f'Hubs, "all\n\n{BAD}')
    elif packed == "gz":
        path = tmp_path / "mine.csv.gz"
        path.write_bytes(gzip.compress(BAD.encode()))
    elif packed == "xlsx":
        path = Path(xlsx(tmp_path / "mine.xlsx", *csv.reader(BAD.splitlines())))
    command = ("--db", knowledge_base, "load", "projects")
    result = run(*command, str(path), *NEW_SOURCE, *more, "--rejects", str(out))
    assert (result.exit_code, result.stdout) == (3, "")
    assert (
        f"Error: 1 of 3 rows was left out and written to {out}. Correct it there" in result.stderr
    )
    assert names(knowledge_base) == ["A Hub", "C Hub"]
    again = run(*command, mend(out, "prt", "port"), "--source", "notes", *more)
    assert "1 new, 0 changed, 0 unchanged, 0 rejected." in again.stderr
    assert sorted(names(knowledge_base)) == ["A Hub", "B Hub", "C Hub"]
    assert {file.name for file in tmp_path.iterdir()} >= {"out.csv", path.name}
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("padded", [False, True])
def test_rows_of_wrong_width_are_mended_in_an_editor_or_a_spreadsheet(
    knowledge_base: str, tmp_path: Path, *, padded: bool
) -> None:
    """Spreadsheets write all rows as wide as the widest, the header too."""
    path = write(
        tmp_path / "mine.csv", "id,name,countries\n1,A,Hub,Kenya\n2,B Hub\n3,C Hub,Kenya\n"
    )
    out = tmp_path / "out.csv"
    command = ("--db", knowledge_base, "load", "projects")
    result = run(*command, path, *NEW_SOURCE, "--rejects", str(out))
    assert "line 2: 'Kenya' stands beyond the header: the row has 4 cells, the" in result.stderr
    assert "line 3: the row has 2 cells, the header 3." in result.stderr
    with out.open(encoding="utf-8", newline="") as stream:
        header, long, short = csv.reader(stream)
    assert (long[3:], short[3:]) == (["1", "A", "Hub", "Kenya"], ["2", "B Hub"])
    mended = [header, [*long[:4], "A, Hub", "Kenya"], [*short, "Kenya"]]
    with out.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*row, *([""] * padded)] for row in mended)
    again = run(*command, str(out), "--source", "notes")
    assert "2 new, 0 changed, 0 unchanged, 0 rejected." in again.stderr
    assert sorted(names(knowledge_base)) == ['"A, Hub"', "B Hub", "C Hub"]


def test_standard_input_may_have_rows_left_out_and_a_spreadsheet_may_mend_them(
    knowledge_base: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    command = ("--db", knowledge_base, "load", "projects")
    with out.open("w", encoding="utf-8") as older:
        older.write("older")
    result = run(*command, "-", *NEW_SOURCE, "--rejects", str(out), stdin=BAD)
    assert result.exit_code == 3
    assert "3 projects read from standard input" in result.stderr
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [row[1:] for row in rows] == [
        ["bricoop_line", "bricoop_load", "name", "kind"], ["3", "13", "B Hub", "prt"],
    ]  # fmt: skip
    assert rows[1][0].startswith("Refused: kind: 'prt' is not a known kind. Did you mean: port")
    rows[1][4] = "port"
    book = xlsx(tmp_path / "out.xlsx", *rows)
    message = run(*command, book, "--source", "notes")
    assert message.exit_code == 0, message.stderr
    assert sorted(names(knowledge_base)) == ["A Hub", "B Hub", "C Hub"]


def test_rows_left_out_of_a_published_layout_are_written_in_its_form(
    knowledge_base: str, tmp_path: Path
) -> None:
    profile, path = write(tmp_path / "parks.toml", PARKS), tmp_path / "parks.csv"
    text = 'No;Park;Country;X\n1;Café;Belarus;a\n2;"Sem;i";Belrus;"q""x"\n3;Münch;Egypt;x;y\n'
    path.write_text(text, encoding="windows-1252")
    out = tmp_path / "out.csv"
    command = ("--db", knowledge_base, "load", "--profile", profile)
    assert run(*command, str(path), "--rejects", str(out)).exit_code == 3
    assert names(knowledge_base) == ["Café"]
    mend(out, "Belrus", "Belarus")
    assert run(*command, mend(out, "x;y", "x"), "--encoding", "utf-8").exit_code == 0
    assert sorted(names(knowledge_base)) == ["Café", "Münch", "Sem;i"]


def test_a_file_that_breaks_its_promises_is_refused_whole_and_has_no_rejects(
    knowledge_base: str, tmp_path: Path
) -> None:
    before = answers_of(knowledge_base)
    profile, path = write(tmp_path / "parks.toml", PARKS), tmp_path / "parks.csv"
    path.write_text("No;Park;Country\n1;A;\n2;B;\n3;C;Belrus\n", encoding="utf-8")
    command = ("--db", knowledge_base, "load", "--profile", profile, str(path))
    result = run(*command, "--rejects", str(tmp_path / "out.csv"))
    assert result.exit_code == 3
    assert "promises 50%" in result.stderr
    assert "nothing was loaded" in result.stderr
    assert answers_of(knowledge_base) == before
    assert {file.name for file in tmp_path.glob("*.*v")} == {"parks.csv"}


def test_a_dry_run_with_rejects_writes_the_file_and_nothing_else(
    knowledge_base: str, tmp_path: Path
) -> None:
    before, out = answers_of(knowledge_base), tmp_path / "out.csv"
    command = ("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE, "--dry-run")
    result = run(*command, "--rejects", str(out), stdin=BAD)
    assert result.exit_code == 3
    assert "Dry run, nothing was written: 3 projects read" in result.stderr
    assert out.read_text(encoding="utf-8").count("B Hub") == 1
    assert answers_of(knowledge_base) == before


def test_rejected_rows_never_take_the_place_of_anything_else(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb, path = tmp_path / "kb.sqlite", write(tmp_path / "mine.csv", BAD)
    kb.write_bytes(sqlite_template.read_bytes())
    profile = write(tmp_path / "parks.toml", PARKS)
    (tmp_path / "link.csv").symlink_to(path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    loading = ("--db", str(kb), "load", "projects", path, *NEW_SOURCE)
    for option in ("--rejects", "--problems"):
        for other, reason in (("link.csv", "file that is read"), ("kb.sqlite", "knowledge base")):
            result = run(*loading, option, str(tmp_path / other))
            assert (result.exit_code, f"would overwrite the {reason}" in result.stderr) == (2, True)
        command = ("--db", str(kb), "load", "--profile", profile, path, option, profile)
        assert "would overwrite the file that is read (--profile)" in run(*command).stderr
    for target in (tmp_path, tmp_path / "no" / "out.csv"):
        result = run(*loading, "--rejects", str(target))
        assert (result.exit_code, "cannot be written" in result.stderr) == (2, True)
        assert len(result.stderr.splitlines()) == 1
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_rejected_rows_follow_a_link_fill_a_pipe_and_spare_what_is_beside_them(
    sqlite_template: Path, tmp_path: Path
) -> None:
    kb, beside = tmp_path / "kb.sqlite", tmp_path / "out.csv.part"
    path = write(beside, BAD)
    kb.write_bytes(sqlite_template.read_bytes())
    command = ("--db", str(kb), "load", "projects", path, *NEW_SOURCE, "--rejects")
    (tmp_path / "link.csv").symlink_to(write(tmp_path / "out.csv", "older"))
    assert run(*command, str(tmp_path / "link.csv")).exit_code == 3
    assert (tmp_path / "link.csv").is_symlink()
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "B Hub" in text
    assert beside.read_text(encoding="utf-8") == BAD
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert run(*command, str(pipe)).exit_code == 3
        assert pipe.is_fifo()
        assert os.read(end, 100_000).decode() == text.replace(",3,13,", ",3,14,")
    finally:
        os.close(end)


def test_two_loads_at_once_follow_each_other(knowledge_base: str, tmp_path: Path) -> None:
    text = "id,name,financiers\n" + "".join(f"{n},Hub {n},Bank {n % 7}\n" for n in range(400))
    path = write(tmp_path / "mine.csv", text + "x,,\n")
    command = [sys.executable, "-m", "bricoop", "--db", knowledge_base, "load", "projects", path,
             *NEW_SOURCE, "--rejects", str(tmp_path / "out.csv")]  # fmt: skip
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [3, 3], outputs
    assert sorted("400 new" in output for output in outputs) == [False, True]
    assert sorted("400 unchanged" in output for output in outputs) == [False, True]
    answer("--db", knowledge_base, "db", "check")
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert not list(tmp_path.glob("*.part"))


def test_an_edition_is_complete_only_with_rows_and_none_left_out(
    knowledge_base: str, tmp_path: Path
) -> None:
    command = ("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE)
    assert run(*command, stdin="id,name\n1,A Hub\n2,B Hub\n").exit_code == 0
    before = answers_of(knowledge_base)
    for text in ("id,name\n", "id,name\n,\n", "", "id,name\n1,\n"):
        assert run(*command, "--complete", stdin=text).exit_code == 3
    both = run(*command, "--complete", "--rejects", str(tmp_path / "x"), stdin="id,name\n1,A Hub\n")
    assert (both.exit_code, "Use one of the two" in both.stderr) == (2, True)
    tried = run(*command, "--complete", "--dry-run", stdin="id,name\n1,A Hub\n")
    assert "No longer in the dataset: 1 project." in tried.stderr
    assert answers_of(knowledge_base) == before
    outputs = [run(*command, "--complete", stdin="id,name\n1,A Hub\n").stderr for _ in range(2)]
    assert ["No longer in" in output for output in outputs] == [True, False]
    back = run(*command, "--complete", stdin="id,name\n1,A Hub\n2,New Hub\n")
    assert "1 new (1 back from an earlier edition), 0 changed, 1 unchanged" in back.stderr
    assert sorted(names(knowledge_base)) == ["A Hub", "New Hub"]
    answer("--db", knowledge_base, "db", "check")


def test_rows_that_only_their_order_tells_apart_are_not_left_out(
    knowledge_base: str, tmp_path: Path
) -> None:
    profile = write(
        tmp_path / "parks.toml", PARKS.replace('id = ["No"]', 'id = ["No"]\nordinal = true')
    )
    path = write(tmp_path / "parks.csv", "No;Park;Country\n1;One;Kenya\n")
    load = ("--db", knowledge_base, "load", "--profile", profile, path)
    refused = run(*load, "--rejects", str(tmp_path / "out.csv"))
    assert (refused.exit_code, "by their order" in refused.stderr) == (2, True)
    assert run(*load).exit_code == 0


def test_what_is_promised_of_a_whole_file_no_part_of_it_need_keep(
    knowledge_base: str, tmp_path: Path
) -> None:
    promised = PARKS.replace("filled = { Country = 0.5 }", "rows = 4\nfilled = { Country = 0.5 }")
    profile, out = write(tmp_path / "parks.toml", promised), tmp_path / "out.csv"
    path = write(
        tmp_path / "parks.csv",
        "No;Park;Country\n1;One;Kenya\n2;Two;Atlantis\n3;Three\n4;Four;Kenya\n",
    )
    load = ("--db", knowledge_base, "load", "--profile", profile)
    assert "2 of 4 rows were left out" in run(*load, path, "--rejects", str(out)).stderr
    write(
        out,
        out.read_text(encoding="utf-8-sig")
        .replace("Atlantis", "Kenya")
        .replace("3;Three", "3;Three;"),
    )
    assert run(*load, str(out)).exit_code == 0
    assert names(knowledge_base) == ["Four", "One", "Three", "Two"]


def test_rows_left_out_of_a_sheet_are_loaded_though_they_have_none(
    knowledge_base: str, tmp_path: Path
) -> None:
    rows = [line.split(",") for line in BAD.splitlines()]
    book, out = xlsx(tmp_path / "book.xlsx", *rows), tmp_path / "out.csv"
    load = ("--db", knowledge_base, "load", "projects", *NEW_SOURCE, "--sheet", "Data")
    assert run(*load, str(book), "--rejects", str(out)).exit_code == 3
    again = run(*load, mend(out, "prt", "port"))
    assert again.exit_code == 0, again.stderr
    assert names(knowledge_base) == ["A Hub", "B Hub", "C Hub"]


def test_no_answer_takes_the_place_of_the_knowledge_base(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    result = run("--db", str(path), "query", "links", "-o", str(path))
    assert (result.exit_code, "would overwrite the knowledge base" in result.stderr) == (2, True)
    assert answer("--db", str(path), "query", "links", "--count") == "5\n"


def test_a_dry_run_does_not_say_that_rows_were_loaded(knowledge_base: str, tmp_path: Path) -> None:
    path, out = write(tmp_path / "mine.csv", BAD), str(tmp_path / "out.csv")
    load = ("--db", knowledge_base, "load", "projects", path, *NEW_SOURCE, "--rejects", out)
    result = run(*load, "--dry-run")
    assert (result.exit_code, "it was a dry run" in result.stderr) == (3, True)
    assert names(knowledge_base) == []


def test_nothing_is_left_of_rejects_where_the_load_fails_or_the_disk_is_full(
    knowledge_base: str, tmp_path: Path
) -> None:
    promised = PARKS.replace("filled = { Country = 0.5 }", "sums = { No = 99 }")
    profile = write(tmp_path / "parks.toml", promised)
    path = write(tmp_path / "parks.csv", "No;Park;Country\n1;One;Kenya\n2;Two;Atlantis\n")
    before = sorted(tmp_path.iterdir())
    load = ("--db", knowledge_base, "load", "--profile", profile, path)
    result = run(*load, "--rejects", str(tmp_path / "out.csv"))
    assert (result.exit_code, "nothing was loaded" in result.stderr) == (3, True)
    assert sorted(tmp_path.iterdir()) == before
    assert names(knowledge_base) == []


@pytest.mark.parametrize("delimiter", ["|", "_"])
@pytest.mark.parametrize("book", [False, True])
def test_rows_of_a_layout_without_quotes_are_left_out_and_read_again(
    sqlite_template: Path, tmp_path: Path, delimiter: str, *, book: bool
) -> None:
    plain = PARKS.replace('delimiter = ";"', f"delimiter = {delimiter!r}\nquote = ''")
    profile = write(tmp_path / "parks.toml", plain.replace("filled = { Country = 0.5 }", ""))
    wrong = "x|_\"y'\nz\rw" if book else "At'lantis"
    rows = [["No", "Park", "Country"], ["1", "Left out", wrong], ["2", "Two", "Kenya"]]
    if book:
        path = str(xlsx(tmp_path / "parks.xlsx", *rows))
    else:
        path = write(tmp_path / "parks.csv", "\n".join(map(delimiter.join, rows)))
    kb, out = tmp_path / "kb.sqlite", tmp_path / "out.csv"
    kb.write_bytes(sqlite_template.read_bytes())
    command = ("--db", str(kb), "load", "--profile", profile)
    result = run(*command, path, "--rejects", str(out))
    assert (result.exit_code, "1 of 2 rows was left out" in result.stderr) == (3, True)
    again = run(*command, str(out))
    assert f"Country: {wrong!r} is not a known" in again.stderr
    text = out.read_bytes().decode()
    text = text.replace(wrong.replace('"', '""'), "Kenya").replace(wrong, "Kenya")
    out.write_bytes(text.encode())
    assert "1 new, 0 changed" in run(*command, str(out)).stderr
    assert names(str(kb)) == ["Left out", "Two"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_read_once_where_rows_are_left_out(knowledge_base: str, tmp_path: Path) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "out.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(BAD,))
    writer.start()
    result = run(
        "--db", knowledge_base, "load", "projects", str(pipe), *NEW_SOURCE, "--rejects", str(out)
    )
    writer.join()
    assert (result.exit_code, "1 of 3 rows was left out" in result.stderr) == (3, True)
    assert f"{pipe}, line 3, kind: 'prt'" in result.stderr
    assert names(knowledge_base) == ["A Hub", "C Hub"]


def test_a_file_of_problems_that_cannot_be_completed_is_removed_and_named(
    sqlite_template: Path, tmp_path: Path
) -> None:
    problem = Problem("mine.csv", 2, "kind", "x" * 2_000, "is not known")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for number in (1, 20):
        log = ProblemFile(tmp_path / "problems.csv")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_024, before[1]))
        try:
            with pytest.raises(UsageError, match=r"problems\.csv cannot be written: "):  # noqa: PT012 (either fails)
                for _ in range(number):
                    log.add(problem)
                log.close()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        log.close()
        assert not [*tmp_path.iterdir()]
    path = write(tmp_path / "mine.csv", BAD)
    command = ("--db", str(sqlite_template), "load", "projects", path, *NEW_SOURCE, "--problems")
    full = Path("/dev/full")
    if full.exists():
        assert f"The file {full} cannot be written: " in run(*command, str(full)).stderr
        assert full.exists()


def test_a_file_of_rejects_that_cannot_be_completed_is_removed(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for length in (6_000, 60_000):
        rejects = Rejects(tmp_path / "out.csv", NATIVE)
        rejects.lines[2] = "wrong"
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
        try:
            with pytest.raises(UsageError, match="cannot be written"):  # noqa: PT012 (either fails)
                rejects.write(["a"], SourceRow(2, ["x" * length]), 13)
                rejects.keep()
            rejects.discard()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert not [*tmp_path.iterdir()]
