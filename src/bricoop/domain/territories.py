"""Names of countries in the languages that sources are written in, from Unicode's CLDR."""

from functools import lru_cache

from bricoop.domain.names import normalise

#: English and Chinese first, because a name that means two things means what it does there.
_LOCALES = (
    "en", "zh", "zh_Hant", "fr", "es", "pt", "ru", "ar", "de", "it", "nl", "pl", "cs", "hu", "ro",
    "bg", "sr", "sr_Latn", "el", "tr", "az", "kk", "uz", "fa", "be", "uk", "id", "ms", "vi", "th",
    "lo", "km", "my", "bn", "hi", "ur", "mn", "ja", "ko", "sw",
)  # fmt: skip


def alpha2_of(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code that a name means in any of some forty languages.

    Exact names only; a misspelling is not guessed at.
    """
    return _names().get(normalise(name))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 (only a name that the database does not know needs it)

    known: dict[str, str] = {}
    for locale in _LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004 (alpha-2, not UN regions)
                known.setdefault(normalise(name), code)
    return known
