"""Files that are not what the template shows: loaded with a note, or refused with a place."""

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from support.command_line import answer, load_by_command
from support.workbooks import xlsx

pytestmark = pytest.mark.later_on_postgresql

HEADER = ["Name", "kind", "countries", "started"]


def test_a_workbook_is_loaded_and_its_rows_are_cited_by_sheet_and_row(
    knowledge_base: str, tmp_path: Path
) -> None:
    book = xlsx(
        tmp_path / "book.xlsx", HEADER, [], ["Orsha Hub", "port", "Belarus", date(2019, 3, 14)]
    )
    code, output = load_by_command(knowledge_base, book)
    assert (code, output.splitlines()[0]) == (0, f"Note: {book}: Skipped 1 blank row.")
    assert "1 project read" in output
    shown = answer("--db", knowledge_base, "show", "Orsha Hub", "-f", "json")
    assert "sheet Data, row 3" in shown
    assert "2019-03-14" in shown
    assert "1 unchanged" in load_by_command(knowledge_base, book)[1]


def test_numbers_of_a_workbook_are_not_in_doubt_and_texts_are(
    knowledge_base: str, tmp_path: Path
) -> None:
    header = ["subject", "indicator", "value", "period"]
    book = xlsx(tmp_path / "book.xlsx", header, ["Gwadar Port", "length", 1.745, 2019])
    code, output = load_by_command(knowledge_base, book, noun="statistics")
    assert (code, "1 new" in output) == (0, True)
    text = answer("--db", knowledge_base, "query", "statistics", "--source", "notes", "-f", "json")
    assert json.loads(text)[0]["value"] in {"1.745", 1.745}
    book = xlsx(tmp_path / "book.xlsx", header, ["Gwadar Port", "length", "1.745", 2019])
    code, output = load_by_command(knowledge_base, book, noun="statistics")
    assert (code, "sheet Data, cell C2, value: '1.745' may be a thousand" in output) == (3, True)


def test_a_problem_in_a_workbook_has_its_sheet_and_cell(
    sqlite_template: Path, tmp_path: Path
) -> None:
    rows = [["X", "#N/A", "Belarus", "2019"], [], ["Y", "port", "Atlantis", "2019"], ["", "port"]]
    book = xlsx(tmp_path / "book.xlsx", HEADER, *rows)
    log = tmp_path / "problems.csv"
    code, output = load_by_command(str(sqlite_template), book, "--problems", str(log))
    assert code == 3
    lines = [line for line in output.splitlines() if "sheet Data" in line]
    assert lines[0].startswith(f"{book}, sheet Data, cell B2, kind: '#N/A' is not a known kind")
    assert lines[1].startswith(f"{book}, sheet Data, cell C4, countries: 'Atlantis'")
    assert lines[2].startswith(f"{book}, sheet Data, cell A5, Name: is empty")
    with log.open(encoding="utf-8", newline="") as file:
        problems = list(csv.DictReader(file))
    names = ["file", "sheet", "line", "cell", "column", "value", "rule", "hint", "level"]
    assert list(problems[0]) == names
    assert [(row["sheet"], row["line"], row["cell"]) for row in problems] == [
        ("Data", "2", "B2"), ("Data", "4", "C4"), ("Data", "5", "A5"),
    ]  # fmt: skip


def test_a_row_that_comes_twice_in_a_workbook_is_named_by_its_row(
    sqlite_template: Path, tmp_path: Path
) -> None:
    book = xlsx(tmp_path / "book.xlsx", ["id", "name"], ["1", "X"], ["1", "Y"])
    code, output = load_by_command(str(sqlite_template), book)
    assert (code, "cell A3, id: '1' is already the id of row 2" in output) == (3, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_header_further_down_is_found_and_named(
    sqlite_template: Path, tmp_path: Path, kind: str
) -> None:
    rows = [["Projects as of 2019"], ["Source:", "a ministry"], ["Name", "kind"], ["X", "port"]]
    path = tmp_path / f"mine.{kind}"
    if kind == "csv":
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    else:
        xlsx(path, *rows)
    code, output = load_by_command(str(sqlite_template), path)
    assert (code, len(output.splitlines())) == (3, 1)
    assert "row 3 looks like the header: --header-row 3." in output.lower().replace("line", "row")
    code, output = load_by_command(str(sqlite_template), path, "--header-row", "3", "--dry-run")
    assert (code, "1 project read" in output, "above the header" in output) == (0, True, True)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"name\nM\xfcnster Hub\n", ("--encoding", "windows-1252"), "1 new"),
        (b"name\n\xc4\xe3\xba\xc3\n", ("--encoding", "gb18030"), "1 new"),
        ("\ufeffname\nX Hub\n".encode("utf-16-le"), (), "Read as UTF-16"),
        (b"name,kind,,\rX Hub,port,,\r", (), "2 unnamed columns"),
        (b"name,kind,,\rX Hub,port,,\r", (), "Its lines end in CR."),
        (gzip.compress(b"name\nX Hub\n", mtime=0), (), "Unpacked from gzip."),
        (b'name,description\nX Hub,"' + b"line\n" * 300 + b'"\n', ("--long-cells",), "1 new"),
        (b"name,description\nX Hub," + b"x" * 900_000 + b"\n", (), "1 new"),
    ],
)
def test_what_is_unusual_is_loaded(
    sqlite_template: Path, tmp_path: Path, content: bytes, options: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    code, output = load_by_command(str(sqlite_template), path, "--dry-run", *options)
    assert (code, message in output) == (0, True), output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\nM\xfcnster Hub\n", "--encoding windows-1252"),
        (b'name,description\nX,"' + b"line\n" * 300 + b'"\n', "--long-cells"),
        (b"name,kind\nX\0,port\n", "line 2, name: 'X\\x00' has a NUL character"),
        (b'name,kind\n"X,port\nY,port\nZ",port,1\n', "Does a quote close too late?"),
        (b"name,kind\nX\n", "the row has 1 cell, the header 2"),
        (
            b"name,kind,,\nX,port,stray,\n",
            "'stray' stands beyond the header: the row has 4 cells, the header 2",
        ),
        (b"name,,kind\nX,stray,port\n", "has no header above it"),
        (b"name,kind,Kind\nX,port,port\n", "several columns of the same name: kind"),
        (b"PK\x03\x04 and so on", "damaged"),
    ],
)
def test_what_is_wrong_is_refused(
    sqlite_template: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    code, output = load_by_command(str(sqlite_template), path)
    assert (code, message in output) == (3, True), output


def test_options_that_mean_nothing_are_wrong_usage(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("name\nX\n", encoding="utf-8")
    code, output = load_by_command(str(sqlite_template), path, "--encoding", "klingon")
    assert (code, "There is no encoding 'klingon'" in output) == (2, True)
    code, output = load_by_command(str(sqlite_template), path, "--sheet", "Data")
    assert (code, "has no sheets" in output) == (3, True)


def test_a_large_cell_is_kept_whole(knowledge_base: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"name,description\nX Hub,{'word ' * 190_000}\n", encoding="utf-8")
    assert load_by_command(knowledge_base, path)[0] == 0
    assert answer("--db", knowledge_base, "show", "X Hub", "-f", "json").count("word") >= 190_000


def test_notes_have_a_place_are_capped_and_stand_in_the_file_of_problems(
    knowledge_base: str, tmp_path: Path
) -> None:
    rows = [f"R{number}Ã\u00ado,Belarus" for number in range(30)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["name,countries", "Dam,Congo", *rows, "Road,Atlantis"]) + "\n")
    log, rejects = tmp_path / "problems.csv", tmp_path / "rejects.csv"
    code, output = load_by_command(
        knowledge_base, path, "--problems", str(log), "--rejects", str(rejects)
    )
    assert code == 3
    assert f"Note: {path}, line 2, countries: 'Congo' is taken for Congo (COG)." in output
    assert "line 3, name: 'R0Ã\\xado' looks like text that was encoded twice." in output
    assert "It probably reads 'R0ío'." in output
    assert "… and 11 more notes." in output
    with log.open(encoding="utf-8", newline="") as stream:
        problems = list(csv.DictReader(stream))
    assert [problem["level"] for problem in problems].count("note") == 31
    assert [problem["value"] for problem in problems if problem["level"] == "error"] == ["Atlantis"]
    assert "31 new" in output


@pytest.mark.parametrize(
    ("written", "code"),
    [("RMB", "CNY"), ("sdr", "XDR"), ("CNH", "CNY"), ("€", "EUR"), ("元", "CNY")],
)
def test_what_is_no_currency_code_is_refused_with_the_code_to_write(
    sqlite_template: Path, tmp_path: Path, written: str, code: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"project,kind,amount,currency\nGwadar Port,pledge,5,{written}\n")
    status, output = load_by_command(str(sqlite_template), path, noun="finance")
    assert (status, f"{written!r} is not a currency code of ISO 4217. Write {code}." in output) == (
        3, True,
    )  # fmt: skip


def test_hints_are_searched_for_a_limited_number_of_names(
    sqlite_template: Path, tmp_path: Path
) -> None:
    rows = [f"Gwadar Prot {number % 40},length,5" for number in range(200)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(["subject,indicator,value", *rows]) + "\n")
    log = tmp_path / "problems.csv"
    assert (
        load_by_command(str(sqlite_template), path, "--problems", str(log), noun="statistics")[0]
        == 3
    )
    with log.open(encoding="utf-8", newline="") as stream:
        hints = {row["value"]: row["hint"] for row in csv.DictReader(stream)}
    searched = [hint for hint in hints.values() if "Gwadar Port" in hint]
    assert (len(hints), len(searched)) == (40, 25)
    assert set(hints.values()) - set(searched) == {"Load it first, under its own noun."}


def test_locations_far_outside_the_country_of_their_project_are_noted(
    knowledge_base: str, tmp_path: Path
) -> None:
    projects, path = tmp_path / "projects.csv", tmp_path / "places.csv"
    projects.write_text('name,countries\nNairobi Ring,Kenya\nSilk Hub,"Southeast Asia, regional"\n')
    assert load_by_command(knowledge_base, projects)[0] == 0
    path.write_text(
        "project,name,latitude,longitude,precision\nNairobi Ring,A,36.82,-1.29,near\n"
        "Nairobi Ring,B,-1.29,36.82,near\nNairobi Ring,C,0,0,near\nSilk Hub,D,48.8,2.3,near\n"
    )
    code, output = load_by_command(knowledge_base, path, noun="locations")
    assert (code, output.count("Note: "), "4 new" in output) == (0, 2, True)
    assert f"{path}, line 2, latitude: '36.82, -1.29' lies 4,800 km outside Kenya." in output
    assert f"{path}, line 4, latitude: '0, 0' is a point in the sea" in output
