"""Files of all formats are read as rows with line numbers, or refused with a location."""

import csv
import gzip
import hashlib
import io
import zipfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.limits import BLANK_CELLS, BLANK_ROWS
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import archives, separated
from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.readers.open_table import open_table
from support.examples import few_of
from support.workbooks import zipped

DATA = Path(__file__).parent / "data"
Rows = list[tuple[int, list[str]]]


def read(
    tmp_path: Path, content: bytes, form: FileOptions = NATIVE, name: str = "file.csv"
) -> tuple[list[str], Rows, str, tuple[str, ...]]:
    """Write bytes to a file and read it to its end."""
    path = tmp_path / name
    path.write_bytes(content)
    table = open_table(str(path), form)
    try:
        rows = [(row.line, list(row.cells)) for row in table.rows()]
    finally:
        table.close()
    return list(table.header), rows, table.sha256, table.notes


def refusal(
    tmp_path: Path, content: bytes, form: FileOptions = NATIVE, name: str = "file.csv"
) -> str:
    """Return the message with which a file is refused."""
    with pytest.raises(FileUnreadableError) as caught:
        read(tmp_path, content, form, name)
    assert str(tmp_path / name) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (b"a,b\n1,2\n3,4\n", ()),
        (b"a,b\n1,2\n3,4", ()),
        (b"a,b\r\n1,2\r\n3,4\r\n", ()),
        (b"a,b\n1,2\r\n3,4\n", ()),
        (b"a,b\r1,2\r3,4\r", ("Its lines end in CR.",)),
        (b"a,b\r1,2\n3,4\r\n", ("Of its lines 1 end in CR, the others in LF or CRLF.",)),
        (b"\xef\xbb\xbfa,b\n1,2\n3,4\n", ("Read as UTF-8, by its byte order mark.",)),
        ("\ufeffa,b\n1,2\n3,4\n".encode("utf-16-le"), ("Read as UTF-16, by its byte order mark.",)),
        ("\ufeffa,b\r1,2\n3,4\n".encode("utf-16-be"), ("Read as UTF-16, by its byte order mark.", "Of its lines 1 end in CR, the others in LF or CRLF.")),
        ("\ufeffa,b\n1,2\n3,4\n".encode("utf-32-le"), ("Read as UTF-32, by its byte order mark.",)),
        (b"a,b,, \n1,2,,\n3,4,,\n", ("Skipped 2 unnamed columns at the end.",)),
    ],
)  # fmt: skip
def test_line_ends_and_byte_order_marks_do_not_matter(
    tmp_path: Path, content: bytes, notes: tuple[str, ...]
) -> None:
    header, rows, digest, read_notes = read(tmp_path, content)
    assert header == ["a", "b"]
    assert [(line, cells[:2]) for line, cells in rows] == [(2, ["1", "2"]), (3, ["3", "4"])]
    assert digest == hashlib.sha256(content).hexdigest()
    assert read_notes == notes


@pytest.mark.parametrize(
    ("encoding", "end"),
    [
        *product(["utf-8", "utf-16-le"], ["\n", "\r\n", "\r"]),
        *few_of(product(["utf-16-be", "utf-32-le", "gb18030"], ["\n", "\r\n", "\r"]), 3),
    ],
)
def test_a_file_of_many_blocks_has_all_its_rows_and_lines(
    tmp_path: Path, end: str, encoding: str
) -> None:
    # The bytes of U+0A0D and U+0D0A in UTF-16 are those of line ends.
    long = "é\u0a0d\u0d0a\u0a00" * 125
    text = end.join(["a,b", *(f"{number},{long}" for number in range(2200))]) + end
    form = FileOptions(encoding=encoding)
    content = text.encode(encoding)
    _, rows, digest, _ = read(tmp_path, content, form)
    assert rows == [(n + 2, [str(n), long]) for n in range(2200)]
    assert digest == hashlib.sha256(content).hexdigest()
    bad = {"utf-8": b"\xff", "gb18030": b"\xff"}.get(encoding)
    if bad:
        message = refusal(tmp_path, content + b"1," + bad + end.encode(), form)
        assert "line 2202: byte 3 of the line (0xff) is not" in message


@pytest.mark.parametrize("name", ["windows-1252.csv", "preamble.csv"])
def test_small_files_as_people_send_them(name: str) -> None:
    form = (
        FileOptions(encoding="cp1252") if name.startswith("windows") else FileOptions(header_row=4)
    )
    table = open_table(str(DATA / name), form)
    rows = [list(row.cells) for row in table.rows()]
    table.close()
    assert list(table.header) == ["name", "kind", "description"]
    assert rows[0][0] == "Pont de l’Été"


def test_a_row_is_named_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    _, rows, _, notes = read(tmp_path, b'a,b\n\n"x\ny",2\n , \n3,4\n')
    assert rows == [(3, ["x\ny", "2"]), (6, ["3", "4"])]
    assert notes == ("Skipped 2 blank rows.",)


def test_an_empty_file_and_a_header_alone_have_no_rows(tmp_path: Path) -> None:
    for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
        assert read(tmp_path, content)[:2] == ([], [])
    assert read(tmp_path, b"a,b\n")[:2] == (["a", "b"], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\ncaf\xe9,2\n", "line 3: byte 4 of the line (0xe9) is not UTF-8. It looks like windows-1252 ('café,2')"),
        (b"a,b\n1,2\ncaf\xe9,2\n", "--encoding windows-1252"),
        (b"a,b\n1,\xc3", "line 2: byte 3 of the line (0xc3)"),
        ("a,b\n1,2\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("a,b\n1,2\n".encode("utf-16-be"), "--encoding utf-16-be"),
        ("\ufeffa,b\n1,2\n".encode("utf-16-le")[:-1], "line 2: byte 7 of the line (0x0a) is not UTF-16-LE"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, content: bytes, message: str
) -> None:
    assert message in refusal(tmp_path, content)


def test_a_file_whose_cells_are_all_long_is_read(tmp_path: Path) -> None:
    content = "a\n" + ('"' + "x\n" * 150 + '"\n') * 3 + ('"' + "x\n" * 300 + '"\n') * 2
    assert len(read(tmp_path, content.encode())[1]) == 5


def test_a_cell_of_a_million_characters_is_read_and_a_longer_one_is_not(tmp_path: Path) -> None:
    large = "x" * 1_000_000
    assert read(tmp_path, f"a\n{large}\n".encode())[1] == [(2, [large])]
    assert "line 2: the cell that begins here is longer" in refusal(
        tmp_path, f"a\n{large}x\n".encode()
    )


def test_a_preamble_is_passed_over_whatever_it_holds(tmp_path: Path) -> None:
    content = b'Projects, "all\n\n"as of 2019\na,b\n1,2\n\xff'
    header, rows, _, notes = read(tmp_path, content[:-1], FileOptions(header_row=4))
    assert (header, rows) == (["a", "b"], [(5, ["1", "2"])])
    assert notes == ("Skipped 3 lines above the header.",)
    assert "line 6: byte 1" in refusal(tmp_path, content, FileOptions(header_row=4))
    for row in (2, 9):
        assert f"no header on line {row}" in refusal(
            tmp_path, b"a\n\nb\n", FileOptions(header_row=row)
        )


def test_what_is_packed_is_unpacked(tmp_path: Path) -> None:
    plain = b"a,b\n1,2\n"
    packed = gzip.compress(plain)
    header, rows, digest, notes = read(tmp_path, packed, name="file.csv.gz")
    assert (header, rows) == (["a", "b"], [(2, ["1", "2"])])
    assert digest == hashlib.sha256(packed).hexdigest()
    assert notes == ("Unpacked from gzip.",)
    path = Path(zipped(tmp_path / "a.zip", data__csv=plain, README=b"x", **{"__MACOSX/._a": b""}))
    _, rows, digest, notes = read(tmp_path, path.read_bytes(), name="file.zip")
    assert (rows, notes) == ([(2, ["1", "2"])], ("Unpacked data.csv from the zip file.",))
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_documents_that_are_no_tables_are_named(tmp_path: Path) -> None:
    hint = "Copy its table into a spreadsheet program, and save it as CSV or .xlsx."
    assert f"is a PDF. {hint}" in refusal(tmp_path, b"%PDF-1.7\n%\xe2\xe3\n")
    assert "is a text document" in refusal(tmp_path, rb"{\rtf1\ansi}")
    word = zipped(tmp_path / "a.docx", **{"[Content_Types]__xml": b"", "word/document__xml": b""})
    assert f"is a Word document. {hint}" in refusal(tmp_path, Path(word).read_bytes())
    kind = b"application/vnd.oasis.opendocument.text"
    entries = {"content__xml": b"", "META-INF/manifest__xml": b"", "mimetype": kind}
    text = zipped(tmp_path / "a.odt", **entries)
    assert "is a text document" in refusal(tmp_path, Path(text).read_bytes())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is an image (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is an image (JPEG)"),
        (b"SQLite format 3\0\x10\0" + bytes(4000), "is an SQLite database"),
        (b"PAR1\x15\x04\x15", "is a Parquet file"),
        (b"\xfd7zXZ\0\0\x04", "is an xz archive"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\0", "is a tar archive"),
        (gzip.compress(b"\x89PNG\r\n\x1a\n", mtime=0), "contains an image (PNG)"),
        (hashlib.sha512(b"").digest() * 4, "is neither a text nor a workbook"),
        (bytes(range(256)) * 4, "is neither a text nor a workbook"),
        (bytes(500), "is neither a text nor a workbook"),
        # Texts in another encoding get a hint on it.
        ("name\nPort\n".encode("utf-16-le"), "load it with --encoding utf-16-le"),
        ("name\nPört é\n".encode("windows-1252"), "--encoding windows-1252"),
        (("中国港口" * 20 + "\n").encode("utf-16-le") * 9, "--encoding"),
    ],
)
def test_what_is_no_text_is_named_and_its_encoding_is_not_guessed(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    message = refusal(tmp_path, content)
    assert expected in message
    assert ("encoding" in message) == ("encoding" in expected)


def test_control_characters_in_a_text_do_not_make_it_binary(tmp_path: Path) -> None:
    content = b"a\x01b\n" + b"\x02\x01\x03\n" * 100
    header, rows, _, _ = read(tmp_path, content, FileOptions(delimiter="\x01"))
    assert (header, rows[0]) == (["a", "b"], (2, ["\x02", "\x03"]))


def test_what_cannot_be_unpacked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = b"a,b\n" + b"1,2\n" * 100_000
    packed = gzip.compress(plain)
    assert "damaged archive" in refusal(tmp_path, packed[:-9])
    assert "damaged archive" in refusal(tmp_path, packed[:50] + b"\0" * 50 + packed[100:])
    assert "compressed twice" in refusal(tmp_path, gzip.compress(packed))
    two = Path(zipped(tmp_path / "two.zip", a__csv=plain, b__csv=plain)).read_bytes()
    assert "contains 2 tables: a.csv, b.csv" in refusal(tmp_path, two)
    none = Path(zipped(tmp_path / "none.zip")).read_bytes()
    assert "contains no table" in refusal(tmp_path, none)
    zip_bytes = Path(zipped(tmp_path / "one.zip", a__csv=plain)).read_bytes()
    assert "damaged" in refusal(tmp_path, zip_bytes[:-30])
    locked = bytearray(zip_bytes)
    locked[6] |= 1
    locked[zip_bytes.index(b"PK\x01\x02") + 8] |= 1
    assert "needs a password" in refusal(tmp_path, bytes(locked))
    monkeypatch.setattr(archives, "MOST_UNPACKED", 100_000)
    for bomb in (packed, zip_bytes):
        assert "unpacks to more than" in refusal(tmp_path, bomb)


def test_blank_rows_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separated, "BLANK_ROWS", replace(BLANK_ROWS, value=1000))
    monkeypatch.setattr(separated, "BLANK_CELLS", replace(BLANK_CELLS, value=5000))
    assert "line 1001: there are more than 1,000 rows" in refusal(tmp_path, b"\n" * 2000)
    wide = b"a,b\n" + b",,,,,,,,,\n" * 600
    assert "line 502: there are more than 5,000 cells" in refusal(tmp_path, wide)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a,b\n" + b"1,2\n" * 10_000)
    content = bytearray(buffer.getvalue())
    position = content.index(b"PK\x01\x02") + 24
    content[position : position + 4] = (100).to_bytes(4, "little")
    assert "damaged archive" in refusal(tmp_path, bytes(content))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError, match="No such file"):
        open_table(str(tmp_path / "nowhere.csv"))
    with pytest.raises(FileUnreadableError, match="directory"):
        open_table(str(tmp_path))
    with pytest.raises(FileUnreadableError, match="is a device"):
        open_table("/dev/zero")
    with pytest.raises(FileUnreadableError, match="cannot be read"):
        open_table("a\0b.csv")


CELLS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('",;\t\r\n \0'))


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from("\"'"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-16-le", "gb18030"]),
)
def test_whatever_can_be_written_is_read_to_the_same_cells(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]], delimiter: str, quote: str, end: str, encoding: str,
) -> None:  # fmt: skip
    text = io.StringIO(newline="")
    # A CR in a cell is quoted only where lines end in it; quoting all is right everywhere.
    minimal = end == "\r\n"
    csv.writer(
        text, delimiter=delimiter, quotechar=quote, lineterminator=end,
        quoting=csv.QUOTE_MINIMAL if minimal else csv.QUOTE_ALL,
    ).writerows(rows)  # fmt: skip
    form = FileOptions(encoding=encoding, delimiter=delimiter, quote=quote, skip_unnamed=False)
    folder = tmp_path_factory.mktemp("written")
    content = text.getvalue().encode(encoding)
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    try:
        header, read_rows, *_ = read(folder, content, form)
    except FileUnreadableError as error:
        # What looks like UTF-16, a packed file or a web page may be refused.
        if "file.csv" in str(error) and (b"\0" in content or content[:1] in b"PK\x1f<\xd0"):
            return
        raise
    if expected and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert [header, *(cells for _, cells in read_rows)] == expected
