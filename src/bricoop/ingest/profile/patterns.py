"""Patterns in profiles: validation of wildcards, and parsing of dates by `strptime` patterns."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bricoop.ingest.layouts.clean import BadValueError

_DAY = "%Y-%m-%d"
_FORMS = {"year": "%Y", "month": "%Y-%m", "day": _DAY}
_ANY = "*"
#: A span of years, such as 1931-2030.
_SPAN = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
_CENTURY = 100
#: The first year of four digits.
_FIRST = 1000


def word_fault(word: str) -> str:
    """Return what is wrong with a pattern of `when`; empty if it is valid.

    >>> word_fault("*M"), word_fault("Chinese *"), word_fault("*")
    ('', '', '')
    """
    inner = word[1:-1]
    if not word:
        return ""
    if _ANY not in inner or word == _ANY * len(word):
        return "" if word.strip(_ANY) or word == _ANY else "has more than one *"
    return f"has a {_ANY} in the middle; only the beginning and the end of a word may be {_ANY}"


def date_fault(patterns: Sequence[str], two_digit_years: str) -> str:
    """Return what is wrong with patterns of dates; empty if they are valid.

    Args:
        patterns: `strptime` patterns.
        two_digit_years: the span of 100 years for years of two digits, such as `1931-2030`; empty
            if it is not declared.
    """
    for pattern in patterns:
        if any(directive in pattern for directive in ("%c", "%x", "%D")):
            return f"{pattern!r} depends on the language of the machine: spell it out"
        if "%Y" not in pattern and "%y" not in pattern and "%G" not in pattern:
            return f"{pattern!r} has no year (%Y)"
    short = [pattern for pattern in patterns if "%y" in pattern.replace("%%", "")]
    if short and not two_digit_years:
        return (
            f"{short[0]!r} has years of two digits: give the hundred years that they are in, as "
            'two_digit_years = "1931-2030"'
        )
    return span_fault(two_digit_years) if two_digit_years else ""


def span_fault(two_digit_years: str) -> str:
    """Return what is wrong with a span of 100 years; empty if it is valid."""
    match = _SPAN.fullmatch(two_digit_years)
    if match and int(match[1]) >= _FIRST and int(match[2]) - int(match[1]) == _CENTURY - 1:
        return ""
    return f"two_digit_years {two_digit_years!r} is not a span of 100 years, such as 1931-2030"


def date_parser(patterns: Sequence[str], two_digit_years: str = "") -> Callable[[str], str]:
    """Return a parser of dates, by `strptime` patterns, to ISO 8601 form; see `date_fault`.

    It refuses texts that no pattern fits, and texts that two patterns read differently, such as
    03/04/2018: the cell does not tell whether it is in March or in April.
    """
    forms = [(pattern, _FORMS[_precision(pattern)], "%y" in pattern) for pattern in patterns]
    first = int(two_digit_years[:4]) if two_digit_years else 0

    def read(text: str) -> str:
        readings: dict[str, str] = {}
        for pattern, form, is_short in forms:
            try:
                day = datetime.strptime(text, pattern)  # noqa: DTZ007 (a day has no zone)
                if is_short:
                    day = day.replace(year=first + (day.year - first) % _CENTURY)
            except ValueError:
                continue
            readings.setdefault(day.strftime(form), pattern)
        if len(readings) == 1:
            return next(iter(readings))
        if not readings:
            expected = " or ".join(patterns)
            raise BadValueError(f"is not a date in the format of this layout: {expected}")
        both = " or ".join(f"{day} ({pattern})" for day, pattern in readings.items())
        raise BadValueError(f"may be {both}", "Declare only the pattern that this column uses.")

    return read


def _precision(pattern: str) -> str:
    if "%d" in pattern or "%j" in pattern:
        return "day"
    return "month" if any(directive in pattern for directive in ("%m", "%b", "%B")) else "year"
