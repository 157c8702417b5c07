"""Hints for cells that cannot be read: what to write instead, if it can be guessed."""

import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from bricoop.domain.amounts import plain
from bricoop.domain.sectors import sector_label, sectors_named
from bricoop.domain.synonyms import codes_meant
from bricoop.domain.vocabularies import Qualifier
from bricoop.errors import AmbiguousNameError, NotFoundError

_NUMBERS = "Numbers are plain: 1740, 6.4 or 7.27e9."
_DATES = "Dates are 2019, 2019-03 or 2019-03-14."
_PERIODS = "Periods are 2013, 2013..2018 or ..2019-02."
_SECTORS = "Use three digits (210) or five (21030)."
#: The largest number of sectors listed in a hint.
_CLOSEST = 3
_EMPTY = "Leave the cell empty if nothing is known."
#: Texts that mean that a value is unknown, in lower case and without dots.
_UNKNOWN = frozenset(
    {
        "n/a", "na", "#n/a", "nan", "null", "none", "nil", "tbd", "tba", "tbc", "unknown", "nd",
        "not known", "not available", "unspecified", "?", "-", "--", "\u2013", "\u2014", "\u2026",
    }
)  # fmt: skip
_QUARTER = re.compile(r"Q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?Q([1-4])", re.ASCII | re.IGNORECASE)
_DIGITS = re.compile(r"\d{8}", re.ASCII)
_PERCENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*%", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,'\u0020\u00a0\u2009\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
#: A number among words, signs and units.
_ALONE = re.compile(r"[^\d]*(\d+(?:\.\d+)?)[^\d]*", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,4})", re.ASCII)
_WRITTEN = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y",
            "%Y-%m-%d %H:%M:%S", "%Y年%m月%d日")  # fmt: skip
_MONTHS = ("%B %Y", "%b %Y", "%b-%Y", "%Y/%m", "%m/%Y", "%m.%Y", "%m-%Y", "%Y.%m", "%Y年%m月")
_SPAN = re.compile(r"(\d{4})\s*(?:[-/\u2013\u2014]|to)\s*(\d{4}|\d{2})", re.ASCII)
#: The largest length of a date, in characters.
_LONGEST = 30
_YEAR = 4


def says_nothing(cell: str) -> bool:
    """Return whether a cell means that the value is unknown.

    >>> says_nothing("N.A."), says_nothing("TBD"), says_nothing("soon")
    (True, True, False)
    """
    return cell.casefold().replace(".", "").strip() in _UNKNOWN


def number_advice(cell: str) -> str:
    """Return how to write a number, or the advice to leave the cell empty."""
    if says_nothing(cell):
        return _EMPTY
    if match := _PERCENT.fullmatch(cell):
        number = match[1].replace(",", ".")
        share = plain(Decimal(number).scaleb(-2))
        return f"Write {number} where the column is in percent, and {share} where it is a share."
    if _GROUPED.fullmatch(cell):
        return f"Write {re.sub('[^-+.0-9]', '', cell)}."
    if _COMMA.fullmatch(cell):
        return f"Write {cell.replace(',', '.')}, with a decimal point."
    match = _ALONE.fullmatch(cell[: 2 * _LONGEST])
    if match and match[1] != cell.strip("+-"):
        # The number itself is not suggested: the word beside it may be "million".
        return "Write the number alone, in digits, without words, signs and units."
    return _NUMBERS


def percentage_advice(cell: str) -> str:
    """Return how to write a number in a column of percentages."""
    number = cell.rstrip("% ")
    return f"Write {number}." if _PLAIN.fullmatch(number) else number_advice(number)


def figure_advice(cell: str) -> str:
    """Return how to write a statistic; a qualifier such as "over" belongs in its own column."""
    match = _ALONE.fullmatch(cell[: 2 * _LONGEST])
    codes = codes_meant(cell.partition(match[1])[0], Qualifier) if match else []
    code = (
        codes[0]
        if codes
        else next((qualifier for qualifier in Qualifier if cell.startswith(qualifier)), "")
    )
    if match and code:
        return f"Write {match[1]} here, and {code} in the column qualifier."
    return number_advice(cell)


@lru_cache(maxsize=4096)
def date_advice(cell: str) -> str:
    """Return how to write a date, or the advice to leave the cell empty."""
    if says_nothing(cell) or not cell.strip("0"):
        return _EMPTY
    if match := _QUARTER.fullmatch(cell):
        return f"Write {match[2] or match[3]}, or a month: quarters are not dates."
    dates = " or ".join(_dates_meant(cell)) if len(cell) <= _LONGEST else ""
    return f"Write {dates}." if dates else _DATES


def period_advice(cell: str) -> str:
    """Return how to write a period."""
    if match := _SPAN.fullmatch(cell):
        first, last = match.groups()
        return f"Write {first}..{first[: _YEAR - len(last)]}{last}."
    if match := _QUARTER.fullmatch(cell):
        year, last_month = match[2] or match[3], 3 * int(match[1] or match[4])
        return f"Write {year}-{last_month - 2:02}..{year}-{last_month:02}."
    advice = date_advice(cell)
    return _PERIODS if advice == _DATES else advice


def _dates_meant(cell: str) -> list[str]:
    """Return the dates that a cell may mean, in ISO 8601 form."""
    if match := _NUMERIC.fullmatch(cell):
        first, second, third = match.groups()
        if len(first) == _YEAR:
            orders = [(first, second, third)]
        elif len(third) == _YEAR:
            orders = [(third, second, first), (third, first, second)]
        else:
            return []
        dates = []
        for year, month, day in orders:
            with suppress(ValueError):
                dates.append(date(int(year), int(month), int(day)).isoformat())
        return list(dict.fromkeys(dates))
    if _DIGITS.fullmatch(cell):
        with suppress(ValueError):
            return [date.fromisoformat(cell).isoformat()]
        return []
    for patterns, form in ((_WRITTEN, "%Y-%m-%d"), (_MONTHS, "%Y-%m")):
        for pattern in patterns:
            with suppress(ValueError):
                # A day has no zone.
                return [datetime.strptime(cell, pattern).strftime(form)]  # noqa: DTZ007
    return []


@lru_cache(maxsize=4096)
def sector_advice(cell: str) -> str:
    """Return the closest sectors for the name in a cell, or else what a code looks like."""
    sectors: tuple[str, ...] = ()
    if not any(map(str.isdigit, cell)):
        try:
            sectors = tuple(map(sector_label, sectors_named(cell[: 2 * _LONGEST])))
        except AmbiguousNameError as error:
            sectors = error.candidates
        except NotFoundError as error:
            sectors = error.closest
    return f"Did you mean: {'; '.join(sectors[:_CLOSEST])}?" if sectors else _SECTORS
