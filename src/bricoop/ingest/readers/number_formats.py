"""Number formats of workbook cells, as far as the text shown differs from the plain value."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from bricoop.domain.amounts import plain
from bricoop.ingest.readers.cells import is_finite, shown_decimal
from bricoop.ingest.readers.printed_digits import printed_by

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_CONDITION = re.compile(r"\[[^\]]*\]")
_ZEROS = re.compile(r"0{2,}")
#: Words after a number that multiply it by a thousand or more.
_UNITS = re.compile(
    r"k|m|mn|mm|mio|mln|b|bn|bln|tn|thousands?|millions?|billions?|trillions?"
    r"|тыс\.?|млн\.?|млрд\.?|[百千万萬亿億兆만억조]+",
    re.IGNORECASE,
)
#: Codes of built-in formats, where the text shown differs from the value.
_BUILT_IN = {9: "0%", 10: "0.00%", 17: "mmm-yy"}


class Shape(NamedTuple):
    """A number format whose text differs from the plain value.

    Attributes:
        code: the format code in the workbook.
        text: returns the text shown for a value, or None if the plain value says the same.
    """

    code: str
    text: Callable[[Any], str | None]


def shape_of(number: int, code: str) -> Shape | None:
    """Return the shape of a format code, or None if plain values say the same.

    Args:
        number: the number of the format; those below 164 are built in.
        code: the format code that the workbook defines, or an empty text.

    >>> shape_of(164, "yyyy").text(date(2018, 1, 1)), shape_of(165, "00000").text(42.0)
    ('2018', '00042')
    """
    code = code or _BUILT_IN.get(number, "")
    if not code or code.lower() in {"general", "@"}:
        return None
    # The first section is for positive numbers; others are for negative ones, zero and text.
    sections = _sections(code)
    bare = _CONDITION.sub("", _LITERAL.sub("", sections[0]))
    text = _of_dates(bare) or _of_numbers(sections, bare)
    return Shape(code, text) if text else None


def _sections(code: str) -> list[str]:
    sections, quoted = [""], False
    for index, char in enumerate(code):
        quoted ^= char == '"'
        if char == ";" and not quoted and code[index - 1 : index] != "\\":
            sections.append("")
        else:
            sections[-1] += char
    return sections


def _of_dates(bare: str) -> Callable[[Any], str | None] | None:
    letters = set(bare.lower())
    # With a day or a time, the plain value says at least as much. `e` is a year, too.
    if not letters & {"y", "e"} or letters & {"d", "h", "s", "0", "#", "?"}:
        return None
    form = "%Y-%m" if "m" in letters else "%Y"
    return lambda value: f"{value:{form}}" if isinstance(value, date) else None


def _of_numbers(sections: Sequence[str], bare: str) -> Callable[[Any], str | None] | None:
    first = sections[0]
    if _ZEROS.fullmatch(bare.strip()) and (padded := _padded(first)):
        return padded
    if printed := printed_by(sections):
        return printed
    if "%" in bare:
        return _percent
    if re.search(r"[0#?]", bare):
        # A comma after the digits divides by a thousand: then the unit is already in the value.
        scaled = re.search(r"[0#?],+\s*$", bare.replace(" ", ""))
        unit = " ".join(_literals(first).split())
        if not scaled and _UNITS.fullmatch(unit):
            return lambda value: (
                f"{plain(shown_decimal(value))}{unit}" if is_finite(value) else None
            )
    return None


def _percent(value: Any) -> str | None:
    return f"{plain(shown_decimal(value) * 100)}%" if is_finite(value) else None


def _padded(first: str) -> Callable[[Any], str | None] | None:
    """Return how whole numbers are shown with leading zeros and the literals around them."""
    masked = _LITERAL.sub(lambda match: "\1" * len(match[0]), first)
    zeros = _ZEROS.search(masked)
    if zeros is None or masked.count("0") > len(zeros[0]):
        return None
    before, after = (_literals(text) for text in (first[: zeros.start()], first[zeros.end() :]))
    digits = len(zeros[0])

    def text(value: Any) -> str | None:
        if not is_finite(value) or value != int(value) or value < 0:
            return None
        return f"{before}{int(value):0{digits}}{after}"

    return text


def _literals(text: str) -> str:
    return "".join(quoted or escaped for quoted, escaped in _LITERAL.findall(text))
