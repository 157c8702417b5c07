"""Convert workbook values to the text that a person would type into a CSV load file."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from bricoop.domain.amounts import plain, undoubted


def cell_text(value: Any) -> str:
    """Return the text of a cell for a native load file, whose number format is fixed.

    >>> [cell_text(value) for value in (3.0, 1.745, True, date(2019, 3, 14))]
    ['3', '1.7450', 'yes', '2019-03-14']
    """
    # Written with four decimals, so that 1.745 cannot be mistaken for 1745.
    return undoubted(Decimal(plain_text(value))) if type(value) is float else plain_text(value)


def shown_decimal(value: float) -> Decimal:
    """Return a number as spreadsheet programs show it: with at most 15 significant digits.

    A file may store more digits, as in 0.30000000000000004 for 0.1 + 0.2; no program shows these,
    nor exports them to CSV.

    >>> shown_decimal(0.1 + 0.2), shown_decimal(5e-324)
    (Decimal('0.3'), Decimal('4.94065645841247E-324'))
    """
    return Decimal(f"{value:.15g}")


def is_finite(value: Any) -> bool:
    """Return whether the value of a cell is a number, and neither infinite nor yes or no."""
    return type(value) in {int, float} and isfinite(value)


def plain_text(value: Any) -> str:
    """Return the text of a cell for a profile, which defines its own number format.

    >>> [plain_text(value) for value in (3.0, 1.745)]
    ['3', '1.745']
    """
    return _TEXTS[type(value)](value)


def letters(column: int) -> str:
    """Return the letters of a column, counted from 1.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _float(value: float) -> str:
    # Workbooks have no integers: 3 is stored as 3.0, and no program shows the zero.
    if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 (above, a float skips integers)
        return str(int(value))
    return plain(shown_decimal(value))


def _datetime(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ")


def _timedelta(value: timedelta) -> str:
    minutes, seconds = divmod(value.total_seconds(), 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{int(seconds):02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _float,
    int: str,
    bool: lambda value: "yes" if value else "no",
    date: date.isoformat,
    datetime: _datetime,
    time: time.isoformat,
    timedelta: _timedelta,
}
