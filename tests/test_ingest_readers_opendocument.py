"""OpenDocument spreadsheets are read as shown, within limits on memory."""

from contextlib import closing
from pathlib import Path

import pytest

from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.table import Table
from support.right_files import CSV, open_document, workbook
from support.workbooks import ods_of, zipped

PUBLISHED = FileOptions(undoubted=False)
WIDE = 'table:number-columns-repeated="999999999"'
HIGH = 'table:number-rows-repeated="999999999"'
DATE = """
<number:date-style style:name="N1"><number:year number:style="long"/></number:date-style>
<number:date-style style:name="N2"><number:month number:textual="true"/><number:text>-</number:text>
<number:year/></number:date-style>
<number:date-style style:name="N3"><number:day/><number:text>.</number:text><number:month/>
<number:text>.</number:text><number:year/></number:date-style>
<number:number-style style:name="N4"><number:number number:min-integer-digits="5"/></number:number-style>
<number:number-style style:name="N5P0"><number:number number:min-integer-digits="1"/>
<number:text>M</number:text></number:number-style>
<number:number-style style:name="N5"><number:text>-</number:text><number:number/>
<number:text>M</number:text><style:map style:condition="value()&gt;=0"
 style:apply-style-name="N5P0"/></number:number-style>
<number:percentage-style style:name="N6"><number:number number:decimal-places="1"/>
<number:text>%</number:text></number:percentage-style>
""" + "".join(
    f'<style:style style:name="ce{n}" style:data-style-name="N{n}"/>' for n in range(1, 7)
)


def read(path: Path | str, sheet: str | None = None) -> tuple[Table, list[tuple[int, list[str]]]]:
    """Return the table of a file and its rows with their numbers."""
    with closing(open_table(str(path), FileOptions(undoubted=False, sheet=sheet))) as table:
        return table, [(row.line, list(row.cells)) for row in table.rows()]


def text(content: str, attributes: str = "") -> str:
    """Return a cell with a text."""
    start = f'<table:table-cell office:value-type="string" {attributes}>'
    return f"{start}<text:p>{content}</text:p></table:table-cell>"


def number(value: str, attributes: str = "") -> str:
    """Return a cell with a number."""
    return f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}/>'


def day(value: str, style: str) -> str:
    """Return a cell with a date."""
    attributes = f'office:date-value="{value}" table:style-name="{style}"'
    return f'<table:table-cell office:value-type="date" {attributes}/>'


def sheet(*rows: str, name: str = "Data", attributes: str = "", before: str = "") -> str:
    """Return a sheet of rows, each of which is a row with cells in it or the cells of one."""
    body = "".join(
        row if row.startswith("<table:table-row") else f"<table:table-row>{row}</table:table-row>"
        for row in rows
    )
    return f'<table:table table:name="{name}" {attributes}>{before}{body}</table:table>'


def test_merged_cells_fill_what_they_cover_and_say_so(tmp_path: Path) -> None:
    down, covered = 'table:number-rows-spanned="2"', "<table:covered-table-cell/>"
    table, rows = read(ods_of(tmp_path / "book.ods", sheet(
        "".join(map(text, ("name", "country", "year", "amount"))),
        text("A") + text("Kenya", down) + number("2018", down) + number("1200", down),
        text("B") + covered * 3,
        text("All", 'table:number-columns-spanned="3"')
        + '<table:covered-table-cell table:number-columns-repeated="2"/>' + number("9"),
    )))  # fmt: skip
    assert [cells for _, cells in rows] == [
        ["A", "Kenya", "2018", "1200"], ["B", "Kenya", "2018", ""], ["All", "All", "All", "9"],
    ]  # fmt: skip
    assert [(note.cell, note.rule) for note in table.take_row_notes()] == [
        ("B2", "is merged over B2:B3: it counts for all 2 rows"),
        ("C2", "is merged over C2:C3: it counts for all 2 rows"),
        ("D2", "is merged over D2:D3: the number counts once, in row 2"),
        ("A4", "is merged over A4:C4: it counts for all 3 columns"),
    ]


def test_cells_are_read_as_their_formats_show_them(tmp_path: Path) -> None:
    table, rows = read(ods_of(tmp_path / "book.ods", sheet(
        "".join(map(text, "abcdefgh")),
        day("2018-01-01", "ce1") + day("2019-05-01", "ce2") + day("2019-03-14", "ce3")
        + number("42") + number("50", 'table:style-name="ce5"')
        + '<table:table-cell office:value-type="percentage" office:value="0.125"'
        ' table:style-name="ce6"/>' + day("2019-03-14T05:06:07", "ce3") + day("31.12.", "ce3"),
        before='<table:table-column table:number-columns-repeated="3"/>'
        '<table:table-column table:default-cell-style-name="ce4"/>'
        '<table:table-column table:number-columns-repeated="16380"/>',
    ), styles=DATE))  # fmt: skip
    assert rows == [
        (2, ["2018", "2019-05", "2019-03-14", "00042", "50M", "12.5%", "2019-03-14 05:06:07", "31.12."])
    ]  # fmt: skip
    assert "Read as the sheet shows it: column A, of the format yyyy." in table.notes
    assert "Read as the sheet shows it: column D, of the format 00000." in table.notes


def test_hidden_rows_columns_and_sheets_are_reported(tmp_path: Path) -> None:
    hidden = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    path = ods_of(
        tmp_path / "book.ods",
        sheet(text("x"), name="Old", attributes='table:style-name="ta1"')
        + sheet(text("y"), name="Other")
        + sheet(
            text("name") + text("kind"),
            '<table:table-row table:visibility="collapse" table:number-rows-repeated="2">'
            f"{text('P')}{text('port')}</table:table-row>",
            f'<table:table-row table:visibility="filter">{text("Q")}</table:table-row>',
            f'<table:table-row table:visibility="collapse" {HIGH}><table:table-cell/></table:table-row>',
            before=f'<table:table-column/><table:table-column table:visibility="collapse" {WIDE}/>',
        ),
        styles=hidden,
    )
    table, rows = read(path, "Data")
    assert rows == [(2, ["P", "port"]), (3, ["P", "port"]), (4, ["Q", ""])]
    assert table.notes == (
        "Not read: 1 hidden sheet (Old).",
        "3 hidden rows were read too: rows 2 to 4.",
        "A hidden column was read too: B.",
    )
    with pytest.raises(FileUnreadableError, match=r"3 sheets: Old \(hidden\), Other, Data"):
        read(path)


def test_texts_are_read_whole_and_comments_are_not(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>no</text:p>'
        '</office:annotation><text:p>a<text:s text:c="3"/>b<text:tab/><text:span>c&amp;</text:span>'
        "</text:p><text:p>d<text:line-break/>e</text:p></table:table-cell>"
    )
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    duration = '<table:table-cell office:value-type="time" office:time-value="PT30H05M00S"/>'
    formula = '<table:table-cell table:formula="of:=1+2"/>'
    cached = sheet(text("far"), name="cache", before='<table:table-source xlink:href="x.ods"/>')
    table, rows = read(ods_of(tmp_path / "book.ods", cached + sheet(
        f"<table:table-cell/>{text('name')}{text('more')}", blank,
        f"<table:table-cell/>{cell}{duration}", f"<table:table-cell/>{formula}",
    )))  # fmt: skip
    assert rows == [(5, ["a   b\tc&\nd\ne", "30:05:00"]), (6, ["=1+2", ""])]
    assert table.origin.columns == {"name": "B", "more": "C"}
    assert table.notes == (
        "Never computed: 1 formula, read as it stands.", "Skipped 3 blank rows.",
    )  # fmt: skip


NESTED = f"<table:table-row {HIGH}>{number('1', WIDE)}</table:table-row>"
TEXTS = f'<table:table-row table:number-rows-repeated="300">{text("y" * 900_000)}</table:table-row>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("rows", "before", "message"),
    [
        (number("1", WIDE), "", "its cells extend to column"),
        (f"<table:table-cell {WIDE}/>{number('1')}", "", "its cells extend to column"),
        (f"<table:table-row {HIGH}>{number('1')}</table:table-row>", "", "and row 1048577"),
        (f"<table:table-row {HIGH}/><table:table-row>{number('1')}</table:table-row>", "", "and row"),
        (NESTED, "", "its cells extend to column"),
        (f"<table:table-row {HIGH}/>" * 9 + NESTED, "", "its cells extend to column"),
        (text(f"<text:s text:c='{'9' * 30}'/>!"), "", "longer than 1,000,000 characters"),
        (text("y" * 1_000_001), "", "row 2, has a cell that is longer than 1,000,000 characters"),
        (TEXTS, "", "the texts of its cells are more than 192 MiB"),
        (text("&b;"), ENTITIES, "XML entities of its own"),
        (number("1", "table:x='" + "y" * 9 * 1024**2 + "'"), "", "a tag that is larger than 8 MiB"),
        ("<table:table-cell", "", "is a damaged workbook"),
    ],
)  # fmt: skip
def test_sheets_that_would_fill_memory_are_refused(
    tmp_path: Path, rows: str, before: str, message: str
) -> None:
    path = ods_of(tmp_path / "book.ods", sheet(text("name"), rows), before=before)
    with pytest.raises(FileUnreadableError, match=message):
        read(path)


def test_repeated_cells_that_are_only_formatted_span_nothing(tmp_path: Path) -> None:
    empty = f'<table:table-cell table:style-name="ce1" {WIDE}/>'
    path = ods_of(tmp_path / "book.ods", sheet(
        f"{text('name')}{empty}", f"{text('X')}{empty}",
        f"<table:table-row {HIGH}>{empty}</table:table-row>",
    ))  # fmt: skip
    assert read(path)[1] == [(2, ["X"])]


def refusal_of(path: Path) -> str:
    """Return the message with which a file is refused; empty if it is read."""
    try:
        read(path)
    except FileUnreadableError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", ["ods", "xlsx", "zip"])
def test_an_archive_that_lost_bytes_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    if kind == "zip":
        zipped(tmp_path / "rows.zip", rows__csv=CSV * 20)
        content = (tmp_path / "rows.zip").read_bytes()
    else:
        content = open_document() if kind == "ods" else workbook()
    path = tmp_path / f"lost.{kind}"
    refusals = 0
    step = len(content) // 40
    for at in range(4, len(content), step):
        for size in (1, 29, 4 * step):
            path.write_bytes(content[:at] + content[at + size :])
            refusal = refusal_of(path)
            assert path.name in refusal or not refusal
            refusals += bool(refusal)
    assert refusals > 20
