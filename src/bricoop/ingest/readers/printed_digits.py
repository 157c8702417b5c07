"""Number formats that print literal digits, marks or signs, which change the number as read.

Thousands are often shown as `0",000"` or `0,"000"`, cents as `0"."00`, and debts as `-0`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from bricoop.domain.amounts import plain
from bricoop.ingest.readers.cells import is_finite, shown_decimal

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|[_*].|(?P<bare>.)', re.DOTALL
)
_PLACEHOLDERS = frozenset("0#?")
#: What a placeholder shows if the number has no digit for it.
_FILLED = {"0": "0", "#": "", "?": " "}
#: Fractions and scientific notation are not handled: plain values are used.
_OTHER_FORMS = re.compile("[eE][+-]|/")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?\d+(?:\.\d+)?)")
_DIGIT_BEFORE = re.compile(r"\d\s*$")
_SIGN_BEFORE = re.compile(r"^\s*[\u2212-]|[\u2212(-]\s*$")
#: Digits after a number are read as part of it, unless they are a year, as in ` 2015 USD`.
_DIGIT_AFTER = re.compile(r"\d|[\s'\u2019]\d{3}(?!\d)|[.,]\d")
#: Separators between groups of three digits, which do not change the number.
_GROUP_MARKS = " \u00a0\u202f,'\u2019"
_MOST_DECIMALS = 30
#: Enough digits for the largest float, with its decimals.
_EXACT = Context(prec=400)


class _Token(NamedTuple):
    """A part of a format: a placeholder for a digit, or a literal."""

    text: str
    is_digit: bool


@dataclass(frozen=True)
class _Section:
    """A section of a format, which applies to some numbers.

    Attributes:
        before: the literal before the digits.
        whole: the tokens of the whole part.
        fraction: the tokens of the decimals; None without a decimal point.
        after: the literal after the digits.
        thousands: how many times the number is divided by a thousand.
        is_grouped: whether commas separate groups of three digits.
        is_percent: whether the number is shown in percent.
        condition: operator and bound of the numbers to which it applies, if stated.
    """

    before: str
    whole: tuple[_Token, ...]
    fraction: tuple[_Token, ...] | None
    after: str
    thousands: int
    is_grouped: bool
    is_percent: bool
    condition: tuple[str, Decimal] | None

    @property
    def prints_digits(self) -> bool:
        """Whether literals of the format look like a part of the number."""
        between = [
            token.text
            for index, token in enumerate(self.whole)
            if not token.is_digit and not self._is_group_mark(index)
        ]
        between += [
            token.text for token in self.fraction or () if not token.is_digit and token.text.strip()
        ]
        around = _DIGIT_BEFORE.search(self.before) or _DIGIT_AFTER.match(self.after)
        return bool(between or around)

    @property
    def prints_sign(self) -> bool:
        """Whether it prints a minus sign or bracket before positive numbers."""
        return _SIGN_BEFORE.search(self.before) is not None

    def _is_group_mark(self, index: int) -> bool:
        behind = sum(token.is_digit for token in self.whole[index:])
        return behind % 3 == 0 and not self.whole[index].text.strip(_GROUP_MARKS)

    def holds(self, number: Decimal) -> bool:
        """Return whether a number meets the condition."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        return (number < bound and "<" in sign) or (number > bound and ">" in sign) or (
            number == bound and sign in {"<=", ">=", "="}
        )  # fmt: skip

    def text(self, number: Decimal) -> str:
        """Return the text of a positive number; unless literals require it, no digit is dropped."""
        number = number * 100 if self.is_percent else number
        if not self.prints_digits:
            after = "" if self.thousands else self.after
            return f"{self.before}{plain(number)}{after}".strip()
        decimal_places = sum(token.is_digit for token in self.fraction or ())
        unit = Decimal(1).scaleb(-min(decimal_places, _MOST_DECIMALS))
        scaled = number.scaleb(-3 * self.thousands, _EXACT)
        whole, _, decimals = f"{scaled.quantize(unit, ROUND_HALF_UP, _EXACT):f}".partition(".")
        text = self.before + self._whole(whole.lstrip("0"))
        if self.fraction is not None:
            text += f".{_decimals(self.fraction, decimals)}"
        return f"{text}{self.after}".strip()

    def _whole(self, digits: str) -> str:
        """Return the whole part; digits without a placeholder come before the first one."""
        characters: list[str] = []
        count, unplaced = 0, list(digits)
        first = next((index for index, token in enumerate(self.whole) if token.is_digit), -1)
        for index in range(len(self.whole) - 1, -1, -1):
            token = self.whole[index]
            if not token.is_digit:
                characters.append(token.text)
                continue
            some = [unplaced.pop() if unplaced else _FILLED[token.text]]
            if index == first:
                some += reversed(unplaced)
            for digit in filter(None, some):
                characters += [","] if self.is_grouped and count and count % 3 == 0 else []
                characters.append(digit)
                count += 1
        return "".join(reversed(characters))


def _decimals(tokens: Sequence[_Token], digits: str) -> str:
    text, at = "", 0
    for token in tokens:
        if not token.is_digit:
            text += token.text
            continue
        is_open = token.text != "0" and not digits[at:].strip("0")
        text += _FILLED[token.text] if is_open else digits[at : at + 1]
        at += 1
    return text


def printed_by(sections: Sequence[str]) -> Callable[[Any], str | None] | None:
    """Return a function from values to the text shown, or None if plain values say the same.

    Args:
        sections: the sections of a number format.
    """
    parsed_sections = [_section_of(text) for text in sections[:3]]
    first = parsed_sections[0]
    prints = first is not None and (first.prints_digits or first.prints_sign)
    if not prints and not any(section and section.prints_digits for section in parsed_sections):
        return None

    def text(value: Any) -> str | None:
        if not is_finite(value):
            return None
        number = shown_decimal(value)
        section, is_signed = _chosen(parsed_sections, number)
        if section is None or not (prints or section.prints_digits):
            return None
        if is_signed and not section.prints_digits:
            return None
        return ("-" if is_signed else "") + section.text(abs(number))

    return text


def _chosen(sections: Sequence[_Section | None], number: Decimal) -> tuple[_Section | None, bool]:
    """Return the section that applies to a number, and whether a minus sign is added."""
    is_negative = number < 0
    if any(section and section.condition for section in sections):
        return next(
            (section for section in sections if section is None or section.holds(number)), None
        ), is_negative
    if len(sections) == 1:
        return sections[0], is_negative
    if is_negative:
        return sections[1], False
    return sections[2] if number == 0 and len(sections) > 2 else sections[0], False  # noqa: PLR2004 (the third is for zero)


def _section_of(text: str) -> _Section | None:
    """Parse a section of a format; None if it has no placeholders for digits."""
    tokens: list[_Token] = []
    bare, condition = "", None
    for match in _TOKEN.finditer(text):
        char = match["bare"]
        if char is not None:
            bare += char
            tokens.append(_Token(char, char in _PLACEHOLDERS | {",", "."}))
        elif match["bracket"] is not None and (
            condition_match := _CONDITION.fullmatch(match["bracket"])
        ):
            condition = (condition_match[1], Decimal(condition_match[2]))
        elif literal := match["quoted"] or match["escaped"]:
            tokens.append(_Token(literal, is_digit=False))
    digits = [
        at for at, token in enumerate(tokens) if token.is_digit and token.text in _PLACEHOLDERS
    ]
    if not digits or _OTHER_FORMS.search(bare):
        return None
    body, rest = tokens[digits[0] : digits[-1] + 1], tokens[digits[-1] + 1 :]
    point = next((at for at, token in enumerate(body) if token == (".", True)), len(body))
    whole, fraction = body[:point], body[point + 1 :]
    thousands = _commas(rest) + _commas(whole[::-1])
    rest = rest[_commas(rest) :]
    inner = whole[: len(whole) - _commas(whole[::-1])]
    return _Section(
        "".join(token.text for token in tokens[: digits[0]]),
        tuple(token for token in inner if token != (",", True)),
        tuple(token for token in fraction if token != (",", True)) if point < len(body) else None,
        "".join(token.text for token in rest),
        thousands,
        (",", True) in inner,
        "%" in bare,
        condition,
    )


def _commas(tokens: Sequence[_Token]) -> int:
    """Return the number of unquoted commas at the beginning of some tokens."""
    return next((at for at, token in enumerate(tokens) if token != (",", True)), len(tokens))
