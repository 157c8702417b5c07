"""Survey the XML of an .xlsx sheet for what calamine does not report, before cells are loaded.

This covers errors, formulas without values, number formats and hidden rows, and whether the cells
fit in memory.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from typing import IO, NoReturn

from bricoop.domain.limits import WORKBOOK_AREA, WORKBOOK_CELLS, WORKBOOK_TEXTS
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.sheet_notes import MOST_COLUMNS, MOST_ROWS, Marks
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE
from bricoop.ingest.readers.xlsx_parts import WORKBOOK, Parts, pieces, too_large

_CELL_BEGINS = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
#: The tag of a row or cell: its name and its attributes.
_TAG = re.compile(rb"<(?:\w+:)?(c|row)\b([^<>]*)>")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_EACH_CELL = re.compile(rb"(?=<(?:\w+:)?c[\s>])")
#: References of rows and cells.
_REFERENCE = re.compile(rb' r="([^"]*)"')
_ATTRIBUTE = re.compile(rb'(?<![\w:.-])r="([^"]*)"')
_PLACE = re.compile(rb'\br="([A-Za-z]{1,3})([1-9]\d{0,6})"')
_ROW = re.compile(rb'\br="([1-9]\d{0,6})"')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_SHARED = re.compile(rb't="s"[^<>]{0,200}> ?<(?:\w+:)?v> ?(\d{1,9}) ?<')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*(?:(?<=/)>|>([^<]*)<)")
_COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_FIRST, _LAST = re.compile(rb'\bmin="(\d{1,5})"'), re.compile(rb'\bmax="(\d{1,5})"')
_IS_HIDDEN = (b'hidden="1"', b'hidden="true"')
_SPACES = bytes.maketrans(b"\t\r\n", b"   ")
#: Beginnings of the tags of rows and cells, without or with a namespace prefix.
_TAGS = (b"<c ", b"<c>", b"<c/", b"<row", b":c ", b":c>", b":c/", b":row")
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DAMAGED = (OSError, *DAMAGED_ARCHIVE)


def parts_of(whole: IO[bytes], name: str) -> Parts | None:
    """Return the parts of a workbook, or None if it is damaged or none: calamine refuses it then.

    Raises:
        FileUnreadableError: its texts or styles would fill memory.
    """
    whole.seek(0)
    with suppress(*_DAMAGED):
        archive = zipfile.ZipFile(whole)
        if WORKBOOK in archive.namelist():
            return Parts(archive, name)
    return None


def xlsx_marks(workbook_parts: Parts | None, number: int, where: str) -> Marks:
    """Return the marks of a sheet, counted from 0, which `where` names in errors.

    Raises:
        FileUnreadableError: the sheet has invalid cell references, or would fill memory.
    """
    if workbook_parts is None:
        return Marks()
    try:
        return _Scan(workbook_parts, where).marks(number)
    except _DAMAGED as error:
        # Without a survey the sheet is not loaded, as it might fill memory.
        raise FileUnreadableError(
            f"{workbook_parts.name} is a damaged workbook.",
            "Open it in a spreadsheet program and save it again.",
        ) from error


class _Scan:
    """A pass over the XML of a sheet, with a second one if the first finds it to be large."""

    def __init__(self, workbook_parts: Parts, where: str) -> None:
        self._parts = workbook_parts
        self._where = where
        self._marks = Marks()
        self._shapes = workbook_parts.shapes
        self._sizes = workbook_parts.text_sizes
        self._row = self._column = 0
        self._highest = self._widest = 1
        self._filled = self._text = 0

    def marks(self, number: int) -> Marks:
        path = self._parts.sheet(number)
        for piece in self._pieces(path):
            self._read(piece)
        # Formatted empty cells far out are usual: only if the extent is too large, a second pass
        # measures it without them.
        if self._highest * self._widest > WORKBOOK_AREA.value:
            self._measure(path)
        if self._filled > WORKBOOK_CELLS.value:
            raise too_large(self._where, f"it has more than {WORKBOOK_CELLS}")
        return self._marks

    def _pieces(self, path: str) -> Iterator[bytes]:
        with self._parts.archive.open(path) as sheet:
            for piece in pieces(sheet, _CELL_BEGINS, self._where):
                # XML allows several notations of attributes; normalise them to the usual one.
                plain = piece.translate(_SPACES)
                if b" =" in plain or b"= " in plain:
                    plain = b" ".join(plain.split()).replace(b" =", b"=").replace(b"= ", b"=")
                if b"='" in plain:
                    plain = plain.replace(b"'", b'"')
                yield plain

    def _read(self, piece: bytes) -> None:
        # Cells without a value are written as <c …/> and take no memory: closing tags are counted.
        self._filled += piece.count(b"</c>") + piece.count(b":c>")
        self._count_text(piece)
        # Fast path: where every row and cell has a reference, as programs write them, searches over
        # the whole piece suffice. The slow path takes each tag by itself.
        references = _REFERENCE.findall(piece)
        tags = sum(map(piece.count, _TAGS))
        if len(references) >= tags and self._are_usual(references):
            self._read_hidden(piece)
            for attributes in _CELL_TAG.findall(piece) if self._shapes else ():
                self._read_shape(attributes)
        else:
            self._follow(piece)
        if b"<col" in piece or b":col" in piece:
            self._read_columns(piece)
        if b't="e"' in piece or b"<f" in piece or b":f" in piece:
            self._read_cells(piece)

    def _read_hidden(self, piece: bytes) -> None:
        if b"hidden=" in piece:
            hidden = filter(_is_hidden, _ROW_TAG.findall(piece))
            rows = (_ROW.search(attributes) for attributes in hidden)
            self._marks.hidden_rows += [(int(row[1]), int(row[1])) for row in rows if row]

    def _are_usual(self, references: list[bytes]) -> bool:
        """Update the extent of the sheet; return whether all references are valid."""
        columns = {reference.rstrip(_DIGITS) for reference in references}
        rows = {reference.lstrip(_LETTERS) for reference in references}
        if not all(len(name) <= 3 and not name.strip(_LETTERS) for name in columns):  # noqa: PLR2004 (XFD)
            return False
        if not all(0 < len(row) <= 7 and not row.strip(_DIGITS) for row in rows):  # noqa: PLR2004 (1048576)
            return False
        widest = max(map(_column, columns), default=1)
        highest = max(map(int, rows), default=1)
        if widest > MOST_COLUMNS or highest > MOST_ROWS or min(map(int, rows), default=1) < 1:
            return False
        self._widest, self._highest = max(self._widest, widest), max(self._highest, highest)
        if references:
            self._row = int(references[-1].lstrip(_LETTERS))
        return True

    def _follow(self, piece: bytes) -> None:
        """Slow path: follow every tag, as some have no reference or an invalid one."""
        for kind, attributes in self._tags(piece):
            self._highest = max(self._highest, self._row)
            self._widest = max(self._widest, self._column)
            if kind == b"row":
                if _is_hidden(attributes):
                    self._marks.hidden_rows.append((self._row, self._row))
            elif (style := _STYLE.search(attributes)) and int(style[1]) in self._shapes:
                self._marks.add_shape(
                    self._row, self._row, self._column, self._shapes[int(style[1])]
                )

    def _tags(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the tags of rows and cells with their attributes, and track their positions.

        A tag without a reference follows the previous one.
        """
        for kind, attributes in _TAG.findall(piece):
            reference = _ATTRIBUTE.search(attributes)
            if kind == b"row":
                self._row = int(self._placed(_ROW, reference)[1]) if reference else self._row + 1
                self._column = 0
            elif reference:
                match = self._placed(_PLACE, reference)
                self._row, self._column = int(match[2]), _column(match[1])
            else:
                self._column += 1
            if self._row > MOST_ROWS or self._column > MOST_COLUMNS:
                self._refuse(reference[1] if reference else b"a cell after the last one")
            yield kind, attributes

    def _placed(self, form: re.Pattern[bytes], reference: re.Match[bytes]) -> re.Match[bytes]:
        match = form.fullmatch(reference[0])
        if match is None:
            self._refuse(reference[1])
        return match

    def _read_shape(self, attributes: bytes) -> None:
        style = _STYLE.search(attributes)
        shape = self._shapes.get(int(style[1])) if style else None
        if shape and not attributes.endswith(b"/") and (match := _PLACE.search(attributes)):
            row = int(match[2])
            self._marks.add_shape(row, row, _column(match[1]), shape)

    def _read_columns(self, piece: bytes) -> None:
        for attributes in filter(_is_hidden, _COLUMN_TAG.findall(piece)):
            first, last = _FIRST.search(attributes), _LAST.search(attributes)
            if first and last:
                self._marks.hidden_columns.append((int(first[1]), int(last[1])))

    def _read_cells(self, piece: bytes) -> None:
        for cell in _EACH_CELL.split(piece):
            tag = _CELL_TAG.match(cell)
            if tag is None or tag[1].endswith(b"/"):
                continue
            match = _PLACE.search(tag[1])
            text = _text(tag[1], cell[tag.end() :])
            if match and text:
                row = self._marks.cells.setdefault(int(match[2]), {})
                row[_column(match[1])] = text
                self._marks.errors += not text.startswith("=")
                self._marks.uncounted += text.startswith("=")

    def _count_text(self, piece: bytes) -> None:
        """Add up the sizes of shared texts, as each cell gets its own copy in memory."""
        sizes = self._sizes
        shared = Counter(_SHARED.findall(piece))
        for index, cells in shared.items():
            number = int(index)
            self._text += cells * (sizes[number] if number < len(sizes) else 0)
        others = piece.count(b't="s"') - shared.total()
        if others > 0 and sizes:
            # In another notation: assume that each is the longest text.
            self._text += others * max(sizes)
        if self._text > WORKBOOK_TEXTS.value:
            raise too_large(self._where, f"the texts of its cells are more than {WORKBOOK_TEXTS}")

    def _measure(self, path: str) -> None:
        """Refuse a sheet whose extent, without empty cells, is too large."""
        highest = widest = 1
        self._row = self._column = 0
        for piece in self._pieces(path):
            for kind, attributes in self._tags(piece):
                if kind == b"c" and not attributes.endswith(b"/"):
                    highest, widest = max(highest, self._row), max(widest, self._column)
        if highest * widest > WORKBOOK_AREA.value:
            reason = f"its cells extend to column {letters(widest)} and row {highest}"
            raise too_large(self._where, f"{reason}, and a sheet is read up to {WORKBOOK_AREA}")

    def _refuse(self, reference: bytes) -> NoReturn:
        read = reference[:30].decode("latin-1")
        raise FileUnreadableError(
            f"{self._where}: {read!r} is not a cell of a sheet; the last one is XFD1048576.",
            "Open the file in a spreadsheet program and save it again.",
        )


def _is_hidden(attributes: bytes) -> bool:
    return any(attribute in attributes for attribute in _IS_HIDDEN)


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
    for letter in name.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
