"""Open a workbook of any format: list its sheets and read the cells of one."""

import zipfile
from contextlib import suppress
from io import BytesIO
from typing import IO, TYPE_CHECKING

from bricoop.ingest.readers.archives import is_ods
from bricoop.ingest.readers.compound_files import MAGIC
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
from bricoop.ingest.readers.xlsx_markup import parts_of, xlsx_marks

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


class CalamineBook:
    """An .xlsx, .xlsm or .xls workbook, surveyed for its size before its cells are loaded.

    Attributes:
        counts_days: whether it keeps dates as numbers of days.
        entries: its sheets in order.
    """

    counts_days = True

    def __init__(self, whole: IO[bytes], name: str, old: OldBook | None = None) -> None:
        """Open the workbook; `old` is the survey of an .xls.

        Raises:
            FileUnreadableError: it is damaged, needs a password, or would fill memory.
        """
        self._name = name
        self._old = old
        self._parts = None if old else parts_of(whole, name)
        self._workbook = open_workbook(BytesIO(old.clean()) if old else whole, name)
        kinds = [(str(sheet.typ), str(sheet.visible)) for sheet in self._workbook.sheets_metadata]
        self.entries = [
            SheetEntry(sheet, not visible.endswith(".Visible"), kind.endswith("WorkSheet"))
            for sheet, (kind, visible) in zip(self._workbook.sheet_names, kinds, strict=True)
        ]

    def sheet(self, number: int, where: str) -> tuple["CalamineSheet", Marks]:
        """Return a sheet, counted from 0, and its marks: errors, formats, hidden rows and so on.

        Raises:
            FileUnreadableError: it is damaged, or would fill memory; `where` names it.
        """
        marks = self._old.marks(number) if self._old else xlsx_marks(self._parts, number, where)
        with self._workbook as workbook, damaged(self._name):
            return workbook.get_sheet_by_index(number), marks


def open_book(whole: IO[bytes], name: str) -> CalamineBook | OpenDocument:
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
    return CalamineBook(whole, name, old)
