"""Files of every make become rows with their place, or are refused with it."""

import hashlib
from pathlib import Path

import pytest

from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import CsvFile


def read(tmp_path: Path, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    """Write bytes to a file and read it to its end."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    file = CsvFile(str(path))
    try:
        rows = [(row.line, list(row.cells)) for row in file.rows()]
    finally:
        file.close()
    return list(file.header), rows, file.sha256


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\n1,2\n3,4",
        b"a,b\r\n1,2\r\n3,4\r\n",
        b"a,b\r1,2\r3,4\r",
        b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
    ],
)
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path, content: bytes) -> None:
    header, rows, digest = read(tmp_path, content)
    assert header == ["a", "b"]
    assert rows == [(2, ["1", "2"]), (3, ["3", "4"])]
    assert digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_file_of_many_blocks_has_all_its_rows_and_lines(tmp_path: Path, end: bytes) -> None:
    cells = [f"{number},{'é' * 500}" for number in range(5000)]
    content = end.join([b"a,b", *(cell.encode() for cell in cells)]) + end
    _, rows, digest = read(tmp_path, content)
    assert rows == [(n + 2, [str(n), "é" * 500]) for n in range(5000)]
    assert digest == hashlib.sha256(content).hexdigest()
    with pytest.raises(FileUnreadableError, match=r"line 5002: byte 3 of the line \(0xff\)"):
        read(tmp_path, content + b"1,\xff" + end)


def test_a_row_is_named_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    _, rows, _ = read(tmp_path, b'a,b\n\n"x\ny",2\n\n3,4\n')
    assert rows == [(3, ["x\ny", "2"]), (6, ["3", "4"])]


def test_an_empty_file_and_a_header_alone_have_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, b"")[:2] == ([], [])
    assert read(tmp_path, b"a,b\n")[:2] == (["a", "b"], [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'a,b\n1,2\n"x,2\n3,4\n', "line 3: a quote opens"),
        (b"a,b\n1,2\ncaf\xe9,2\n", "line 3: byte 4 of the line (0xe9)"),
        (b'a,b\n"x"y,2\n', "line 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(FileUnreadableError) as caught:
        read(tmp_path, content)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError, match="No such file"):
        CsvFile(str(tmp_path / "nowhere.csv"))
