"""Typed cells of workbooks; numbers that a cell would round are written as text."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from bricoop.domain.amounts import plain
from bricoop.domain.cells import Cell
from bricoop.errors import UsageError
from bricoop.render.formats.sheet import Sheet
from bricoop.render.values import for_workbook, looks_like_formula

if TYPE_CHECKING:
    from collections.abc import Callable

#: Limits of a cell: significant digits of a number, and UTF-16 code units of a text.
_DIGITS, _LONGEST = 15, 32_767


class Cells:
    """Writer of values into cells of a workbook, by type."""

    def __init__(self, book: Workbook) -> None:
        """Add the cell formats to the workbook."""
        self._moment = book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'})
        # With the quote prefix a text stays text when its cell is edited.
        self._quoted = book.add_format({"quote_prefix": True})
        self._amount: Callable[[int], Any] = cache(
            lambda decimals: book.add_format(
                {"num_format": f"#,##0{'.' if decimals else ''}{'0' * decimals}"}
            )
        )

    def write(self, sheet: Sheet, row: int, column: int, value: Cell) -> int:
        """Write a value, and return its estimated width in characters.

        Raises:
            UsageError: the text is too long for a cell.
        """
        if value is None or value in ("", [], ()):
            return 0
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
            return len("FALSE")
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self._moment)
            return len("2019-03-14T09:26:53Z")
        if isinstance(value, int | float | Decimal) and _is_kept(value):
            return self._number(sheet, row, column, value)
        return self._text(sheet, row, column, value)

    def _number(self, sheet: Sheet, row: int, column: int, value: float | Decimal) -> int:
        if isinstance(value, Decimal):
            text = plain(value)
            decimals = len(text.partition(".")[2])
            sheet.write_number(row, column, float(value), self._amount(decimals))
            return len(text) * 4 // 3
        sheet.write_number(row, column, value)
        return len(str(value))

    def _text(self, sheet: Sheet, row: int, column: int, value: Cell) -> int:
        text = for_workbook(value)
        if len(text) > _LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST:
            message = f"Row {row:,} has a text of {len(text):,} characters"
            raise UsageError(
                f"{message}; a cell of a workbook holds at most {_LONGEST:,}.",
                "Leave its column out with --columns, or use CSV, NDJSON or Parquet.",
            )
        sheet.write_string(row, column, text, self._quoted if looks_like_formula(text) else None)
        return max(map(len, text.split("\n", 1)))


def _is_kept(value: float | Decimal) -> bool:
    """Return whether a number survives being stored in a workbook without rounding."""
    if isinstance(value, float):
        # XlsxWriter writes 16 digits; infinity has no representation.
        return float(f"{value:.16G}") == value and abs(value) != float("inf")
    exact = Decimal(value)
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    return len(digits) <= _DIGITS and Decimal(repr(float(exact))) == exact
