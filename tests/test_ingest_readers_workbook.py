"""Workbooks of all formats are read as the text that a person would have typed."""

import csv
import zipfile
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bricoop.domain.amounts import parse_decimal, plain
from bricoop.errors import FileUnreadableError, UsageError
from bricoop.ingest.readers.cells import cell_text, letters
from bricoop.ingest.readers.file_options import FileOptions, Kind
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.table import Table
from support.workbooks import ods, xlsx, zipped

DATA = Path(__file__).parent / "data"
NAMED_DAY = xlwt.easyxf(num_format_str="YYYY-MM-DD")


def read(
    path: Path | str, form: FileOptions | None = None
) -> tuple[Table, list[tuple[int, list[str]]]]:
    """Return the table of a file and all its rows."""
    table = open_table(str(path), form or FileOptions())
    rows = [(row.line, list(row.cells)) for row in table.rows()]
    table.close()
    return table, rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (1.74, "1.74"),
        (1.745, "1.7450"),
        (0.745, "0.745"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (7.27e21, "7270000000000000000000"),
        (3, "3"),
        (True, "yes"),
        (False, "no"),
        (" 1.740 ", " 1.740 "),
        (date(2019, 3, 14), "2019-03-14"),
        (datetime(2019, 3, 14), "2019-03-14"),  # noqa: DTZ001 (a cell has no zone)
        (datetime(2019, 3, 14, 5, 6, 7), "2019-03-14 05:06:07"),  # noqa: DTZ001 (the same)
        (time(5, 6), "05:06:00"),
        (timedelta(hours=30, seconds=5), "30:00:05"),
    ],
)
def test_a_cell_becomes_the_text_of_a_load_file(value: Any, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize("number", [1.745, 12.345, 999.999, 1.7401, 1234.5, 0.001, 1e-7, 5.0])
def test_no_number_of_a_workbook_is_in_doubt(number: float) -> None:
    assert float(plain(parse_decimal(cell_text(number)))) == number


def test_columns_have_letters() -> None:
    assert [letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_an_xlsx_is_read_with_its_gaps_errors_and_formulas(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B3"], sheet["C3"], sheet["E3"] = "name", "value", None
    sheet["B4"], sheet["C4"] = "X", 1.745
    sheet["B6"], sheet["C6"] = "Y", "#N/A"
    sheet["B7"], sheet["C7"] = "Z", "=1+2"
    sheet["B8"] = "1.740"
    book.save(path)
    table, rows = read(path)
    assert list(table.header) == ["name", "value"]
    assert rows == [
        (4, ["X", "1.7450"]), (6, ["Y", "#N/A"]), (7, ["Z", "=1+2"]), (8, ["1.740", ""]),
    ]  # fmt: skip
    assert table.origin.columns == {"name": "B", "value": "C"}
    assert table.notes == (
        "In error: 1 cell, read as the error's name.",
        "Never computed: 1 formula, read as it stands.",
        "Skipped 1 blank row.",
    )


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_both_calendars_are_read(tmp_path: Path, epoch: datetime | None) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    book.worksheets[0].append(["name", "started"])
    book.worksheets[0].append(["X", date(2019, 3, 14)])
    book.save(path)
    assert read(path)[1] == [(2, ["X", "2019-03-14"])]


def replaced(path: str, before: bytes, after: bytes) -> str:
    """Replace bytes in the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            changed = content.replace(before, after) if "sheet1" in name else content
            archive.writestr(name, changed)
    return path


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN"])
def test_a_number_that_is_none_is_refused(tmp_path: Path, number: bytes) -> None:
    path = xlsx(tmp_path / "book.xlsx", ["name", "value"], ["X", 5.25])
    with (
        closing(open_table(replaced(path, b"5.25", number), FileOptions())) as table,
        pytest.raises(FileUnreadableError, match="cell B2, contains a number that no program"),
    ):
        list(table.rows())


@pytest.mark.parametrize(
    ("days", "is_noted"), [(b"1", True), (b"59", True), (b"60", True), (b"61", False)]
)
def test_days_before_march_1900_are_noted(tmp_path: Path, days: bytes, *, is_noted: bool) -> None:
    path = xlsx(tmp_path / "book.xlsx", ["name", "started"], ["X", date(2019, 3, 14)])
    table, rows = read(replaced(path, b"43538", days))
    assert rows[0][1][1] <= "1900-03-01"
    assert [(note.cell, note.rule[:22]) for note in table.take_row_notes()] == (
        [("B2", "is before 1 March 1900")] if is_noted else []
    )


def test_an_early_day_of_an_ods_is_what_it_says(tmp_path: Path) -> None:
    day = 'office:value-type="date" office:date-value="1900-02-28"|28/02/00'
    path = ods(tmp_path / "book.ods", ["|name", "|started"], ["|X", day])
    table, rows = read(path)
    assert rows == [(2, ["X", "1900-02-28"])]
    assert table.take_row_notes() == []


@pytest.mark.parametrize("mac", [False, True])
def test_an_xls_is_read(tmp_path: Path, *, mac: bool) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = mac
    sheet = book.add_sheet("Data")
    for column, name in enumerate(["name", "started", "estimated", "value"]):
        sheet.write(0, column, name)
    for column, value in enumerate(["X", date(2019, 3, 14), True, 1.745]):
        sheet.write(2, column, value, NAMED_DAY if column == 1 else xlwt.Style.default_style)
    book.save(str(tmp_path / "book.xls"))
    table, rows = read(tmp_path / "book.xls")
    assert rows == [(3, ["X", "2019-03-14", "yes", "1.7450"])]
    assert table.origin.locator(3) == "sheet Data, row 3"


def test_an_ods_is_read(tmp_path: Path) -> None:
    path = ods(
        tmp_path / "book.ods",
        ["|name", "|value", "|started", "|estimated"],
        [
            "|X",
            'office:value-type="float" office:value="1.745"|1,745',
            'office:value-type="date" office:date-value="2019-03-14"|14.3.19',
            'office:value-type="boolean" office:boolean-value="true"|TRUE',
        ],
        ["|Y", 'office:value-type="string" office:string-value="" calcext:value-type="error"|#N/A'],
    )
    table, rows = read(path)
    assert rows == [(2, ["X", "1.7450", "2019-03-14", "yes"]), (3, ["Y", "#N/A", "", ""])]
    assert table.notes == ("In error: 1 cell, read as the error's name.",)


def test_merged_cells_of_a_header_are_filled(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["name", "cost", None], [None, "low", "high"], ["X", 1, 2]):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    book.save(tmp_path / "book.xlsx")
    first, _ = read(tmp_path / "book.xlsx")
    assert list(first.header) == ["name", "cost", "cost"]
    two, rows = read(tmp_path / "book.xlsx", FileOptions(header_row=2))
    assert list(two.header) == ["name", "low", "high"]
    assert rows == [(3, ["X", "1", "2"])]
    assert two.notes == ("Skipped 1 row above the header.",)
    with pytest.raises(FileUnreadableError, match="no header in row 9"):
        read(tmp_path / "book.xlsx", FileOptions(header_row=9))


def test_the_sheet_is_the_only_one_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Notes"
    book.create_sheet("2019").append(["name"])
    book.create_sheet("Data").append(["kind"])
    book.save(path)
    with pytest.raises(FileUnreadableError, match="3 sheets: Notes, 2019, Data"):
        open_table(str(path))
    with pytest.raises(FileUnreadableError, match=r"no sheet 'X'\. It has: Notes, 2019, Data"):
        open_table(str(path), FileOptions(sheet="X"))
    headers = [
        list(read(path, FileOptions(sheet=sheet_name))[0].header)
        for sheet_name in ("2019", "3", 3, "Notes")
    ]
    assert headers == [["name"], ["kind"], ["kind"], []]
    book["Notes"].sheet_state = "hidden"
    book.save(path)
    with pytest.raises(FileUnreadableError, match=r"3 sheets: Notes \(hidden\), 2019, Data"):
        open_table(str(path))
    for name, note in [
        ("Data", "Not read: 1 hidden sheet (Notes)."), ("Notes", "A hidden sheet was read: Notes."),
    ]:  # fmt: skip
        assert read(path, FileOptions(sheet=name))[0].notes == (note,)
    book["2019"].sheet_state = "hidden"
    book.active = 2
    book.save(path)
    table, _ = read(path)
    assert (list(table.header), "Data is not hidden" in table.notes[0]) == (["kind"], True)


@pytest.mark.parametrize("name", ["password.xlsx", "password.xls", "password.ods"])
def test_a_workbook_with_a_password_says_so(name: str) -> None:
    with pytest.raises(FileUnreadableError, match=f"{name} is a workbook that needs a password"):
        open_table(str(DATA / name))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = Path(xlsx(tmp_path / "book.xlsx", ["name"], *([f"X{n}"] for n in range(500))))
    content = whole.read_bytes()
    for position in range(0, len(content), 97):
        broken = bytearray(content)
        broken[position : position + 60] = b"\0" * len(broken[position : position + 60])
        whole.write_bytes(broken)
        try:
            read(whole)
        except FileUnreadableError as error:
            assert "book.xlsx" in str(error)  # noqa: PT017 (some damage does not matter)
    for size in range(4, len(content), 211):
        whole.write_bytes(content[:size])
        with pytest.raises(FileUnreadableError, match="damaged"):
            read(whole)
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    with pytest.raises(FileUnreadableError, match="damaged workbook"):
        read(tmp_path / "old.xls")


def test_a_cell_in_the_last_corner_does_not_fill_all_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "name"
    book.worksheets[0]["XFD1048576"] = "x"
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(FileUnreadableError, match="column XFD and row 1048576"):
        open_table(str(tmp_path / "book.xlsx"))


def test_what_a_file_is_does_not_depend_on_its_name(tmp_path: Path) -> None:
    book = Path(xlsx(tmp_path / "book.xlsx", ["name"], ["X"]))
    (tmp_path / "book.csv").write_bytes(book.read_bytes())
    table, rows = read(tmp_path / "book.csv")
    assert (rows, table.notes) == (
        [(2, ["X"])], ("It is a workbook, although its name ends in .csv.",),
    )  # fmt: skip
    (tmp_path / "text.xlsx").write_text("name\nX\n", encoding="utf-8")
    table, rows = read(tmp_path / "text.xlsx")
    assert (rows, table.notes) == (
        [(2, ["X"])], ("It is not a workbook, although its name ends in .xlsx: read as CSV.",),
    )  # fmt: skip
    with pytest.raises(FileUnreadableError, match="is a workbook"):
        read(book, FileOptions(kind=Kind.CSV))
    with pytest.raises(FileUnreadableError, match="is not a workbook"):
        read(tmp_path / "text.xlsx", FileOptions(kind=Kind.WORKBOOK))
    with pytest.raises(FileUnreadableError, match="has no sheets"):
        read(tmp_path / "text.xlsx", FileOptions(sheet="Data"))
    (tmp_path / "page.xls").write_text("<html><table></table></html>", encoding="utf-8")
    with pytest.raises(FileUnreadableError, match="web page"):
        read(tmp_path / "page.xls")


def test_a_workbook_may_lie_in_a_zip(tmp_path: Path) -> None:
    inner = Path(xlsx(tmp_path / "book.xlsx", ["name"], ["X"])).read_bytes()
    table, rows = read(zipped(tmp_path / "data.zip", readme__txt=b"Hello", book__xlsx=inner))
    assert (rows, table.notes) == ([(2, ["X"])], ("Unpacked book.xlsx from the zip file.",))


def test_a_form_that_nothing_can_be_read_with_is_wrong_usage() -> None:
    for encoding in ("klingon", "base64", "undefined"):
        with pytest.raises(UsageError, match="no encoding"):
            FileOptions(encoding=encoding)
    with pytest.raises(UsageError, match="no row 0"):
        FileOptions(header_row=0)


def test_a_real_workbook_has_the_cells_of_the_csv_file_beside_it(shared: Path) -> None:
    name = "gcdf3_africa_sample"
    table, rows = read(shared / "data" / f"{name}.xlsx")
    path = shared / "data" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *expected = csv.reader(file)
    assert list(table.header) == header
    assert len(rows) == len(expected)
    for (_, cells), others in zip(rows, expected, strict=True):
        for cell, other in zip(cells, others, strict=True):
            assert _same(cell) == _same(other)


def _same(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        # The CSV file writes the CR of its cells as the workbook's XML does.
        return " ".join(cell.replace("_x000D_", " ").split())
