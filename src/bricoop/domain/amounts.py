"""Exact decimals as text: no float ever stands between a source's figure and a reader."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'\u0020\u00a0\u2009\u202f]\d{3})+", re.ASCII)
#: `1.740` is 1.74 to one reader and 1740 to another, and one of them loses the money.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
#: More digits than any amount has; a longer one is a mistake, or an attempt to fill memory.
MAX_DIGITS = 40
#: Enough digits for any sum of amounts: nothing is rounded.
WIDE = Context(prec=200)
_CENT = Decimal("0.01")
#: Millionths of a dollar that a 64-bit whole number can hold.
MOST_DOLLARS = Decimal("9e12")
#: A part of an amount that does not count as lost.
_NEGLIGIBLE = Decimal("1e-6")
#: Dollars are kept to the millionth.
_MICRO = Decimal("0.000001")
#: The largest whole number that both databases take.
LARGEST = 2**63 - 1


def parse_decimal(text: str, *, exactly_three: bool = False) -> Decimal:
    """Return the exact decimal that a plain number states: `1740`, `6.4`, `7.27e9`.

    Args:
        text: the number.
        exactly_three: whether three digits after the point are no doubt, as in a coordinate.

    Raises:
        ValueError: the text is no plain number, or may be read in two ways, as `1.740` may.
    """
    if not exactly_three and _AMBIGUOUS.fullmatch(text):
        message = f"may be a thousand times more; write {text.replace('.', '')} or {text}0"
        raise ValueError(message)
    if _PLAIN.fullmatch(text):
        value = Decimal(text)
        if len(value.as_tuple().digits) > MAX_DIGITS:
            message = f"is a number of more than {MAX_DIGITS} digits"
            raise ValueError(message)
        return value
    if _GROUPED.fullmatch(text):
        message = "is a number with thousands marks"
        raise ValueError(message)
    message = "is not a plain number"
    raise ValueError(message)


def plain(value: Decimal) -> str:
    """Return the shortest plain text of a decimal: no exponent, no trailing zeros.

    >>> plain(Decimal("7.27e9"))
    '7270000000'
    """
    # Not normalize(): it rounds to the 28 digits of the current context.
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def undoubted(value: Decimal) -> str:
    """Return a decimal as `plain` does, with one more zero where `parse_decimal` would doubt it.

    >>> undoubted(Decimal("1.745")), undoubted(Decimal("1.740"))
    ('1.7450', '1.74')
    """
    text = plain(value)
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text


def in_dollars(amount: Decimal | None, currency: str | None) -> Decimal | None:
    """Return the nominal US dollars of an amount that is stated in them; None for any other."""
    if amount is None or currency != "USD" or abs(amount) > MOST_DOLLARS:
        return None
    return to_the_millionth(amount)


def to_the_millionth(amount: Decimal) -> Decimal:
    """Return an amount of US dollars as both databases store it, the half to the even one."""
    return amount.quantize(_MICRO, rounding=ROUND_HALF_EVEN, context=WIDE)


def loses_digits(amount: Decimal) -> bool:
    """Return whether an amount of US dollars loses more than a millionth of itself when stored.

    Published amounts that were converted have ten digits below the cent; nobody misses those that
    are below the millionth of a dollar in millions of them.
    """
    return abs(amount - to_the_millionth(amount)) > abs(amount) * _NEGLIGIBLE


def grouped(value: Decimal) -> str:
    """Return a decimal for people, with commas between thousands."""
    return f"{Decimal(plain(value)):,}"


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """Return the sum of decimals, of which nothing is rounded."""
    total = Decimal(0)
    for value in values:
        total = WIDE.add(total, value)
    return total


def told_apart(*amounts: Decimal | None) -> tuple[str, ...]:
    """Return amounts to the cent, or with all digits where different ones would look the same.

    >>> told_apart(Decimal("1000.0022"), Decimal("1000.0033"))
    ('1,000.0022', '1,000.0033')
    >>> told_apart(Decimal("1000.0022"), Decimal(7), None)
    ('1,000.00', '7.00', '')
    """
    known = {amount for amount in amounts if amount is not None}
    is_enough = len({to_the_cent(amount) for amount in known}) == len(known)
    show = to_the_cent if is_enough else grouped
    return tuple("" if amount is None else show(amount) for amount in amounts)


def to_the_cent(value: Decimal) -> str:
    """Return money for people: commas between thousands, and cents, the half to the even one.

    >>> to_the_cent(Decimal("-1234567.891"))
    '-1,234,567.89'
    """
    cents = value.quantize(_CENT, rounding=ROUND_HALF_EVEN, context=WIDE)
    return f"{cents:,f}" if cents else "0.00"
