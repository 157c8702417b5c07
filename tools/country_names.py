"""Generates the files of country names and codes in `src/bricoop/domain` from Unicode's CLDR.

The names and codes are stored, so that the program does not need Babel, which takes 33 MB and a
second for forty languages. Run this when the version of Babel changes:
python tools/country_names.py
"""

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.core import get_global

from bricoop.domain.names import normalise

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "src" / "bricoop" / "domain"
COUNTRIES = ROOT / "seeds" / "iso-3166" / "countries.csv"
#: English and Chinese first: they take precedence if a name has several meanings.
LOCALES = (
    "en", "zh", "zh_Hant", "fr", "es", "pt", "ru", "ar", "de", "it", "nl", "pl", "cs", "hu", "ro",
    "bg", "sr", "sr_Latn", "el", "tr", "az", "kk", "uz", "fa", "be", "uk", "id", "ms", "vi", "th",
    "lo", "km", "my", "bn", "hi", "ur", "mn", "ja", "ko", "sw",
)  # fmt: skip
#: Languages whose names of countries are also known in the form `Republic of Kenya`.
FORMAL_LOCALES = ("en", "fr", "es", "de", "pt", "it")
#: Codes in CLDR that are not countries.
RESERVED = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)


def names() -> dict[str, str]:
    """Return the ISO 3166-1 alpha-2 codes of countries by normalised name."""
    known: dict[str, str] = {}
    for locale in LOCALES:
        for code, name in _territories(locale):
            known.setdefault(normalise(name), code)
    return known


def _territories(locale: str) -> Iterator[tuple[str, str]]:
    for code, name in Locale.parse(locale).territories.items():
        if code in _countries():
            yield code, name


@lru_cache(maxsize=1)
def _countries() -> set[str]:
    """Return the codes of ISO 3166, without CLDR's own such as ZZ for an unknown region."""
    with COUNTRIES.open(encoding="utf-8", newline="") as stream:
        return {row["alpha2"] for row in csv.DictReader(stream)}


def codes() -> dict[str, str]:
    """Return the alpha-2 codes of countries by alpha-2, alpha-3 and former code of letters."""
    known = set(names().values()) - RESERVED
    aliases = get_global("territory_aliases")
    longer = {code: meant[0] for code, meant in aliases.items() if len(meant) == 1}
    every = {code: code for code in sorted(known)} | longer | {"XKX": "XK"}
    return {code: alpha2 for code, alpha2 in every.items() if alpha2 in known and code.isalpha()}


def names_by_language() -> Iterator[tuple[str, str, str]]:
    """Yield language, alpha-2 code and normalised name for the languages with formal names."""
    for locale in FORMAL_LOCALES:
        for code, name in _territories(locale):
            yield locale, code, normalise(name)


def main() -> None:
    """Write the files."""
    _write("country_names", ("name", "alpha2"), names().items())
    _write("country_codes", ("code", "alpha2"), codes().items())
    _write("country_languages", ("language", "alpha2", "name"), names_by_language())


def _write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (DOMAIN / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
