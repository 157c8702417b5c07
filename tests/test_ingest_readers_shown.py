"""Workbooks are read as their sheets are shown, within limits on memory."""

import csv
import io
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from bricoop.domain import limits
from bricoop.domain.amounts import plain
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.number_formats import shape_of
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.table import Table
from support.examples import examples
from support.workbooks import ods_of, xlsx, zipped

PUBLISHED = FileOptions(undoubted=False)
SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path | str, form: FileOptions = PUBLISHED) -> tuple[Table, list[list[str]]]:
    """Return the table of a file and the cells of its rows."""
    with closing(open_table(str(path), form)) as table:
        return table, [list(row.cells) for row in table.rows()]


def book_of(path: Path, rows: list[list[Any]], formats: dict[str, str] | None = None) -> Path:
    """Write a workbook whose cells may have number formats."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for cell, code in (formats or {}).items():
        book.worksheets[0][cell].number_format = code
    book.save(path)
    return path


def altered(
    path: Path,
    change: Callable[[bytes], bytes],
    entry: str = SHEET,
    *,
    more: dict[str, bytes] | None = None,
) -> Path:
    """Write a workbook of one cell, of which a part is changed and others are added."""
    whole = io.BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0].append(["name"])
    book.worksheets[0].append(["X"])
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == entry else content)
        for name, content in (more or {}).items():
            new.writestr(f"xl/{name}.xml", content)
    return path


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("yyyy", date(2018, 1, 1), "2018"),
        ("yyyy;@", date(2018, 1, 1), "2018"),
        ("[$-409]mmm\\-yy;@", date(2019, 5, 1), "2019-05"),
        ("mm/yyyy", date(2019, 5, 1), "2019-05"),
        ('yyyy"年"m"月"', date(2019, 5, 1), "2019-05"),
        ("yyyy-mm-dd", date(2019, 5, 1), None),
        ("d-mmm-yy", date(2019, 5, 1), None),
        ("h:mm", date(2019, 5, 1), None),
        ("00000", 42.0, "00042"),
        ("00000", 42.5, None),
        ("00000", -42.0, None),
        ('"CN-"000', 7, "CN-007"),
        ('0",000"', 5.0, "5,000"),
        ('#,##0"000"', 5.0, "5000"),
        ("0\\0\\0\\0", 5, "5000"),
        ('"-"#,##0', 5, "-5"),
        ("-0", 5, "-5"),
        ("-0", -5, None),
        ('"1"0', 5, "15"),
        ('#,##0,"000"', 600.0, "1000"),
        ('#,##0,"000"', 1234567, "1,235000"),
        ('0",000"', 600.4, "600,000"),
        ('0",000"', -5.0, "-5,000"),
        ('#,##0",000"', 1234.0, "1,234,000"),
        ('0,",000"', 1_499_499.0, "1499,000"),
        ('0.0,,"00"', 1_260_000.0, "1.300"),
        ('0"."00', 12345, "123.45"),
        ('0"-"00', 12345, "123-45"),
        ('0"."00', 5, "0.05"),
        ("0\\,00", 12345, "123,45"),
        ("000-0000", 12345, "001-2345"),
        ("(000) 000-0000", 5551234567, "(555) 123-4567"),
        ('0.0"0"', 2.26, "2.30"),
        ('#.##"0"', 0.5, ".50"),
        ('-"US$"0', 5, "-US$5"),
        ('-0.0"M"', 5.25, "-5.25M"),
        ('-0.0,,"M"', 5_250_000.0, "-5250000"),
        ("-0%", 0.05, "-5%"),
        ("-0;0", -5, "5"),
        ('0",000";(0",000")', -5, "(5,000)"),
        ('0",000";;"-"', 0, None),
        ('[>=1000]0,"000";0', 1700.0, "2000"),
        ('[>=1000]0,"000";0', 700.0, "700"),
        ('#,##0" 2015 USD"', 1234.0, None),
        ('#,##0," 2015 USD"', 1234567.0, None),
        ('0" 000"', 5, "5 000"),
        ("# ##0", 1234567, None),
        ("#\\ ##0", 1234567, None),
        ('#" "##0.00', 1234567.5, None),
        ('_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"??_);_(@_)', -5, None),
        ("0.00E+00", 12345, None),
        ("# ?/?", 1.5, None),
        ('0"0"', 1e300, "1" + "0" * 301),
        ("#,##0;[Red]-#,##0", 5, None),
        ("_-* #,##0.00_-;-* #,##0.00_-", 5, None),
        ("#,##0_);(#,##0)", -5, None),
        ('0" (2015 prices)"', 5, None),
        ("0%", 0.12, "12%"),
        ("0.0%", 0.125, "12.5%"),
        ("0.0%", float("inf"), None),
        ('0.0"M"', 50.0, "50M"),
        ('#,##0.0" million"', 7.25, "7.25million"),
        ('0.0,,"M"', 7_000_000.0, None),
        ('0"亿"', 3.5, "3.5亿"),
        ('"US$"#,##0', 50.0, None),
        ('#,##0" km"', 50.0, None),
        ("#,##0.00;[Red]-#,##0.00", 50.0, None),
        ("General", 50.0, None),
        ("@", 50.0, None),
    ],
)
def test_a_number_format_is_shown_where_it_says_more_than_the_value(
    code: str, value: Any, shown: str | None
) -> None:
    shape = shape_of(164, code)
    assert (shape.text(value) if shape else None) == shown
    assert shape is None or shape.text("text") is None


def test_formats_of_the_standard_have_numbers_only() -> None:
    assert {number for number in range(50) if shape_of(number, "")} == {9, 10, 17}


_ROWS = st.lists(
    st.fixed_dictionaries({
        "id": st.integers(0, 99_999), "name": st.text("abcÀÉñ中 ", min_size=1).map(str.strip),
        "started": st.dates(date(1900, 3, 1)), "form": st.sampled_from(["yyyy", "mmm-yy", "yyyy-mm-dd"]),
        "value": st.integers(-10**12, 10**12) | st.decimals(-1000, 1000, places=2).map(float),
        "share": st.integers(0, 100), "sure": st.booleans(),
    }), min_size=1, max_size=6,
)  # fmt: skip
_FORMS = {"yyyy": "%Y", "mmm-yy": "%Y-%m", "yyyy-mm-dd": "%Y-%m-%d"}


@given(rows=_ROWS)
def test_a_workbook_and_its_csv_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    header = ["id", "name", "started", "value", "share", "sure"]
    cells = [
        [r["id"], r["name"], r["started"], r["value"], r["share"] / 100, r["sure"]] for r in rows
    ]
    formats = {
        f"{column}{number}": code
        for number, row in enumerate(rows, start=2)
        for column, code in (("A", "00000"), ("C", row["form"]), ("E", "0%"))
    }
    book = book_of(folder / "book.xlsx", [header, *cells], formats)
    with (folder / "file.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([
            header,
            *(
                [f"{r['id']:05}", r["name"], f"{r['started']:{_FORMS[r['form']]}}",
                 f"{r['value']:.2f}".rstrip("0").rstrip(".") if r["value"] else "0",
                 f"{r['share']}%", "yes" if r["sure"] else "no"]
                for r in rows
            ),
        ])  # fmt: skip
    csv_rows, shown = read(folder / "file.csv")[1], read(book)[1]
    assert [
        [cell.replace("-0", "0") if cell == "-0" else cell for cell in row] for row in csv_rows
    ] == shown


# Openpyxl writes no more than 16 digits.
_NUMBERS = st.floats(-1e50, 1e50).map(lambda number: float(f"{number:.16g}"))


@settings(deadline=None, max_examples=examples(20))
@given(numbers=st.lists(_NUMBERS, min_size=1, max_size=9))
def test_numbers_have_the_15_digits_that_the_csv_of_a_sheet_has(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("digits")
    numbers = [0.1 + 0.2, *numbers]
    rows: list[list[Any]] = [["value"], *([number] for number in numbers)]
    cells = [
        f'<table:table-row><table:table-cell office:value-type="float" office:value="{number!r}"/>'
        "</table:table-row>" for number in numbers
    ]  # fmt: skip
    header = (
        '<table:table-cell office:value-type="string"><text:p>value</text:p></table:table-cell>'
    )
    table = f"<table:table-row>{header}</table:table-row>{''.join(cells)}"
    old = xlwt.Workbook()
    for row, (value,) in enumerate(rows):
        old.add_sheet("Data") if not row else None
        old.get_sheet(0).write(row, 0, value)
    old.save(str(folder / "book.xls"))
    shown = [[plain(Decimal(f"{number:.15g}"))] for number in numbers]
    for path in (
        book_of(folder / "book.xlsx", rows), folder / "book.xls",
        ods_of(folder / "book.ods", f'<table:table table:name="Data">{table}</table:table>'),
    ):  # fmt: skip
        assert read(path)[1] == shown
    assert shown[0] == ["0.3"]


def test_merged_cells_fill_what_they_cover_and_say_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["name", "country", "year", "amount", "note"],
        ["A", "Kenya", 2018, 1200, "first"],
        ["B", None, None, None, "second"],
        ["C", "Togo", 2019, 5, None],
        ["Total of all", None, None, 9, None],
    ):
        sheet.append(row)
    for merged in ("B2:B3", "C2:C3", "D2:D3", "A5:C5", "E4:E9"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "book.xlsx")
    table, rows = read(tmp_path / "book.xlsx")
    assert rows == [
        ["A", "Kenya", "2018", "1200", "first"],
        ["B", "Kenya", "2018", "", "second"],
        ["C", "Togo", "2019", "5", ""],
        ["Total of all", "Total of all", "Total of all", "9", ""],
    ]
    notes = [(note.cell, note.column, note.rule) for note in table.take_row_notes()]
    assert notes == [
        ("B2", "country", "is merged over B2:B3: it counts for all 2 rows"),
        ("C2", "year", "is merged over C2:C3: it counts for all 2 rows"),
        ("D2", "amount", "is merged over D2:D3: the number counts once, in row 2"),
        ("A5", "name", "is merged over A5:C5: it counts for all 3 columns"),
    ]


def test_hidden_rows_and_columns_are_reported_with_their_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["name", "kind"], *([f"P{number}", "port"] for number in range(2, 20))):
        sheet.append(row)
    for number in (3, 4, 5, 8, 10, 12, 14, 16):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "book.xlsx")
    table, rows = read(tmp_path / "book.xlsx")
    assert len(rows) == 18
    assert table.notes == (
        "8 hidden rows were read too: rows 3 to 5, 8, 10, 12, 14, ….",
        "A hidden column was read too: B.",
    )


def test_numbers_that_a_workbook_cannot_hold_are_noted(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx", [["id"], [123456789012345678], [123456789012345]])
    table, rows = read(path)
    assert rows[1] == ["123456789012345"]
    (note,) = table.take_row_notes()
    assert (note.cell, note.column, "more than 15 digits" in note.rule) == ("A2", "id", True)


def test_characters_that_xml_escapes_are_read_as_they_are(tmp_path: Path) -> None:
    path = altered(
        tmp_path / "book.xlsx",
        lambda xml: xml.replace(b"<t>X</t>", b"<t>a_x000D_b_x005F_x000D_</t>"),
    )
    assert read(path)[1] == [["a\rb_x000D_"]]


def test_text_encoded_twice_is_noted_in_a_workbook(tmp_path: Path) -> None:
    table, _ = read(xlsx(tmp_path / "book.xlsx", ["id", "name"], ["1", "RÃ\u00ado"]))
    assert [note.cell for note in table.take_row_notes()] == ["B2"]


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda xml: xml.replace(b'r="A2"', b'r="ZZZZZZ4294967295"'), "'ZZZZZZ4294967295' is not a cell"),
        (lambda xml: xml.replace(b'r="A2"', b'r="A0"'), "'A0' is not a cell"),
        (lambda xml: xml.replace(b'r="A2"', b'r="A1048577"'), "'A1048577' is not a cell"),
        (lambda xml: xml.replace(b'r="A2"', b'r="XFE2"'), "'XFE2' is not a cell"),
        (lambda xml: xml.replace(b'r="A2"', b'r="&#65;2"'), "is not a cell"),
        (lambda xml: xml.replace(b"</sheetData>", FAR), "column XFD and row 1048576"),
        (lambda xml: xml.replace(b'r="A2"', b"\n r\t=  'ZZ1048576'"), "column ZZ and row 1048576"),
        (lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"').replace(b' r="A2"', b"")
         .replace(b"</sheetData>", b"<row r='3'>" + b"<c><v>1</v></c>" * 99 + b"</row></sheetData>"),
         "column CU and row 1048576"),
        (lambda xml: xml.replace(b"</sheetData>", b" " * 17 * 1024**2 + b"</sheetData>"), "16 MiB"),
    ],
)  # fmt: skip
def test_cells_that_no_sheet_has_or_that_span_too_much_are_refused(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    change: Callable[[bytes], bytes],
    message: str,
) -> None:
    path = altered(tmp_path / "book.xlsx", change)
    with pytest.raises(FileUnreadableError, match=message):
        read(path)
    assert capfd.readouterr().err == ""


def test_rows_and_columns_that_are_only_formatted_span_nothing(tmp_path: Path) -> None:
    path = altered(
        tmp_path / "book.xlsx",
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576" ht="9"><c r="ZZ1048576" s="0"/></row></sheetData>'
        ),
    )
    assert read(path)[1] == [["X"]]


def test_texts_that_are_shown_again_and_again_are_bounded(tmp_path: Path) -> None:
    shared = b"<sst><si><t>" + b"y" * 900_000 + b"</t></si></sst>"
    cells = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % row for row in range(3, 300))
    path = altered(
        tmp_path / "book.xlsx",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="3">' + cells + b"</row></sheetData>"),
        more={"sharedStrings": shared},
    )
    with pytest.raises(FileUnreadableError, match="texts of its cells are more than 192 MiB"):
        read(path)
    path = altered(
        tmp_path / "book.xlsx", bytes, more={"sharedStrings": b"<sst>" + b"<si/>" * 9_000_000}
    )
    with pytest.raises(FileUnreadableError, match="its texts are more than 192 MiB"):
        read(path)


def test_styles_and_parts_that_are_there_twice_are_refused(tmp_path: Path) -> None:
    size = limits.WORKBOOK_PART.value
    path = altered(
        tmp_path / "book.xlsx", lambda xml: xml.replace(b"<fonts", b" " * size + b"<fonts"),
        entry="xl/styles.xml",
    )  # fmt: skip
    with pytest.raises(FileUnreadableError, match=r"styles\.xml is larger than 16 MiB"):
        read(path)
    path = altered(tmp_path / "book.xlsx", bytes, more={"WorkSheets/Sheet1": b"<x/>"})
    with pytest.raises(FileUnreadableError, match="contains a part twice"):
        read(path)


def test_binary_workbooks_are_refused_with_the_way_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "book.xlsb", **{"xl/workbook__bin": b"\x83\x01\x00"})
    with pytest.raises(FileUnreadableError, match=r"is an \.xlsb workbook") as error:
        read(path)
    assert error.value.hint == "Save it as .xlsx."
    with pytest.raises(FileUnreadableError, match=r"is an \.xlsx and an \.ods at once"):
        read(zipped(tmp_path / "two.xlsx", **{"xl/workbook__xml": b"", "content__xml": b""}))


def test_a_text_may_hold_what_looks_like_a_reference(tmp_path: Path) -> None:
    text = 'see <c r="ZZZZ99"> and a = "b"'
    assert read(xlsx(tmp_path / "book.xlsx", ["name"], [text]))[1] == [[text]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name,description\nX," + b"x" * 1_000_001 + b"\n", "longer than 1,000,000 characters"),
        (b"name,description\nX," + b"x" * 17 * 1024**2, "longer than 16 MiB"),
        (b"," * 16_400 + b"x\n1,2\n", "line 1: the row has 16,401 cells"),
        (b"x," * 16_385 + b"x\n1,2\n", "the header has 16,386 cells"),
        (b"name\n" + b"," * 16_400 + b"\n", "line 2: the row has 16,401 cells"),
        (b"name," + b"x" * 1_001 + b"\n1,2\n", "header of column 2 is longer than 1,000 characters"),
    ],
)  # fmt: skip
def test_csv_files_have_bounds(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(FileUnreadableError, match=message):
        read(tmp_path / "in.csv")


def test_the_cases_are_read_as_they_are_shown(shared: Path) -> None:
    cases = shared / "cases"
    merged = read(cases / "02-merged-body" / "merged_body.xlsx")[1]
    assert [row[1] for row in merged] == ["Kenya", "Kenya", "Kenya", "Uganda"]
    assert read(cases / "16-year-format-cells" / "yfmt.xlsx")[1][0][2:] == ["2018", "2019-05"]
    assert read(cases / "18-zero-padded-number-format" / "ids.xlsx")[1][0][0] == "00042"
    table, _ = read(cases / "12-hidden-rows" / "hidden_rows.xlsx")
    assert table.notes == ("1 hidden row was read too: row 3.",)
