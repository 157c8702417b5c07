"""Old workbooks (.xls) are read as their sheets are shown, within limits on memory."""

import io
import struct
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import xlwt

from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.compound_files import CompoundFile, packed
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.table import Table


def read(path: Path) -> tuple[Table, list[tuple[int, list[str]]]]:
    """Return the table of a file and its rows with their numbers."""
    with closing(open_table(str(path), FileOptions(undoubted=False))) as table:
        return table, [(row.line, list(row.cells)) for row in table.rows()]


def book(rows: int = 3, text: str = "port") -> bytes:
    """Return a workbook of rows with that text."""
    whole, stream = xlwt.Workbook(), io.BytesIO()
    sheet = whole.add_sheet("Data")
    for row in range(rows):
        sheet.write(row, 0, text if row else "name")
    whole.save(stream)
    return stream.getvalue()


def style(code: str) -> xlwt.XFStyle:
    """Return a style of a number format."""
    return xlwt.easyxf(num_format_str=code)


def test_a_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    whole = xlwt.Workbook()
    sheet = whole.add_sheet("Data")
    for column, name in enumerate(("name", "year", "id", "sum", "kind")):
        sheet.write(0, column, name)
    sheet.write_merge(1, 2, 0, 0, "Karuma")
    sheet.write(1, 1, date(2018, 1, 1), style("yyyy"))
    sheet.write(1, 2, 42, style("00000"))
    sheet.write(1, 3, xlwt.Formula("1+2"))
    sheet.write(2, 1, date(2019, 5, 1), style("mmm-yy"))
    sheet.write(2, 2, 0.12, style("0%"))
    sheet.write(2, 3, 0.1 + 0.2)
    sheet.row(2).set_cell_error(4, 0x2A)
    sheet.row(2).hidden = sheet.col(3).hidden = True
    # Longer than a record: it goes on in the next one.
    sheet.write(3, 0, "中国 " * 3_000)
    sheet.write(3, 4, "Río de la Plata " * 600)
    whole.save(str(tmp_path / "book.xls"))
    table, rows = read(tmp_path / "book.xls")
    assert [(line, cells) for line, cells in rows] == [
        (2, ["Karuma", "2018", "00042", "", ""]),
        (3, ["Karuma", "2019-05", "12%", "0.3", "#N/A"]),
        (4, ["中国 " * 3_000, "", "", "", "Río de la Plata " * 600]),
    ]
    assert [note.rule for note in table.take_row_notes()] == [
        "is merged over A2:A3: it counts for all 2 rows"
    ]
    assert table.notes[:3] == (
        "In error: 1 cell, read as the error's name.",
        "1 hidden row was read too: row 3.",
        "A hidden column was read too: D.",
    )
    assert "Read as the sheet shows it: column C, of the format 00000." in table.notes


def test_a_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    whole = xlwt.Workbook()
    sheet = whole.add_sheet("Data")
    sheet.write(0, 0, "name")
    sheet.write(65_535, 255, "x")
    whole.save(str(tmp_path / "book.xls"))
    with pytest.raises(FileUnreadableError, match="extend to column IV and row 65536"):
        read(tmp_path / "book.xls")


def test_one_long_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book.xls").write_bytes(book(2_500, "y" * 30_000))
    with pytest.raises(FileUnreadableError, match="its texts are more than 64 MiB"):
        read(tmp_path / "book.xls")


def test_what_a_sheet_claims_to_span_does_not_matter(tmp_path: Path) -> None:
    content = book().replace(
        struct.pack("<HHIIHH", 0x200, 14, 0, 3, 0, 1),
        struct.pack("<HHIIHH", 0x200, 14, 0, 2**32 - 1, 0, 2**16 - 1),
    )
    assert content != book()
    (tmp_path / "book.xls").write_bytes(content)
    assert read(tmp_path / "book.xls")[1] == [(2, ["port"]), (3, ["port"])]


def test_sheets_that_share_their_records_are_refused(tmp_path: Path) -> None:
    whole, stream = xlwt.Workbook(), io.BytesIO()
    for name in ("One", "Two"):
        whole.add_sheet(name).write(0, 0, "name")
    whole.save(stream)
    content = stream.getvalue()
    first, two = (content.index(name) - 6 for name in (b"\x03\x00One", b"\x03\x00Two"))
    content = content[:two] + content[first : first + 4] + content[two + 4 :]
    (tmp_path / "book.xls").write_bytes(content)
    with pytest.raises(FileUnreadableError, match="damaged workbook"):
        read(tmp_path / "book.xls")


def test_damage_of_any_kind_is_refused(tmp_path: Path) -> None:
    content, path = book(), tmp_path / "book.xls"
    for position in range(0, len(content), 61):
        for filler in (b"\0", b"\xff"):
            broken = bytearray(content)
            broken[position : position + 4] = filler * len(broken[position : position + 4])
            path.write_bytes(broken)
            try:
                read(path)
            except FileUnreadableError as error:
                assert "book.xls" in str(error)  # noqa: PT017 (some damage does not matter)


@pytest.mark.parametrize("size", [1, 4_096, 5_000_000])
def test_a_stream_comes_back_from_its_compound_file(size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    whole = io.BytesIO(packed("Workbook", content))
    stream = CompoundFile(whole).stream("Workbook", most=10_000_000)
    assert stream is not None
    assert stream.rstrip(b"\0") == content.rstrip(b"\0")
    assert CompoundFile(whole).stream("Workbook", most=100) is None


def test_sectors_that_follow_each_other_in_a_circle_are_refused() -> None:
    content = bytearray(packed("Workbook", b"x" * 20_000))
    struct.pack_into("<I", content, 4_096 + 4 * 4, 3)
    with pytest.raises(ValueError, match="3"):
        CompoundFile(io.BytesIO(content)).stream("Workbook", most=10_000_000)
