"""Read the parts of an .xlsx that describe its sheets, within limits on memory."""

import re
import zipfile
from array import array
from collections.abc import Iterator
from html import unescape
from posixpath import join, normpath
from typing import IO

from bricoop.domain.limits import WORKBOOK_PART, WORKBOOK_TEXTS
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.number_formats import Shape, shape_of

_BLOCK = 1024 * 1024
#: The maximum size of a tag or cell, in bytes of XML.
_LARGEST_PIECE = 16 * _BLOCK
# Tags exclude `<`, so that a search never scans the same bytes repeatedly.
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
_ID = re.compile(rb'\b\w+:id="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_TARGET = re.compile(rb'\bTarget="([^"]*)"')
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b[^<>]*>")
_STYLE = re.compile(rb"<(?:\w+:)?xf\b[^<>]*>")
_STRING_BEGINS = re.compile(rb"<(?:\w+:)?si[\s/>]")
#: The last element of a block is searched first within this many bytes at its end.
_END = 64 * 1024
WORKBOOK = "xl/workbook.xml"


class Parts:
    """The parts of one .xlsx.

    Attributes:
        archive: the file.
        name: its name, for errors.
        shapes: the number formats of styles that show more than the plain value, by style number.
        text_sizes: the size of each shared text, in bytes of XML.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        """Read the parts that all sheets share.

        Raises:
            FileUnreadableError: its texts or styles would fill memory.
        """
        self.archive = archive
        self.name = name
        names = archive.namelist()
        self._names = {name.lower(): name for name in names}
        if len(self._names) < len(names):
            message = f"{name} contains a part twice."
            hint = "Open it in a spreadsheet program and save it again."
            raise FileUnreadableError(message, hint)
        self._read(WORKBOOK)
        self.shapes = self._shapes()
        self.text_sizes = self._text_sizes()

    def sheet(self, number: int) -> str:
        """Return the name of the part with the cells of a sheet, counted from 0.

        Raises:
            KeyError: the workbook does not name the part, or does not have it.
        """
        sheets = _SHEET.findall(self._read(WORKBOOK))
        relation_id = _ID.search(sheets[number]) if number < len(sheets) else None
        for relation in _RELATION.findall(self._read("xl/_rels/workbook.xml.rels")):
            target = _TARGET.search(relation)
            if relation_id and target and b'Id="%b"' % relation_id[1] in relation:
                path = target[1].decode()
                whole = path.lstrip("/") if path.startswith("/") else normpath(join("xl", path))
                return self._names[whole.lower()]
        raise KeyError(number)

    def _shapes(self) -> dict[int, Shape]:
        styles = self._read("xl/styles.xml")
        codes = {
            _number(format_tag): unescape(_attribute(format_tag, b"formatCode"))
            for format_tag in _FORMAT.findall(_inside(styles, b"numFmts"))
        }
        shapes: dict[int, Shape] = {}
        for number, style in enumerate(_STYLE.findall(_inside(styles, b"cellXfs"))):
            code = _number(style)
            if shape := shape_of(code, codes.get(code, "")):
                shapes[number] = shape
        return shapes

    def _text_sizes(self) -> "array[int]":
        sizes = array("I")
        name = self._names.get("xl/sharedstrings.xml")
        if name is None:
            return sizes
        most = WORKBOOK_TEXTS.value
        total = 0
        with self.archive.open(name) as stream:
            for piece in pieces(stream, _STRING_BEGINS, self.name):
                lengths = [len(text) for text in _STRING_BEGINS.split(piece)[1:]]
                sizes.extend(lengths)
                # Empty texts take memory, too.
                total += sum(lengths) + 24 * len(lengths)
                if total > most:
                    raise too_large(self.name, f"its texts are more than {WORKBOOK_TEXTS}")
        return sizes

    def _read(self, name: str) -> bytes:
        if name.lower() not in self._names:
            return b""
        with self.archive.open(self._names[name.lower()]) as stream:
            content = stream.read(WORKBOOK_PART.value + 1)
        if len(content) > WORKBOOK_PART.value:
            raise too_large(self.name, f"its part {name} is larger than {WORKBOOK_PART}")
        return content


def pieces(stream: IO[bytes], begins: re.Pattern[bytes], where: str) -> Iterator[bytes]:
    """Yield a part in pieces of about 1 MiB, each cut before an element.

    Args:
        stream: the part.
        begins: matches the beginning of an element.
        where: names the workbook in errors.

    Raises:
        FileUnreadableError: an element is too large.
    """
    rest = b""
    while block := stream.read(_BLOCK):
        rest += block
        cut = _last(begins, rest)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _LARGEST_PIECE:
            message = "a cell of it, or what stands between two cells, is larger than 16 MiB"
            raise too_large(where, message)
    yield rest


def _last(begins: re.Pattern[bytes], block: bytes) -> int:
    for start in (max(0, len(block) - _END), 0):
        last = 0
        for match in begins.finditer(block, start):
            last = match.start()
        if last:
            return last
    return 0


def too_large(where: str, reason: str) -> FileUnreadableError:
    """Return the error for a workbook that would fill memory."""
    hint = "Save the sheet as CSV, which is read row by row, or delete what is not data."
    return FileUnreadableError(f"{where}: {reason}.", hint)


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb'\b%b="([^"]*)"' % name, tag)
    return match[1].decode("utf-8", errors="replace") if match else ""


def _inside(content: bytes, element: bytes) -> bytes:
    """Return the content between the first tag of an element and its end."""
    start = content.find(element)
    end = content.find(element + b">", start + len(element))
    return content[start:end] if 0 < start < end else b""


def _number(tag: bytes) -> int:
    number = _attribute(tag, b"numFmtId")
    return int(number) if re.fullmatch(r"\d{1,9}", number, re.ASCII) else 0
