"""Unpivoting: columns that are years or countries become records, with their own locators."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import record
from bricoop.errors import DataRejectedError, FileUnreadableError, UsageError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.header_rows import joined
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.request import LoadRequest
from support.loading import Load
from support.profile_rules import PROJECTS, Run, fields, profile_text, refused, running
from support.state import state
from support.workbooks import xlsx

pytestmark = pytest.mark.later_on_postgresql

UNPIVOT = '[unpivot]\ncolumns = "2000..2003"\nname = "Year"\nvalue = "Money"\n'
MONEY = """
[[records]]
noun = "finance"
id = ["No", "Year"]
[records.fields]
project = { template = "m-{No}" }
kind = { constant = "disbursement" }
currency = { constant = "USD" }
amount = { column = "Money", number = true, multiply = "1000000" }
date = "Year"
note = "Note"
"""
TEXT = (
    "No,Name,Country,1999,2000,2001,2002,Note\n"
    "P1,Port,Kenya,9,10,-,12.5,seen\n"
    "P2,Road,Uganda,,,7,,\n"
    "P3,Dam,Uganda,,,,,\n"
)
PROFILE = profile_text(UNPIVOT, PROJECTS, MONEY, styles='empty = ["-"]')


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load the text of a CSV file by the text of a profile."""
    return running(engine, tmp_path)


def locators(engine: Engine, noun: str) -> dict[str, str]:
    """Return the locators of the records of a noun, by external id."""
    with reading(engine) as connection:
        statement = select(record.c.external_id, record.c.locator).where(record.c.noun == noun)
        rows = connection.execute(statement.where(record.c.external_id.like("P%"))).all()
    return {row.external_id: str(row.locator) for row in rows}


def test_a_check_knows_that_rows_became_several_records(engine: Engine, run: Run) -> None:
    run(profile_text(UNPIVOT, MONEY, PROJECTS, styles='empty = ["-"]'), TEXT)
    state(engine)


def test_years_as_columns_become_rows(engine: Engine, run: Run) -> None:
    result = run(PROFILE, TEXT)
    assert result.records == {"projects": 3, "finance": 3}
    assert (result.counts.read, result.counts.new) == (3, 3)
    money = [
        (record["date"], record["amount"], record.get("note"))
        for record in fields(engine, "finance")
    ]
    assert money == [
        ("2000", "10000000", "seen"),
        ("2002", "12500000", "seen"),
        ("2001", "7000000", None),
    ]
    assert locators(engine, "finance") == {
        "P1|2000": "line 2, column 2000",
        "P1|2002": "line 2, column 2002",
        "P2|2001": "line 3, column 2001",
    }
    assert locators(engine, "projects")["P1"] == "line 2"


def test_an_edition_changes_only_the_cells_that_changed(engine: Engine, run: Run) -> None:
    run(PROFILE, TEXT)
    assert run(PROFILE, TEXT).counts.unchanged == 3
    edition = run(PROFILE, TEXT.replace("12.5", "13").replace("P2,", "P0,Quay,Mali,,,,4,\nP2,"))
    assert (edition.counts.new, edition.counts.changed, edition.counts.unchanged) == (1, 1, 2)
    assert sorted(str(record["amount"]) for record in fields(engine, "finance")) == [
        "10000000", "13000000", "4000000", "7000000",
    ]  # fmt: skip


def test_what_is_wrong_with_such_a_cell_names_the_cell(run: Run) -> None:
    (problem,) = refused(run, PROFILE, TEXT.replace("12.5", "much"))
    assert (problem.line, problem.column, problem.value) == (2, "2002", "much")


def test_countries_as_columns_become_rows_of_the_first_record(engine: Engine, run: Run) -> None:
    profile = profile_text(
        '[unpivot]\ncolumns = ["Kenya", "*anda"]\nname = "Country"\nvalue = "Trains"\n',
        '[[records]]\nnoun = "statistics"\nid = ["Year", "Country"]\n[records.fields]\n'
        'subject = "Country"\nindicator = { constant = "trains" }\nperiod = "Year"\n'
        'value = { column = "Trains", number = true }\n',
    )
    lines: list[int] = []
    text = "Year,Kenya,Uganda,Mali\n2001,5,6,7\n2002,,8,9\n2003,,,1\n"
    result = run(profile, text, sink=lambda problem: lines.append(problem.line))
    assert [(record["subject"], record["value"]) for record in fields(engine, "statistics")] == [
        ("Kenya", "5"), ("Uganda", "6"), ("Uganda", "8"),
    ]  # fmt: skip
    assert (result.counts.read, result.counts.new, result.nothing) == (3, 2, {"no Trains": 1})
    assert lines == [4]
    assert run(profile, text).counts.unchanged == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = ["No", "Year"]', 'id = ["No"]', r"records\[2\]\.id needs 'Year'"),
        ('id = ["No", "Year"]', 'id = ["No", "Year"]\neach = ["Note"]', r"records\[2\]\.each"),
        ('name = "Year"', 'name = "Money"', r"unpivot\.value is the name, too"),
        ("2000..2003", "20*3", r"unpivot\.columns has '20\*3'"),
        ('name = "Year"', 'name = "Y"', r"records\[2\]\.id needs 'Y'"),
        (
            "[unpivot]",
            "[controls]\nfilled = { Money = 1.0 }\n[unpivot]",
            r"controls\.filled names 'Money', which \[unpivot\] creates",
        ),
    ],
)
def test_an_unpivot_that_cannot_act_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "rules.toml"
    assert old in PROFILE
    path.write_text(PROFILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        profile_of(str(path))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("No,Name,Country,1999,Note", "none of the columns that become rows: 2000..2003"),
        ("No,Name,Country,2000,Note,Year", "has a column 'Year' already"),
        ("No,Name,Country,2000", "lacks columns that the layout rules needs: Note"),
    ],
)
def test_a_file_that_cannot_be_unpivoted_is_refused(run: Run, header: str, message: str) -> None:
    with pytest.raises(DataRejectedError, match=message):
        run(PROFILE, f"{header}\n")


def test_cells_are_left_out_and_loaded_again(engine: Engine, run: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    result = run(PROFILE, TEXT.replace("12.5", "much"), rejects=rejects)
    assert (result.counts.rejected, result.counts.new) == (1, 2)
    again = run(PROFILE, rejects.read_text("utf-8-sig").replace("much", "12.5"))
    assert (again.counts.new, again.counts.read) == (1, 1)
    assert len(fields(engine, "finance")) == 3


def test_native_files_keep_their_columns(load: Load) -> None:
    with pytest.raises(DataRejectedError):
        load("finance", "project,kind,2000\nA,pledge,5\n")


# Several header rows


ROWS: tuple[list[str], ...] = (
    ["List of loans", "", "", "", "", ""],
    ["No", "Project", "", "2019", "", "2020"],
    ["No", "Name", "Country", "Loans", "Grants", "Loans"],
    ["P1", "Port", "Kenya", "5", "6", "x"],
    ["P2", "Road", "Kenya", "", "", "7"],
)
JOINED = profile_text(
    '[file]\nheader_row = 2\nheader_rows = 2\nheader_separator = "/"\n',
    '[unpivot]\ncolumns = "*/Loans"\nname = "Year"\nvalue = "Money"\n',
    PROJECTS.replace('"Name"', '"Project/Name"').replace('"Country"', '"Project/Country"'),
    MONEY.replace('note = "Note"\n', "").replace(
        'date = "Year"',
        'date = { column = "Year", delete = ["/Loans"] }\nnote = "2019/Grants"',
    ),
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_several_header_rows_are_joined(quick: Engine, tmp_path: Path, kind: str) -> None:
    path, data = tmp_path / "rules.toml", tmp_path / f"loans.{kind}"
    path.write_text(JOINED, encoding="utf-8")
    if kind == "csv":
        data.write_text("".join(f"{','.join(row)}\n" for row in ROWS), encoding="utf-8")
    else:
        xlsx(data, *ROWS)
    profile = profile_of(str(path))
    request = LoadRequest("", str(data), profile.source, profile=profile, form=profile.form)
    with pytest.raises(RowsRejectedError) as error:
        load_file(quick, request)
    (problem,) = error.value.result.problems
    assert (problem.line, problem.column, problem.value) == (4, "2020/Loans", "x")
    assert problem.cell == ("F4" if kind == "xlsx" else "")
    rejects = tmp_path / "rejects.csv"
    assert load_file(quick, replace(request, rejects=rejects)).counts.new == 1
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.read_text("utf-8-sig").replace(",x", ",8"), encoding="utf-8")
    assert load_file(quick, replace(request, path=str(mended))).counts.new == 1
    money = {(record["date"], record["amount"]) for record in fields(quick, "finance")}
    assert money == {("2020", "7000000"), ("2019", "5000000"), ("2020", "8000000")}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_notes_name_columns_by_their_joined_headings(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"loans.{kind}"
    rows = [["Loans", "", "Lender"], ["2019", "2020", "Name"], ["1", "2", "BogotÃ¡ Bank"]]
    if kind == "csv":
        path.write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    else:
        xlsx(path, *rows)
    table = open_table(str(path), FileOptions(header_rows=2))
    try:
        assert [list(row.cells) for row in table.rows()] == rows[2:]
        (note,) = table.take_row_notes()
        assert (note.line, note.column, note.value) == (3, "Lender Name", "BogotÃ¡ Bank")
        assert note.cell == ("C3" if kind == "xlsx" else "")
    finally:
        table.close()


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["A", "", "B"], ["x", "y", "z"]], ["A x", "A y", "B z"]),
        ([["", "A"], ["x", "y", "z"]], ["x", "A y", "A z"]),
        ([["A", "A"], ["A", ""]], ["A", "A"]),
        ([["A", "", ""], ["p", "", "q"], ["x", "y", "z"]], ["A p x", "A p y", "A q z"]),
    ],
)
def test_names_of_header_rows_are_joined_downwards(
    rows: list[list[str]], header: list[str]
) -> None:
    assert joined(rows, " ") == header


def test_fewer_rows_than_the_header_has_are_refused(run: Run) -> None:
    profile = profile_text("[file]\nheader_rows = 3\n", PROJECTS)
    with pytest.raises(FileUnreadableError, match="fewer than the 3 header rows"):
        run(profile, "No,Name,Country\n1,A,Kenya\n")
    with pytest.raises(
        UsageError, match=r"file\.header_separator works only together with header_rows"
    ):
        run(profile_text('[file]\nheader_separator = "/"\n', PROJECTS), "")


def test_a_thousand_columns_that_become_rows_keep_their_own_cell(
    quick: Engine, tmp_path: Path
) -> None:
    profile = profile_text(
        '[unpivot]\ncolumns = "c*"\nname = "C"\nvalue = "V"\n',
        '[[records]]\nnoun = "statistics"\nid = ["Country", "C"]\n[records.fields]\n'
        'subject = "Country"\nindicator = "C"\nvalue = { column = "V", number = true }\n',
    )
    columns = [f"c{number}" for number in range(1000)]
    rows = [f"{country},{','.join(['7'] * 1000)}" for country in ("Kenya", "Mali", "Chad")]
    result = running(quick, tmp_path)(profile, "\n".join((f"Country,{','.join(columns)}", *rows)))
    assert result.records == {"statistics": 3000}
    assert (result.counts.read, result.counts.new) == (3, 3)
    with reading(quick) as connection:
        statement = select(record.c.raw).where(record.c.external_id == "Mali|c999")
        assert connection.scalar(statement) == ["Mali", "c999", "7"]
