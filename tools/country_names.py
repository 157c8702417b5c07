"""Generates `src/bricoop/domain/country_names.csv` from the country names in Unicode's CLDR.

The names are stored, as reading forty languages with Babel at run time is slow. Run it from the
root of the repository when the version of Babel changes: python tools/country_names.py
"""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from babel import Locale

from bricoop.domain.names import normalise

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "bricoop" / "domain" / "country_names.csv"
COUNTRIES = ROOT / "seeds" / "iso-3166" / "countries.csv"
#: English and Chinese first: they take precedence if a name has several meanings.
LOCALES = (
    "en", "zh", "zh_Hant", "fr", "es", "pt", "ru", "ar", "de", "it", "nl", "pl", "cs", "hu", "ro",
    "bg", "sr", "sr_Latn", "el", "tr", "az", "kk", "uz", "fa", "be", "uk", "id", "ms", "vi", "th",
    "lo", "km", "my", "bn", "hi", "ur", "mn", "ja", "ko", "sw",
)  # fmt: skip


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


def main() -> None:
    """Write the file."""
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("name", "alpha2"))
        writer.writerows(names().items())


if __name__ == "__main__":
    main()
