"""Converts numbers, dates and words of a published layout to the form of native cells."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from bricoop.domain.amounts import WIDE, undoubted
from bricoop.domain.cell_choice import divided
from bricoop.domain.sectors import codes_of
from bricoop.domain.suggestions import Suggestions, alike
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.profile.model import FieldRule, NumberStyle, Styles
from bricoop.ingest.profile.patterns import date_parser
from bricoop.ingest.profile.toml_text import quoted

#: Converts the text of a cell, or of an entry of a list, to native text; None for no value.
CellParser = Callable[[str], str | None]

#: The largest number of unknown words for which similar words are searched, which is slow.
_MOST_HINTS = 200
#: Whole numbers that every style reads as they are printed.
_WHOLE = re.compile(r"[1-9]\d{0,11}", re.ASCII)


def parser_of(rule: FieldRule, styles: Styles, dropped: Callable[[str], object]) -> CellParser:
    """Return a function that converts an entry by a rule, and reports words that it drops."""
    steps: list[CellParser] = []
    if rule.delete:
        steps.append(deletion(rule.delete))
    if rule.map:
        steps.append(_map_lookup(rule, dropped))
    if rule.number:
        steps.append(number_parser(styles.numbers, rule.multiply))
    if rule.date:
        steps.append(date_parser(styles.dates, styles.two_digit_years))
    if rule.only_year:
        steps.append(lambda text: text[:4] if text[5:] in rule.only_year else text)

    def read(text: str) -> str | None:
        result: str | None = text
        for step in steps:
            if result is None:
                return None
            result = step(result)
        return result

    return read


def _map_lookup(rule: FieldRule, dropped: Callable[[str], object]) -> CellParser:
    meanings = {word.casefold(): meaning for word, meaning in rule.map.items()}
    beginnings = tuple(beginning.casefold() for beginning in rule.without)

    def near(text: str) -> str:
        return "; ".join(alike(text, rule.map, limit=3, cutoff=60))

    suggestions = Suggestions(near, _MOST_HINTS)

    def read(text: str) -> str | None:
        words = codes_of(text) if rule.sectors else _without_prefixes(text.casefold(), beginnings)
        meaning = next((meanings[word] for word in words if word in meanings), None)
        if meaning is not None:
            return meaning or None
        if rule.unmapped == "drop":
            dropped(text)
            return None
        if rule.unmapped == "keep":
            return text
        some = suggestions.of(text) or "; ".join(list(rule.map)[:5])
        where = "the table of links" if rule.sectors else "the profile's map"
        problem = "is not known to the profile"
        raise BadValueError(problem, f"It knows: {some}. Add it to {where}.")

    return read


def deletion(texts: tuple[str, ...]) -> CellParser:
    """Return a function that removes texts; None if nothing remains."""

    def read(text: str) -> str | None:
        for unwanted in texts:
            text = text.replace(unwanted, "")
        return text.strip() or None

    return read


def _without_prefixes(word: str, beginnings: tuple[str, ...]) -> Iterator[str]:
    yield word
    for beginning in beginnings:
        if word.startswith(beginning):
            yield word[len(beginning) :].lstrip()


def number_parser(style: NumberStyle, multiply: str = "") -> CellParser:
    """Return a parser of numbers; `multiply` is the factor of those without a unit."""
    form = _pattern_of(style)
    group = bool(style.thousands)
    factors = {unit.strip(): Decimal(factor) for unit, factor in style.units}
    if multiply or not factors:
        factors[""] = Decimal(multiply or 1)

    is_unscaled = factors.keys() == {""} and factors[""] == 1

    def read(text: str) -> str | None:
        if is_unscaled and _WHOLE.fullmatch(text):
            return text
        match = form.fullmatch(text)
        if match is None:
            rule = f"is not a number in this layout's style, such as {_example(style)}"
            raise BadValueError(rule, _advice(style, text))
        factor = factors.get(match["unit"] or "")
        if factor is None:
            rule = f"has no unit, and units are declared: {', '.join(factors)}"
            raise BadValueError(rule, 'Write units = { "" = "1", ... } if it is a plain number.')
        digits = match["whole"].replace(style.thousands, "") if group else match["whole"]
        try:
            value = Decimal(
                f"{match['sign']}{digits}.{match['fraction'] or 0}{match['power'] or ''}"
            )
        except InvalidOperation as error:
            raise BadValueError("is not a number") from error
        # A native cell such as 1.740 would be refused as ambiguous; here the style decides.
        return undoubted(value if factor == 1 else WIDE.multiply(value, factor))

    return read


def _advice(style: NumberStyle, text: str) -> str:
    """Return a hint about a text that is not a number of this style."""
    for name, other in style.others:
        if _pattern_of(other).fullmatch(text):
            return f"--variant {name} reads it."
    if not any(char.isdigit() for char in text):
        empty = f"write empty = [{quoted(text)}] in the field or in [styles]"
        return f"If it stands for an empty cell, {empty}."
    return "Set decimal, thousands or signs of the field, or of [styles]."


def _pattern_of(style: NumberStyle) -> re.Pattern[str]:
    """Return a pattern for the numbers of a style; units are matched with their case."""
    signs = "|".join(re.escape(sign) for sign in style.signs)
    around = rf"(?:{signs}|\s)*" if signs else r"\s*"
    group = re.escape(style.thousands)
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)" if group else r"\d+"
    fraction = (
        rf"(?:{re.escape(style.decimal)}(?P<fraction>\d+))?" if style.decimal else "(?P<fraction>)"
    )
    # The longest first: otherwise the unit b would match the beginning of bn.
    units = sorted((unit.strip() for unit, _ in style.units), key=len, reverse=True)
    unit = "|".join(re.escape(symbol) for symbol in units if symbol)
    unit = rf"(?P<unit>{unit})?" if unit else "(?P<unit>)"
    return re.compile(
        rf"{around}(?P<sign>[+-]?){around}(?P<whole>{whole})"
        rf"{fraction}(?P<power>[eE][+-]?\d{{1,2}})?{around}{unit}{around}",
        re.ASCII,
    )


def _example(style: NumberStyle) -> str:
    sign = style.signs[0] if style.signs else ""
    decimals = f"{style.decimal}5" if style.decimal else ""
    unit = style.units[0][0] if style.units else ""
    return f"{sign}1{style.thousands}740{decimals}{unit}"


def without_pretended_day(date: str) -> str:
    """Return an estimated date, reduced to its year if it is 1 January."""
    return date[:4] if date.endswith("-01-01") else date


def split(text: str, rule: FieldRule) -> list[str]:
    """Return the entries of a list; the values of `whole` in the rule are not split."""
    return divided(text, rule.separators, rule.whole)
