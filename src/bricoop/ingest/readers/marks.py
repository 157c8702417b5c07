"""Errors and formulas without a value, which a reader of workbooks takes for empty cells."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from posixpath import join, normpath
from typing import IO

from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.table import several

_BLOCK = 1024 * 1024
#: Rows times columns of a sheet; a stray cell in its last corner would fill all memory.
_MOST_CELLS = 100_000_000
_CELL = re.compile(rb"<(?:x:)?c\b([^>]*[^/>])>(.*?)</(?:x:)?c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_FAR = re.compile(rb'\br="([A-Z]{3})\d{1,7}"')
_ROW = re.compile(rb'<(?:x:)?row\b[^>]*\br="(\d{1,7})"')
_VALUE = re.compile(rb"<(?:x:)?v>([^<]*)<")
_FORMULA = re.compile(rb"<(?:x:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_SHEET = re.compile(rb"<(?:x:)?sheet\b[^>]*>")
_ID = re.compile(rb'\b\w+:id="([^"]*)"')


@dataclass
class Marks:
    """Cells whose texts stand in the file and nowhere else.

    Attributes:
        cells: the texts, by row and column, both counted from 1.
        notes: how many there are.
    """

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def marks_of(whole: IO[bytes], number: int, where: str) -> Marks:
    """Return the errors and the formulas without a value of a sheet.

    Raises:
        FileUnreadableError: a cell stands so far out that the sheet would fill all memory.
    """
    marks = Marks()
    whole.seek(0)
    try:
        with zipfile.ZipFile(whole) as archive:
            part = _part(archive, number)
            if part is None:
                _note_errors(archive, marks)
            else:
                with archive.open(part) as sheet:
                    _scan(sheet, marks, where)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, EOFError):
        # An .xls is no zip, and what is damaged is refused by the reader of cells.
        return Marks()
    return marks


def _part(archive: zipfile.ZipFile, number: int) -> str | None:
    if "xl/workbook.xml" not in archive.namelist():
        return None
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    found = _ID.search(sheets[number]) if number < len(sheets) else None
    relations = archive.read("xl/_rels/workbook.xml.rels")
    for one in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relations):
        target = re.search(rb'\bTarget="([^"]*)"', one)
        if found and target and b'Id="%b"' % found[1] in one:
            path = target[1].decode()
            return path.lstrip("/") if path.startswith("/") else normpath(join("xl", path))
    return None


def _note_errors(archive: zipfile.ZipFile, marks: Marks) -> None:
    if "content.xml" in archive.namelist():
        with archive.open("content.xml") as content:
            if any(b'value-type="error"' in piece for piece in _pieces(content, b"<table:")):
                marks.notes.append("The workbook has cells in error, which are read as empty.")


def _scan(sheet: IO[bytes], marks: Marks, where: str) -> None:
    errors = uncounted = 0
    widest = highest = 1
    for piece in _pieces(sheet, b"c "):
        widest = max([widest, *map(_column, set(_FAR.findall(piece)))])
        highest = max([highest, *map(int, _ROW.findall(piece))])
        if b't="e"' not in piece and b"<f" not in piece and b":f" not in piece:
            continue
        for attributes, content in _CELL.findall(piece):
            place = _PLACE.search(attributes)
            text = _text(attributes, content)
            if place and text:
                marks.cells.setdefault(int(place[2]), {})[_column(place[1])] = text
                errors += not text.startswith("=")
                uncounted += text.startswith("=")
    if widest * highest > _MOST_CELLS:
        raise FileUnreadableError(
            f"{where}: cells stand as far out as column {widest} and row {highest}.",
            "Delete the cells outside the table, and save the file again.",
        )
    if errors:
        marks.notes.append(f"In error: {several(errors, 'cell')}, read as the error's name.")
    if uncounted:
        marks.notes.append(f"Never computed: {several(uncounted, 'formula')}, read as it stands.")


def _text(attributes: bytes, content: bytes) -> str:
    value = _VALUE.search(content)
    if b't="e"' in attributes:
        return unescape(value[1].decode()) if value else "#ERROR"
    formula = _FORMULA.search(content)
    if formula and not (value and value[1]) and b't="str"' not in attributes:
        return f"={unescape((formula[1] or b'').decode())}"
    return ""


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number


def _pieces(stream: IO[bytes], tag: bytes) -> Iterator[bytes]:
    rest = b""
    while block := stream.read(_BLOCK):
        rest += block
        # A cell is never cut in two: the next piece begins where the last cell begins.
        cut = rest.rfind(b"<", 0, max(rest.rfind(tag), 0))
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest
