"""Makes `src/bricoop/domain/country_names.csv` of the names of countries in Unicode's CLDR.

Reading forty languages takes Babel as long as a search. Run it from the root of the repository
when the version of Babel changes: python tools/country_names.py
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
#: English and Chinese first, because a name that means two things means what it does there.
LOCALES = (
    "en", "zh", "zh_Hant", "fr", "es", "pt", "ru", "ar", "de", "it", "nl", "pl", "cs", "hu", "ro",
    "bg", "sr", "sr_Latn", "el", "tr", "az", "kk", "uz", "fa", "be", "uk", "id", "ms", "vi", "th",
    "lo", "km", "my", "bn", "hi", "ur", "mn", "ja", "ko", "sw",
)  # fmt: skip


def names() -> dict[str, str]:
    """Return the ISO 3166-1 alpha-2 codes of countries by the normal forms of their names."""
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
    """Return the codes of ISO 3166: CLDR has others, such as ZZ for an unknown region."""
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
