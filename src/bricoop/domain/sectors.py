"""Sectors of the OECD's Development Assistance Committee: their codes, names, and which hold which.

The names are those of the DAC's and CRS's list of purposes, as IATI publishes it in its code lists
`SectorCategory` (3 digits) and `Sector` (5 digits); some are withdrawn, and old records have them.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import AmbiguousNameError, NotFoundError

#: The categories of the DAC's list of purposes; a finer code begins with the digits of one.
CATEGORIES = frozenset({
    "110", "120", "130", "140", "150", "160", "210", "220", "230", "240", "250", "310", "320",
    "330", "410", "430", "510", "520", "530", "600", "720", "730", "740", "910", "920", "930",
    "998",
})  # fmt: skip
#: What the DAC sums three of its categories up as.
_HUMANITARIAN, _OF_HUMANITARIAN = "700", ("700", "72", "73", "74")
_CODE = re.compile(r"[0-9]{3}(?:[0-9]{2})?")


def is_code(text: str) -> bool:
    """Return whether a text is of the form of a sector's code: three digits, or five."""
    return _CODE.fullmatch(text) is not None


def codes_of(code: str) -> tuple[str, ...]:
    """Return a code and the wider ones that it belongs to, the longest first.

    >>> codes_of("23210")
    ('23210', '232', '230')
    """
    return tuple(dict.fromkeys((code, code[:3], f"{code[:2]}0")))


def beginnings_of(code: str) -> tuple[str, ...]:
    """Return what the codes of a sector and of all that belongs to it begin with.

    >>> beginnings_of("230")
    ('23',)
    >>> beginnings_of("23210")
    ('23210',)
    """
    if code == _HUMANITARIAN:
        return _OF_HUMANITARIAN
    is_wide = len(code) == 3 and code.endswith("0")  # noqa: PLR2004 (a category's digits)
    return (code[:2],) if is_wide else (code,)


def sector_name(code: str) -> str | None:
    """Return the name of a sector, None where the list does not know its code."""
    return _names().get(code)


def sector_label(code: str) -> str:
    """Return what people read for a sector: its code, and its name if it has one.

    >>> sector_label("210")
    '210 Transport and storage'
    """
    name = sector_name(code)
    return f"{code} {name}" if name else code


def sectors_named(typed: str) -> list[str]:
    """Return the codes of the sectors that a name means, or the beginnings of its words.

    Those with just that name come before others, categories before what belongs to them.

    >>> sectors_named("transport")
    ['210']

    Raises:
        NotFoundError: no sector has such a name.
        AmbiguousNameError: several categories may be meant.
    """
    names = {code: normalise(name) for code, name in _names().items()}
    normal_name = normalise(typed)
    exact = [code for code, name in names.items() if name == normal_name]
    if exact:
        return _widest(exact)
    begun = [
        code for code, name in names.items() if normal_name and _begins(name, normal_name.split())
    ]
    matches = [code for code in begun if code in CATEGORIES] or _widest(begun)
    if not matches:
        known = {name: sector_label(code) for code, name in names.items()}
        raise NotFoundError("sector", typed, nearest(typed, known))
    if len(matches) > 1:
        raise AmbiguousNameError(typed, [sector_label(code) for code in matches], "code")
    return matches


def sectors_holding(typed: str) -> list[str]:
    """Return the codes of the sectors whose names hold a text, whatever its case and accents."""
    fragment = normalise(typed)
    return [code for code, name in _names().items() if fragment and fragment in normalise(name)]


def _begins(name: str, words: Iterable[str]) -> bool:
    own = name.split()
    return all(any(own_word.startswith(word) for own_word in own) for word in words)


def _widest(codes: list[str]) -> list[str]:
    """Return those of some codes that belong to no other of them."""
    return [code for code in codes if not set(codes_of(code)[1:]) & set(codes) - {code}]


@cache
def _names() -> Mapping[str, str]:
    with Path(__file__).with_name("sectors.csv").open(encoding="utf-8", newline="") as stream:
        return MappingProxyType({row["code"]: row["name"] for row in csv.DictReader(stream)})
