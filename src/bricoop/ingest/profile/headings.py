"""Patterns for the headings of an unknown file, and tests of its cells."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bricoop.domain.names import normalise
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.heading_translations import in_english, is_foreign
from bricoop.ingest.profile.toml_text import listed, quoted

_LONGEST_NAME = 500
#: Headings of names. The last pattern is the weakest.
NAMES = (
    r"\b(name|title)\b",
    r"\b(project|deal|park|activity)\b",
    r"purpose|partner|target",
)
#: Headings of files whose rows are agreements.
AGREEMENTS = r"\b(agreement|document|memorandum|mou|treaty|accord|protocol)s?\b"
#: Headings of names of something other than projects.
NOT_NAMES = (
    r"contact|agency|donor|channel|sector|region|file|bank|lender|fund|financ|investor|borrower"
    r"|contractor|compan|firm|countr|\bnation|recipient|kind|type|category|\bid\b|number|code"
)
COUNTRIES = r"\b(country|countries|recipient|host|nation|location)\b"
#: Headings about financiers, whose countries are not those of the projects.
GIVERS = r"donor|financier|lender|investor|origin|\bhome\b"
NOT_HOST = f"{GIVERS}|agency|code|number"
AMOUNTS = r"\b(amount|value|cost|usd|usdm|millions?|mn|billions?|bn|commitment|investment)\b"
NOT_AMOUNT = (
    r"adjusted|rate|share|ratio|percent|tied|received|estimated|count|number|year|date|split"
)
#: Headings of numbers that are not money.
NOT_MONEY = (
    r"\b(latitude|lat|longitude|lon|lng|long|maturity|term|tenor|grace|interest|id|no|code|km|mw|ha"
    r"|length|capacity|area|population|workers|jobs|page|rank)\b"
)
#: Headings of amounts in dollars, and of amounts in constant prices.
DOLLARS = r"\b(usd|usdm|us|dollars?)\b"
CONSTANT = r"constant|deflated|\bdefl\b|\breal\b|prices"
#: Headings of amounts in the currency in which they were agreed.
AS_AGREED = r"\b(original|local|national|agreed)\b"
#: Fields that are dates, with patterns of their headings.
DATES = (
    ("announced", r"announce|sign|approv|agreement|commitment (date|year)"),
    ("planned_completion", r"(planned|expected).*(complet|finish|\bend\b)|\bend planned"),
    ("started", r"start|begin|commence|construction date"),
    ("completed", r"complet|finish|\bend\b|\boperation"),
    ("announced", r"\b(date|year)\b"),
)
#: Words in headings of planned dates.
PLANNED = r"planned|expected"
#: Words in a heading for the order of day and month, with the beginning of the date pattern.
MONTHS_OR_DAYS_FIRST = {"mm dd": "%m.%d", "dd mm": "%d.%m"}
#: Fields that are organizations, with patterns of their headings.
WHO = (
    ("financiers", r"\b(lender|financier|funder|funding|bank)\b"),
    ("acquirers", r"\b(investor|acquirer|buyer)\b"),
    ("implementers", r"\bimplement"),
    ("receivers", r"\b(borrower|recipient agenc|receiving agenc)"),
    ("contractors", r"\b(contractor|builder)\b"),
)


def heading_words(name: str, *, beside_foreign: bool = True) -> str:
    """Return a heading as lower-case words, translated to English as far as possible.

    `ProjectName`, `project_name`, `Projektname` and `项目名称` all give `project name`.

    Args:
        name: the heading.
        beside_foreign: whether other headings are not English, or their language is unknown. Some
            words are only translated then, as they are English words as well.
    """
    return in_english(_words(name), is_foreign=beside_foreign)


def headings_of(names: Iterable[str]) -> dict[str, str]:
    """Return `heading_words` for all headings of a file.

    The headings decide together on the language: `Land` is German beside `Betrag`.
    """
    words = {name: _words(name) for name in names}
    foreign = any(map(is_foreign, words.values()))
    return {name: heading_words(name, beside_foreign=foreign) for name in words}


def _words(name: str) -> str:
    return normalise(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")))


def fits_template(column: str) -> bool:
    """Return whether a template can name a column: some characters are syntax there."""
    return bool(column) and not set(column) & set("{}:!")


def are_names(cells: Sequence[str]) -> bool:
    """Return whether cells may be names: short, mostly different, and not numbers."""
    longest = max(map(len, cells))
    return (
        not guesses.is_number(cells)
        and longest <= _LONGEST_NAME
        and len(set(cells)) * 3 > len(cells)
    )


def are_links(cells: Sequence[str]) -> bool:
    """Return whether all cells are web addresses."""
    return all(cell.lower().startswith(("http://", "https://")) for cell in cells)


def amount_rule(
    column: str,
    units: Mapping[str, str],
    when: Mapping[str, Sequence[str]] | None = None,
    heading: str = "",
    style: str = "",
) -> str:
    """Return the rule for the amounts of a column, as an inline table.

    Args:
        column: the name of the column.
        units: the units beside its numbers, with their factors.
        when: the value of the key `when`, if any.
        heading: the heading that states the factor, if it is not the name of the column.
        style: further keys, for a column whose style of numbers differs from the rest.
    """
    factor = guesses.factor_in(heading or column)
    more = f", multiply = {factor}" if factor else ""
    if units:
        listed_units = ", ".join(
            f"{quoted(unit)} = {factor or 1}" for unit, factor in units.items()
        )
        more += f", units = {{ {listed_units} }}"
    for name, words in (when or {}).items():
        more += f", when = {{ {quoted(name)} = {listed(words)} }}"
    return f"{{ column = {quoted(column)}, number = true{style}{more} }}"
