"""Cleaners: functions that convert the text of a cell to a value, or refuse it with a reason."""

import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from bricoop.domain.amounts import (
    MOST_DOLLARS,
    loses_digits,
    parse_decimal,
    plain,
    to_the_millionth,
)
from bricoop.domain.currencies import currency_advice, currency_code
from bricoop.domain.dates import Period, parse_partial_date
from bricoop.domain.languages import is_language, language_advice
from bricoop.domain.names import normalise
from bricoop.domain.sectors import is_code, sector_label
from bricoop.domain.synonyms import codes_near
from bricoop.domain.vocabularies import Tier, names_of
from bricoop.ingest.layouts.advice import (
    date_advice,
    figure_advice,
    number_advice,
    percentage_advice,
    period_advice,
    sector_advice,
)

#: The value of a field. All of these are JSON types, so records can store them unchanged.
Value = str | int | bool | list[str]

#: Length of the shortest code, in characters: source tiers are single digits.
SHORTEST_CODE = 1
#: In characters. Keys of a PostgreSQL index can have at most about 2,700 bytes.
_LONGEST_NAME = 500
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
#: Numbers that are plain text already, in a range in which no cleaner refuses or rounds any. Those
#: with three decimals may be thousands, which `parse_decimal` decides.
_CANONICAL = re.compile(r"(?:0|[1-9]\d{0,11})(?:\.(?:\d?|\d{3,5})[1-9])?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_FORMULA_GUARD = re.compile(r"'+[=+\-@\t\r]")
_LAST_WORD = re.compile("[A-Z][a-z]+")
_TIERS = frozenset(member.value for member in Tier)
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0"}


class BadValueError(ValueError):
    """A cell does not hold a valid value of its column.

    Attributes:
        rule: the rule that the cell breaks.
        hint: how to correct it; may be empty.
    """

    def __init__(self, rule: str, hint: str = "") -> None:
        """Store the rule and the hint, from which a Problem is made later."""
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


class Doubt(NamedTuple):
    """A warning about a value that is accepted.

    Attributes:
        rule: the reason.
        hint: how to correct the value.
        value: the text that is meant, if it may be only one of several in a cell.
    """

    rule: str
    hint: str = ""
    value: str = ""


class Places(Protocol):
    """Resolves names of countries and regions.

    Attributes:
        doubts: warnings about names passed to `code` that may also mean another place. The caller
            removes them.
    """

    doubts: list[Doubt]

    def code(self, name: str) -> str:
        """Return the alpha-3 code of a country, or the name of a known region.

        Raises:
            BadValueError: the name is unknown; the hint lists the closest names.
        """

    def name(self, code: str) -> str:
        """Return the display name of a country or region, given a result of `code`."""


Cleaner = Callable[[str, Places], Value]


def text(cell: str, _: Places) -> str:
    """Return the text unchanged, except that the apostrophe before a formula is removed.

    Exports put it there to keep spreadsheets from running a cell as a formula.
    """
    return cell[1:] if cell.startswith("'") and _FORMULA_GUARD.match(cell) else cell


def is_plain(cell: str) -> bool:
    """Return whether `text` and `short` return this cell unchanged.

    This is a fast path: it holds for most cells. The cell must not be empty.
    """
    return len(cell) <= _LONGEST_NAME and cell[0] != "'" and cell.isprintable()


def short(cell: str, places: Places) -> str:
    """Return a name or identifier: short enough to be indexed, and with a visible character.

    A cell that holds only a zero-width space is refused, for example.
    """
    value = text(cell, places)
    if not value.isprintable() and not any(c.isprintable() and not c.isspace() for c in value):
        rule = "has no visible character"
        raise BadValueError(rule, "Leave the cell empty, or write what it should say.")
    if len(value) > _LONGEST_NAME:
        rule = f"is longer than {_LONGEST_NAME} characters"
        raise BadValueError(rule, "Put what explains it into description or note.")
    return value


def partial_date(cell: str, _: Places) -> str:
    """Return a date as ISO 8601 text: a day, a month or a year."""
    try:
        return parse_partial_date(cell)
    except ValueError as error:
        raise BadValueError(f"is {error}", date_advice(cell)) from error


def period(cell: str, _: Places) -> str:
    """Return a period as canonical text, such as `2013..2018`."""
    try:
        return str(Period.parse(cell))
    except ValueError as error:
        rule = "not a period" if str(error) == "not a date" else str(error)
        raise BadValueError(f"is {rule}", period_advice(cell)) from error


def decimal(cell: str, _: Places) -> str:
    """Return an exact decimal as plain text."""
    if _CANONICAL.fullmatch(cell):
        return cell
    try:
        return plain(parse_decimal(cell))
    except ValueError as error:
        raise BadValueError(str(error), number_advice(cell)) from error


def quantity(cell: str, known_places: Places) -> str:
    """Return the exact decimal of a quantity, which is above zero."""
    value = decimal(cell, known_places)
    if Decimal(value) <= 0:
        rule = "is not above zero"
        raise BadValueError(rule, "Leave the cell empty if the source states none.")
    return value


def percentage(cell: str, places: Places) -> str:
    """Return the exact decimal of a cell in percent; `2` and `2%` both give `2`."""
    try:
        return decimal(cell.removesuffix("%").rstrip(), places)
    except BadValueError as error:
        raise BadValueError(error.rule, percentage_advice(cell)) from error


def figure(cell: str, places: Places) -> str:
    """Return the exact decimal of a statistic.

    A cell such as `over 500` is refused: the qualifier belongs in a column of its own.
    """
    try:
        return decimal(cell, places)
    except BadValueError as error:
        raise BadValueError(error.rule, figure_advice(cell)) from error


def dollars(cell: str, places: Places) -> str:
    """Return an amount of US dollars, rounded to six decimals.

    A warning is added to `places.doubts` if rounding loses digits.
    """
    if _CANONICAL.fullmatch(cell):
        return cell
    amount = Decimal(decimal(cell, places))
    if abs(amount) > MOST_DOLLARS:
        rule = "is more than 9 trillion dollars"
        raise BadValueError(rule, "Is the unit right?")
    if loses_digits(amount):
        rule = "has digits below a millionth, to which amounts in US dollars are rounded"
        places.doubts.append(Doubt(rule, "The record keeps the cell as it is."))
    return plain(to_the_millionth(amount))


def whole(cell: str, _: Places) -> int:
    """Return a whole number."""
    if not _WHOLE.fullmatch(cell):
        rule = "is not a whole number"
        raise BadValueError(rule, "Write digits only.")
    return int(cell)


def year(cell: str, places: Places) -> int:
    """Return a year of four digits."""
    number = whole(cell, places)
    if not 1000 <= number <= 9999:  # noqa: PLR2004 (four digits)
        rule = "is not a year"
        raise BadValueError(rule, "Write four digits, such as 2021.")
    return number


def tier(cell: str, places: Places) -> int:
    """Return the tier of a source, from 1 (government) to 8 (social media)."""
    number = whole(cell, places)
    if number not in _TIERS:
        rule = "is not a source tier"
        raise BadValueError(rule, "Write 1 (government) to 8 (social media).")
    return number


def yes_no(cell: str, _: Places) -> bool:
    """Return True for yes and False for no."""
    word = cell.lower()
    if word in _YES or word in _NO:
        return word in _YES
    rule = "is neither yes nor no"
    raise BadValueError(rule, "Write yes or no.")


def url(cell: str, _: Places) -> str:
    """Return a web address."""
    if not _URL.fullmatch(cell):
        rule = "is not a web address"
        raise BadValueError(rule, "It begins with https:// or http:// and has no spaces.")
    return cell


def currency(cell: str, _: Places) -> str:
    """Return the ISO 4217 code of a current or former currency."""
    try:
        return currency_code(cell)
    except KeyError as error:
        rule = "is not a currency code of ISO 4217"
        raise BadValueError(rule, currency_advice(cell)) from error


def language(cell: str, _: Places) -> str:
    """Return a language code, with or without script or region: `fr`, `zh-Hant`."""
    if not is_language(cell):
        rule = "is not a language code"
        raise BadValueError(rule, language_advice(cell))
    return cell


def price_base(cell: str, _: Places) -> str:
    """Return the price base of an amount: `nominal`, `unstated`, or for example `constant-2021`."""
    word = cell.lower().replace(" ", "-")
    if word in {"nominal", "unstated"} or re.fullmatch(r"constant-\d{4}", word):
        return word
    rule = "is not a price base"
    raise BadValueError(rule, "Write nominal, unstated or constant-2021.")


def place(cell: str, places: Places) -> str:
    """Return the alpha-3 code of a country, or the name of a region."""
    return places.code(cell)


def sector(cell: str, _: Places) -> str:
    """Return an OECD DAC CRS code: three digits for a category, five for a purpose.

    The name of the sector may follow, as in exported answers: `210 Transport and storage`.
    """
    code = cell.partition(" ")[0]
    if not is_code(code) or (code != cell and normalise(cell) != normalise(sector_label(code))):
        rule = "is not a DAC CRS code"
        raise BadValueError(rule, sector_advice(cell))
    return code


def degrees(most: int) -> Cleaner:
    """Return a cleaner for WGS 84 coordinates in degrees.

    Args:
        most: the largest absolute value: 90 for latitudes, 180 for longitudes.
    """

    def clean(cell: str, _: Places) -> str:
        try:
            value = parse_decimal(cell, exactly_three=True)
        except ValueError as error:
            raise BadValueError(str(error), "Write degrees as 25.113.") from error
        if abs(value) > most:
            rule = f"is beyond {most} degrees"
            raise BadValueError(rule, "Coordinates are WGS 84 degrees, not metres.")
        return plain(value)

    return clean


def letters(length: int) -> Cleaner:
    """Return a cleaner for codes of `length` letters; the value is in capitals."""

    def clean(cell: str, _: Places) -> str:
        code = cell.upper()
        if not re.fullmatch(rf"[A-Z]{{{length}}}", code):
            rule = f"is not a code of {length} letters"
            raise BadValueError(rule, "See ISO 3166-1.")
        return code

    return clean


def digits(length: int) -> Cleaner:
    """Return a cleaner for codes of `length` digits, which keeps leading zeros."""

    def clean(cell: str, _: Places) -> str:
        if not re.fullmatch(rf"\d{{{length}}}", cell, re.ASCII):
            rule = f"is not a code of {length} digits"
            raise BadValueError(rule, "Keep leading zeros.")
        return cell

    return clean


def choice(vocabulary: type[StrEnum]) -> Cleaner:
    """Return a cleaner for a vocabulary, which accepts codes and labels in any case.

    Any other word is refused. The closest codes are suggested but never used automatically.
    """
    # What messages call a code: "kind" for `ProjectKind`, "link" for `Link`.
    noun = _LAST_WORD.findall(vocabulary.__name__)[-1].lower()
    listed = ", ".join(code.value for code in vocabulary)
    codes = {normalise(word): code.value for code in vocabulary for word in names_of(code)}

    def clean(cell: str, _: Places) -> str:
        code = codes.get(normalise(cell))
        if code is None:
            near = codes_near(cell, vocabulary)
            suggestion = f"Did you mean: {'; '.join(near)}? " if near else ""
            rule = f"is not a known {noun}"
            raise BadValueError(rule, f"{suggestion}One of: {listed}.")
        return code

    return clean
