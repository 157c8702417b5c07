"""The cells of a workbook: numbers that keep every digit, moments, truth values, and texts."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from bricoop.domain.amounts import plain
from bricoop.errors import UsageError
from bricoop.render.formats.sheet import Sheet
from bricoop.render.values import for_workbook, looks_like_formula

if TYPE_CHECKING:
    from collections.abc import Callable

#: A spreadsheet keeps so many digits of a number, and so many UTF-16 units of a text.
_DIGITS, _LONGEST = 15, 32_767


class Cells:
    """Writes values into the cells of a workbook, each by its type."""

    def __init__(self, book: Workbook) -> None:
        """Make the formats of its cells."""
        self._moment = book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'})
        # A text so marked stays a text also when somebody edits its cell.
        self._quoted = book.add_format({"quote_prefix": True})
        self._amount: Callable[[int], Any] = cache(
            lambda decimals: book.add_format(
                {"num_format": f"#,##0{'.' if decimals else ''}{'0' * decimals}"}
            )
        )

    def write(self, sheet: Sheet, row: int, column: int, value: Any) -> int:
        """Write a value, and return how many characters wide it is.

        Raises:
            UsageError: it is a longer text than a cell holds.
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

    def _text(self, sheet: Sheet, row: int, column: int, value: Any) -> int:
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
    """Return whether the number in a workbook is that number, digit for digit."""
    if isinstance(value, float):
        # The file holds sixteen digits; also no infinity, which has no number there.
        return float(f"{value:.16G}") == value and abs(value) != float("inf")
    exact = Decimal(value)
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    return len(digits) <= _DIGITS and Decimal(repr(float(exact))) == exact
