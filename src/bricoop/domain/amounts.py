"""Parsing, rounding and formatting of exact decimal amounts, without floats."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

from bricoop.domain.limits import NUMBER_PLACES

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'\u0020\u00a0\u2009\u202f]\d{3})+", re.ASCII)
#: `1.740` means 1.74 with a decimal point and 1740 with a thousands separator: it is refused.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
#: The most digits of an amount. Longer numbers are mistakes, or attempts to exhaust memory.
MAX_DIGITS = 40
#: Decimal context with enough digits for any sum of numbers within `NUMBER_PLACES`, so that nothing
#: is rounded.
WIDE = Context(prec=220)
_CENT = Decimal("0.01")
#: The largest amount in US dollars: its millionths must fit a 64-bit integer in SQLite.
MOST_DOLLARS = Decimal("9e12")
#: Relative rounding error below which an amount counts as stored without loss.
_NEGLIGIBLE = Decimal("1e-6")
#: The unit to which US dollars are rounded when stored.
_MICRO = Decimal("0.000001")
#: The largest integer that both databases store.
LARGEST = 2**63 - 1


def parse_decimal(text: str, *, exactly_three: bool = False) -> Decimal:
    """Parse a plain number such as `1740`, `6.4` or `7.27e9` as an exact decimal.

    Args:
        text: the number.
        exactly_three: accept exactly three digits after the point, as in a coordinate; otherwise
            they are refused as ambiguous.

    Raises:
        ValueError: the text is not a plain number, or is ambiguous, such as `1.740`.
    """
    if not exactly_three and _AMBIGUOUS.fullmatch(text):
        message = f"may be a thousand times more; write {text.replace('.', '')} or {text}0"
        raise ValueError(message)
    if _PLAIN.fullmatch(text):
        value = Decimal(text)
        if len(value.as_tuple().digits) > MAX_DIGITS:
            message = f"is a number of more than {MAX_DIGITS} digits"
            raise ValueError(message)
        _refuse_extreme(value)
        return value
    if _GROUPED.fullmatch(text):
        message = "is a number with thousands marks"
        raise ValueError(message)
    message = "is not a plain number"
    raise ValueError(message)


def _refuse_extreme(value: Decimal) -> None:
    """Refuse a number too large or too small for exact sums, or for NUMERIC in PostgreSQL."""
    before, after = value.adjusted() + 1, -int(value.as_tuple().exponent)
    for digits, where in ((before, "before"), (after, "after")):
        if digits > NUMBER_PLACES.value:
            message = f"has more than {NUMBER_PLACES.value} digits {where} the decimal point"
            raise ValueError(message)


def plain(value: Decimal) -> str:
    """Format a decimal as briefly as possible, without exponent and trailing zeros.

    >>> plain(Decimal("7.27e9"))
    '7270000000'
    """
    # Not normalize(): it rounds to the 28 digits of the current context.
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def undoubted(value: Decimal) -> str:
    """Format a decimal as `plain` does, with a trailing zero if `parse_decimal` would refuse it.

    >>> undoubted(Decimal("1.745")), undoubted(Decimal("1.740"))
    ('1.7450', '1.74')
    """
    text = plain(value)
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text


def in_dollars(amount: Decimal | None, currency: str | None) -> Decimal | None:
    """Return an amount stated in US dollars as it is stored; None for any other currency."""
    if amount is None or currency != "USD" or abs(amount) > MOST_DOLLARS:
        return None
    return to_the_millionth(amount)


def to_the_millionth(amount: Decimal) -> Decimal:
    """Round an amount of US dollars to a millionth, half to even, as both databases store it."""
    return amount.quantize(_MICRO, rounding=ROUND_HALF_EVEN, context=WIDE)


def loses_digits(amount: Decimal) -> bool:
    """Return whether storing an amount of US dollars changes it by more than a millionth of itself.

    Amounts that a publisher converted have up to ten digits below the cent. Losing those below a
    millionth of a dollar is accepted.
    """
    return abs(amount - to_the_millionth(amount)) > abs(amount) * _NEGLIGIBLE


def grouped(value: Decimal) -> str:
    """Format a decimal with commas between thousands."""
    return f"{Decimal(plain(value)):,}"


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of decimals without rounding."""
    total = Decimal(0)
    for value in values:
        total = WIDE.add(total, value)
    return total


def told_apart(*amounts: Decimal | None) -> tuple[str, ...]:
    """Format amounts to the cent, or with all digits if different amounts would look the same.

    >>> told_apart(Decimal("1000.0022"), Decimal("1000.0033"))
    ('1,000.0022', '1,000.0033')
    >>> told_apart(Decimal("1000.0022"), Decimal(7), None)
    ('1,000.00', '7.00', '')
    """
    different = {amount for amount in amounts if amount is not None}
    is_enough = len({to_the_cent(amount) for amount in different}) == len(different)
    show = to_the_cent if is_enough else grouped
    return tuple("" if amount is None else show(amount) for amount in amounts)


def to_the_cent(value: Decimal) -> str:
    """Format money with commas between thousands and two decimals, rounded half to even.

    >>> to_the_cent(Decimal("-1234567.891"))
    '-1,234,567.89'
    """
    cents = value.quantize(_CENT, rounding=ROUND_HALF_EVEN, context=WIDE)
    return f"{cents:,f}" if cents else "0.00"
