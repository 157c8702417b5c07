"""Open a workbook of any format: list its sheets and read the cells of one."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import IO, Any, Protocol

from bricoop.ingest.readers.archives import is_ods
from bricoop.ingest.readers.compound_files import MAGIC
from bricoop.ingest.readers.merges import Range
from bricoop.ingest.readers.opendocument import OpenDocument
from bricoop.ingest.readers.sheet_notes import Marks
from bricoop.ingest.readers.sheets import (
    SheetEntry,
    damaged,
    is_locked,
    locked,
    open_workbook,
    refusal,
)
from bricoop.ingest.readers.streams import DAMAGED_ARCHIVE
from bricoop.ingest.readers.xls_records import DAMAGED, OldBook
from bricoop.ingest.readers.xlsx_markup import Survey


class Cells(Protocol):
    """The cells of a sheet."""

    @property
    def start(self) -> tuple[int, int] | None:
        """Row and column of its first cell, counted from 0; None where it is empty."""

    @property
    def total_height(self) -> int:
        """How many rows it has."""

    @property
    def merged_cell_ranges(self) -> list[Range] | None:
        """Its merged ranges."""

    def iter_rows(self) -> Iterator[list[Any]]:
        """Yield the values of its rows, from the first row of the sheet on."""


class Book(Protocol):
    """A workbook.

    Attributes:
        counts_days: whether it keeps dates as numbers of days.
    """

    counts_days: bool

    @property
    def entries(self) -> Sequence[SheetEntry]:
        """Its sheets in order."""

    def sheet(self, number: int, where: str) -> tuple[Cells, Marks]:
        """Return a sheet, counted from 0, and its marks: errors, formats, hidden rows and so on.

        Raises:
            FileUnreadableError: it is damaged, or would fill memory; `where` names it.
        """


def open_book(whole: IO[bytes], name: str) -> Book:
    """Return a workbook.

    Raises:
        FileUnreadableError: it is damaged, needs a password, or would fill memory.
    """
    whole.seek(0)
    is_old = whole.read(len(MAGIC)) == MAGIC
    is_document = False
    with suppress(OSError, *DAMAGED_ARCHIVE):
        is_document = not is_old and is_ods(zipfile.ZipFile(whole))
    if (is_old or is_document) and is_locked(whole):
        raise locked(name)
    if is_document:
        return OpenDocument(whole, name)
    try:
        old = OldBook(whole, name) if is_old else None
    except DAMAGED as error:
        raise refusal(whole, name) from error
    return _CalamineBook(whole, name, old)


class _CalamineBook:
    """An .xlsx, .xlsm or .xls workbook, surveyed for its size before its cells are loaded."""

    counts_days = True

    def __init__(self, whole: IO[bytes], name: str, old: OldBook | None = None) -> None:
        self._name = name
        self._old = old
        self._survey = Survey(BytesIO() if old else whole, name)
        self._workbook = open_workbook(BytesIO(old.clean()) if old else whole, name)
        kinds = [(str(sheet.typ), str(sheet.visible)) for sheet in self._workbook.sheets_metadata]
        self.entries = [
            SheetEntry(sheet, not visible.endswith(".Visible"), kind.endswith("WorkSheet"))
            for sheet, (kind, visible) in zip(self._workbook.sheet_names, kinds, strict=True)
        ]

    def sheet(self, number: int, where: str) -> tuple[Cells, Marks]:
        marks = self._old.marks(number) if self._old else self._survey.marks(number, where)
        with self._workbook as workbook, damaged(self._name):
            return workbook.get_sheet_by_index(number), marks
