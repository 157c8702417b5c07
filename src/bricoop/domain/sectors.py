"""Sector codes and names of the OECD's Development Assistance Committee (DAC).

The names are those of the DAC and CRS purpose codes as IATI publishes them in its code lists
`SectorCategory` (3 digits) and `Sector` (5 digits), including withdrawn ones for old records.
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

#: The categories of the DAC's purpose codes; a finer code begins with the digits of its category.
CATEGORIES = frozenset({
    "110", "120", "130", "140", "150", "160", "210", "220", "230", "240", "250", "310", "320",
    "330", "410", "430", "510", "520", "530", "600", "720", "730", "740", "910", "920", "930",
    "998",
})  # fmt: skip
#: The code for all humanitarian aid, and the beginnings of the codes that it includes.
HUMANITARIAN, _OF_HUMANITARIAN = "700", ("700", "72", "73", "74")
_CODE = re.compile(r"[0-9]{3}(?:[0-9]{2})?")


def is_code(text: str) -> bool:
    """Return whether a text has the form of a sector code: three digits, or five."""
    return _CODE.fullmatch(text) is not None


def codes_of(code: str) -> tuple[str, ...]:
    """Return a code and the wider codes that include it, the finest first.

    >>> codes_of("23210")
    ('23210', '232', '230')
    """
    return tuple(dict.fromkeys((code, code[:3], f"{code[:2]}0")))


def beginnings_of(code: str) -> tuple[str, ...]:
    """Return the prefixes of the codes of a sector and its subsectors.

    >>> beginnings_of("230")
    ('23',)
    >>> beginnings_of("23210")
    ('23210',)
    """
    if code == HUMANITARIAN:
        return _OF_HUMANITARIAN
    is_wide = len(code) == 3 and code.endswith("0")  # noqa: PLR2004 (a category's digits)
    return (code[:2],) if is_wide else (code,)


def sector_name(code: str) -> str | None:
    """Return the name of a sector, or None for an unknown code."""
    return _names().get(code)


def sector_label(code: str) -> str:
    """Return the label of a sector: its code, and its name if it has one.

    >>> sector_label("210")
    '210 Transport and storage'
    """
    name = sector_name(code)
    return f"{code} {name}" if name else code


def sectors_named(typed: str) -> list[str]:
    """Return the codes of the sectors with a name, or with words that begin like those typed.

    An exact name takes precedence over others, and categories over their subsectors.

    >>> sectors_named("transport")
    ['210']

    Raises:
        NotFoundError: no sector matches.
        AmbiguousNameError: several categories match.
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
        labels = {name: sector_label(code) for code, name in names.items()}
        raise NotFoundError("sector", typed, nearest(typed, labels))
    if len(matches) > 1:
        raise AmbiguousNameError(typed, [sector_label(code) for code in matches], "code")
    return matches


def sectors_holding(typed: str) -> list[str]:
    """Return the codes of the sectors whose names contain a text, ignoring case and accents."""
    fragment = normalise(typed)
    return [code for code, name in _names().items() if fragment and fragment in normalise(name)]


def _begins(name: str, words: Iterable[str]) -> bool:
    own = name.split()
    return all(any(own_word.startswith(word) for own_word in own) for word in words)


def _widest(codes: list[str]) -> list[str]:
    """Return the codes that no other of the codes includes."""
    return [code for code in codes if not set(codes_of(code)[1:]) & set(codes) - {code}]


@cache
def _names() -> Mapping[str, str]:
    with Path(__file__).with_name("sectors.csv").open(encoding="utf-8", newline="") as stream:
        return MappingProxyType({row["code"]: row["name"] for row in csv.DictReader(stream)})
