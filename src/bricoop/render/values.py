"""Conversion of values to text, for people, data files and spreadsheets."""

import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from bricoop.domain.amounts import WIDE, grouped, plain, to_the_cent
from bricoop.domain.cells import Cell
from bricoop.domain.names import beginning, without_commands
from bricoop.domain.vocabularies import label

LIST_JOINT = "; "
#: Longer texts are cut in tables for people.
_LONGEST = 2_000
#: Text that a spreadsheet runs as a formula, possibly already guarded by apostrophes. Loading
#: removes one apostrophe, so guarded text gets one more.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
#: Integers from this on cannot be years, and always have thousands separators.
UNLIKE_YEAR = 10_000
#: Units of large amounts, and the significant digits shown.
_LARGE = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"))
_FIGURES = 3
#: Amounts from this on are shown without cents in headlines.
_WHOLE = 1000
#: The fraction of a unit from which rounding to three digits gives one whole unit.
_NEARLY_ONE = Decimal("0.9995")


class Marked(str):
    """A printable text with highlighted spans.

    Attributes:
        spans: start and end index of each highlighted span.
    """

    __slots__ = ("spans",)
    spans: tuple[tuple[int, int], ...]

    def __new__(cls, text: str, spans: tuple[tuple[int, int], ...]) -> Self:
        """Return a text with its highlighted spans."""
        marked = super().__new__(cls, text)
        marked.spans = spans
        return marked


def bounded(text: str) -> str:
    """Return a text for people, with a hint in place of what is beyond thousands of characters."""
    if len(text) <= _LONGEST:
        return text
    start = beginning(text, _LONGEST)
    return f"{start} ({len(text):,} characters; -f json has all of them)"


def as_text(value: Cell) -> str:
    """Return a value as text for data files: plain numbers, ISO 8601 times, joined lists."""
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
    value: Cell, *, coded: bool = False, money: bool = False, grouped_from: int | None = UNLIKE_YEAR
) -> str:
    """Return a value as text for people, with labels, thousands separators and cents.

    Args:
        value: the value.
        coded: whether it is a code.
        money: whether it is money.
        grouped_from: integers from this on have thousands separators; None for none.
    """
    if coded and isinstance(value, str):
        return label(value)
    if isinstance(value, list | tuple):
        return LIST_JOINT.join(for_people(element, coded=coded) for element in value)
    if isinstance(value, Decimal):
        return to_the_cent(value) if money else grouped(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return as_text(value)
    is_grouped = grouped_from is not None and abs(value) >= grouped_from
    return f"{value:,}" if is_grouped else str(value)


def short_money(value: Decimal, unit: str = "USD") -> str:
    """Return money with three significant digits, for headlines and labels.

    Halves are rounded to even, as everywhere. Amounts from a thousand to a million have no cents.

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
        # Use the largest unit in which the rounded amount is at least 1: 999,600,000 is 1.00 bn.
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


def for_spreadsheet(value: Cell) -> str:
    """Return a value as text with an apostrophe before formulas; loading removes it again.

    Characters that would act on a screen are escaped, also for the workbooks below.
    """
    return _guarded(value, _FORMULA)


def for_workbook(value: Cell) -> str:
    """Return a value as text for a workbook cell of type text, which is never run.

    Only text that looks guarded gets an apostrophe, because loading removes one.
    """
    return _guarded(value, _GUARDED)


def looks_like_formula(text: str) -> bool:
    """Return whether a spreadsheet would treat typed text as a formula."""
    return _FORMULA.match(text) is not None


def _guarded(value: Cell, formula: re.Pattern[str]) -> str:
    if isinstance(value, str):
        text = without_commands(value)
        return f"'{text}" if formula.match(text) else text
    if isinstance(value, list | tuple):
        # Loading removes apostrophes from each element of a list.
        return LIST_JOINT.join(_guarded(element, formula) for element in value)
    return as_text(value)
