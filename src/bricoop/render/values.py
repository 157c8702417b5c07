"""How one value reads: for people, for data files, and for spreadsheets that would run it."""

import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Self

from bricoop.domain.amounts import WIDE, grouped, plain, to_the_cent
from bricoop.domain.vocabularies import label

LIST_JOINT = "; "
#: What a spreadsheet takes for a formula; a text that is guarded already gets one guard more.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
#: From here on a whole number is no year: its thousands are apart, whatever it is.
UNLIKE_YEAR = 10_000
#: The units of large amounts, and how many digits of them are shown.
_LARGE = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"))
_FIGURES = 3
#: From here on a figure of three digits is rounded up to the next unit.
#: From this amount on, cents say nothing in a headline.
_WHOLE = 1000
_NEARLY_ONE = Decimal("0.9995")


class Marked(str):
    """A text that may be printed, some of whose characters stand out on a terminal.

    Attributes:
        spans: of each such piece the first character, and the one after the last.
    """

    __slots__ = ("spans",)
    spans: tuple[tuple[int, int], ...]

    def __new__(cls, text: str, spans: tuple[tuple[int, int], ...]) -> Self:
        """Keep a text, and which of its characters stand out."""
        marked = super().__new__(cls, text)
        marked.spans = spans
        return marked


def as_text(value: Any) -> str:
    """Return a value as data files write it: plain numbers, ISO moments, lists joined."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list | tuple):
        return LIST_JOINT.join(as_text(element) for element in value)
    return str(value)


def for_people(
    value: Any, *, coded: bool = False, money: bool = False, grouped_from: int | None = UNLIKE_YEAR
) -> str:
    """Return a value as people read it: codes by their labels, thousands apart, money in cents.

    Args:
        value: the value.
        coded: whether it is a code.
        money: whether it is money.
        grouped_from: the least whole number whose thousands are apart; None for none.
    """
    if coded and isinstance(value, str):
        return label(value)
    if isinstance(value, list | tuple):
        return LIST_JOINT.join(for_people(element, coded=coded) for element in value)
    if isinstance(value, Decimal):
        return to_the_cent(value) if money else grouped(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if is_whole and grouped_from is not None and abs(value) >= grouped_from:
        return f"{value:,}"
    return as_text(value)


def short_money(value: Decimal, unit: str = "USD") -> str:
    """Return money in three digits, for a card or a label; tables and files have the exact amount.

    Halves go to the even digit, as everywhere. From a thousand to a million it is whole, and below
    that to the cent.

    Args:
        value: the amount, exact.
        unit: its currency, or the price base and the currency: `USD`, `constant 2021 USD`, `CNY`.

    >>> short_money(Decimal("1428000000")), short_money(Decimal("999600000"), "nominal USD")
    ('US$ 1.43 bn', 'nominal US$ 1.00 bn')
    """
    base, _, currency = unit.rpartition(" ")
    symbol = "US$" if currency == "USD" else currency
    sign = "-" if value < 0 else ""
    return " ".join(word for word in (base, symbol, sign + _shortened(abs(value))) if word)


def _shortened(amount: Decimal) -> str:
    for size, name in _LARGE:
        # The largest unit in which the rounded figure is at least one: 999,600,000 is 1.00 bn.
        if amount >= size * _NEARLY_ONE:
            figure = WIDE.divide(amount, Decimal(size))
            for decimals in (2, 1, 0):
                shown = figure.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, WIDE)
                if len(str(shown).replace(".", "")) <= _FIGURES:
                    break
            return f"{shown:,} {name}"
    if amount >= _WHOLE:
        return f"{amount.quantize(Decimal(1), ROUND_HALF_EVEN, WIDE):,}"
    return to_the_cent(amount)


def for_spreadsheet(value: Any) -> str:
    """Return a value as text that no spreadsheet runs; loading takes the guard off again."""
    return _guarded(value, _FORMULA)


def for_workbook(value: Any) -> str:
    """Return a value as the text of a cell that is known to be text, and is not run.

    Only what looks guarded gets a guard, because loading takes one off.
    """
    return _guarded(value, _GUARDED)


def looks_like_formula(text: str) -> bool:
    """Return whether a spreadsheet would run a text, were it typed in."""
    return _FORMULA.match(text) is not None


def _guarded(value: Any, formula: re.Pattern[str]) -> str:
    if isinstance(value, str):
        return f"'{value}" if formula.match(value) else value
    if isinstance(value, list | tuple):
        # Loading looks at each part of a list by itself.
        return LIST_JOINT.join(_guarded(element, formula) for element in value)
    return as_text(value)
