"""Survey the records of an .xls before its cells are loaded, to bound memory and time."""

import struct
from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import IO

from bricoop.domain.limits import OLD_WORKBOOK_AREA, OLD_WORKBOOK_SIZE, OLD_WORKBOOK_TEXTS
from bricoop.ingest.readers.cells import letters
from bricoop.ingest.readers.compound_files import CompoundFile, packed
from bricoop.ingest.readers.number_formats import Shape, shape_of
from bricoop.ingest.readers.sheet_notes import Marks
from bricoop.ingest.readers.xlsx_parts import too_large

#: Record types, as numbered in [MS-XLS].
_EOF, _BOF, _CONTINUE, _SHEET, _TEXTS, _NAME = 0x0A, 0x809, 0x3C, 0x85, 0xFC, 0x18
_FORMULA, _LABEL, _SHARED, _MANY, _BOOLEAN = 0x06, 0x204, 0xFD, 0xBD, 0x205
_RESULT, _SPAN, _ROW, _COLUMNS, _STYLE, _FORMAT = 0x207, 0x200, 0x208, 0x7D, 0xE0, 0x41E
_CELLS = {_FORMULA, _LABEL, _SHARED, _MANY, _BOOLEAN, 0x203, 0x27E}
_BIFF8 = 0x600
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
#: Exceptions raised for damaged files.
DAMAGED = (struct.error, ValueError, IndexError)


class OldBook:
    """An .xls workbook that was checked to fit in memory."""

    def __init__(self, whole: IO[bytes], name: str) -> None:
        """Read all records of all sheets, since calamine loads all sheets at once.

        Raises:
            FileUnreadableError: the workbook is too large.
            ValueError, struct.error, IndexError: it is damaged.
        """
        self._name = name
        content = CompoundFile(whole).stream("Workbook", "Book", most=OLD_WORKBOOK_SIZE.value)
        if content is None:
            raise too_large(name, f"its cells are more than {OLD_WORKBOOK_SIZE}")
        if b"PK\x05\x06" in content:
            # calamine might open an embedded zip workbook instead.
            raise ValueError(name)
        self._stream = bytearray(content)
        self._sheets: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self._sizes = array("I")
        self._shapes: dict[int, Shape] = {}
        self._area = self._cells = self._text = self._records = 0
        self._read_book()
        self._marks = [self._read_sheet(start) for start in self._sheets]
        self._refuse_overlap()

    def clean(self) -> bytes:
        """Return the workbook without what cells do not need: stated sizes, names, formulas."""
        return packed("Workbook", bytes(self._stream))

    def marks(self, number: int) -> Marks:
        """Return formats, errors and notes of a sheet, counted from 0."""
        return self._marks[number]

    def _each(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Yield type, offset and length of the records up to the end of a sheet."""
        stream, end, first = self._stream, len(self._stream), start
        while start + 4 <= end:
            kind, length = struct.unpack_from("<HH", stream, start)
            if kind == _EOF:
                break
            self._records += 1
            if self._records > OLD_WORKBOOK_AREA.value:
                raise too_large(self._name, f"its sheets have more than {OLD_WORKBOOK_AREA}")
            if start + 4 + length > end:
                raise ValueError(start)
            yield kind, start + 4, length
            start += 4 + length
        self._spans.append((first, start))

    def _read_book(self) -> None:
        stream = self._stream
        formats: dict[int, str] = {}
        styles: list[int] = []
        texts: list[tuple[int, int]] = []
        self._version = before = 0
        for kind, start, length in self._each(0):
            if kind == _SHEET:
                self._sheets += struct.unpack_from("<I", stream, start)
            elif kind == _STYLE:
                styles += struct.unpack_from("<H", stream, start + 2)
            elif kind == _TEXTS or (kind == _CONTINUE and before == _TEXTS):
                texts.append((start, start + length))
            else:
                self._read_other(kind, start, formats)
            before = before if kind == _CONTINUE else kind
        for number, style in enumerate(styles):
            if shape := shape_of(style, formats.get(style, "")):
                self._shapes[number] = shape
        if texts:
            self._sizes = _text_sizes(stream, texts, self._name)

    def _read_other(self, kind: int, start: int, formats: dict[int, str]) -> None:
        stream = self._stream
        if kind == _BOF:
            (self._version,) = struct.unpack_from("<H", stream, start)
        elif kind == _NAME:
            # Names are used by formulas only, and could make them arbitrarily long.
            struct.pack_into("<H", stream, start - 4, 0xFFF)
        elif kind == _FORMAT and self._version == _BIFF8:
            number, size, flags = struct.unpack_from("<HHB", stream, start)
            wide = flags & 1
            text = bytes(stream[start + 5 : start + 5 + (size << wide)])
            formats[number] = text.decode("utf-16-le" if wide else "latin-1", errors="replace")

    def _read_sheet(self, start: int) -> Marks:
        sheet = _OldSheet()
        for kind, at, length in self._each(start):
            if kind in _CELLS:
                self._read_cell(sheet, kind, at, length)
            elif kind == _RESULT:
                self._text += length
            elif kind == _SPAN:
                # calamine would allocate memory for the stated size before reading any cell.
                self._stream[at : at + length] = bytes(length)
            elif kind in {_ROW, _COLUMNS}:
                self._read_hidden(sheet, kind, at)
        marks = sheet.marks
        self._area += marks.height * marks.width
        if self._area > OLD_WORKBOOK_AREA.value or self._cells > OLD_WORKBOOK_AREA.value:
            out = f"column {letters(marks.width)} and row {marks.height}"
            reason = f"its cells extend to {out}; sheets are read up to"
            raise too_large(self._name, f"{reason} {OLD_WORKBOOK_AREA}")
        if self._text > OLD_WORKBOOK_TEXTS.value:
            raise too_large(self._name, f"its texts are more than {OLD_WORKBOOK_TEXTS}")
        return marks

    def _read_hidden(self, sheet: "_OldSheet", kind: int, at: int) -> None:
        first, last = struct.unpack_from("<HH", self._stream, at)
        if kind == _ROW and self._stream[at + 12] & 0x20:
            sheet.marks.hidden_rows.append((first + 1, first + 1))
        elif kind == _COLUMNS and self._stream[at + 8] & 1:
            sheet.marks.hidden_columns.append((first + 1, last + 1))

    def _refuse_overlap(self) -> None:
        """Refuse sheets that share records, as changes to one would affect the other."""
        spans = sorted(self._spans)
        if any(span[1] > other[0] for span, other in pairwise(spans)):
            raise ValueError(spans[0])

    def _read_cell(self, sheet: "_OldSheet", kind: int, at: int, length: int) -> None:
        stream = self._stream
        row, column, style = struct.unpack_from("<HHH", stream, at)
        # A record of several numbers: row, first column, six bytes for each number, last column.
        count = max(1, (length - 6) // 6) if kind == _MANY else 1
        self._cells += count
        sheet.add(row, column + count - 1, is_formula=kind == _FORMULA)
        if kind == _SHARED:
            (number,) = struct.unpack_from("<I", stream, at + 6)
            self._text += self._sizes[number] if number < len(self._sizes) else 0
        elif kind == _LABEL:
            self._text += length
        elif kind == _BOOLEAN and stream[at + 7]:
            sheet.add_error(row, column, stream[at + 6])
        elif kind == _FORMULA and length > 21:  # noqa: PLR2004 (where its expression begins)
            if stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:  # noqa: PLR2004 (an error)
                sheet.add_error(row, column, stream[at + 8])
            # Expressions are not needed, and could be crafted to take long to parse.
            struct.pack_into("<H", stream, at + 20, 0)
        for n in range(count):
            if kind == _MANY:
                (style,) = struct.unpack_from("<H", stream, at + 4 + 6 * n)
            if shape := self._shapes.get(style):
                sheet.marks.add_shape(row + 1, row + 1, column + n + 1, shape)


class _OldSheet:
    """The result of surveying one sheet."""

    def __init__(self) -> None:
        self.marks = Marks(height=0, width=0)
        self._first: dict[bool, int] = {}

    def add(self, row: int, last_column: int, *, is_formula: bool) -> None:
        """Add a cell; rows must be in order, as calamine relies on it."""
        for kind in {False, is_formula}:
            if row < self._first.setdefault(kind, row):
                raise ValueError(row)
        self.marks.height = max(self.marks.height, row + 1)
        self.marks.width = max(self.marks.width, last_column + 1)

    def add_error(self, row: int, column: int, code: int) -> None:
        """Add a cell that shows an error."""
        self.marks.cells.setdefault(row + 1, {})[column + 1] = _ERRORS.get(code, "#ERROR")
        self.marks.errors += 1


def _text_sizes(stream: bytearray, blocks: list[tuple[int, int]], name: str) -> "array[int]":
    """Return the size of each shared text, of which every cell gets a copy.

    Raises:
        FileUnreadableError: there are too many texts; `name` is the name of the workbook.
        ValueError: the data ends before the last text.
    """
    sizes = array("I")
    (count,) = struct.unpack_from("<I", stream, blocks[0][0] + 4)
    if count > OLD_WORKBOOK_AREA.value:
        raise too_large(name, f"its texts are more than {OLD_WORKBOOK_AREA.value:,}")
    texts = _Blocks(stream, blocks, 8)
    # A text may be cut at the end of a record; the rest follows in the next one, after a byte that
    # says anew whether its characters have one byte or two.
    for _ in range(count):
        if texts.left == 0:
            texts.follow()
        size, flags = struct.unpack("<HB", texts.take(3))
        # Formatting runs and phonetic readings may follow a text.
        runs = 4 * struct.unpack("<H", texts.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", texts.take(4))[0] if flags & 4 else 0
        texts.skip_characters(size, flags & 1)
        texts.skip(runs + more)
        sizes.append(size << (flags & 1))
    return sizes


class _Blocks:
    """Bytes that continue across record boundaries."""

    def __init__(self, stream: bytearray, blocks: list[tuple[int, int]], skipped: int) -> None:
        self._stream = stream
        self._rest = iter(blocks)
        self._at = self._end = 0
        self.follow()
        self._at += skipped

    @property
    def left(self) -> int:
        return max(0, self._end - self._at)

    def follow(self) -> None:
        block = next(self._rest, None)
        if block is None:
            raise ValueError(self._at)
        self._at, self._end = block

    def take(self, size: int) -> bytes:
        self._at += size
        return bytes(self._stream[self._at - size : self._at])

    def skip(self, size: int) -> None:
        while size > self.left:
            size -= self.left
            self.follow()
        self._at += size

    def skip_characters(self, size: int, wide: int) -> None:
        while size:
            taken = min(size, self.left >> wide)
            self._at += taken << wide
            size -= taken
            if size:
                self.follow()
                wide = self.take(1)[0] & 1
