"""Finds the countries that a text names, by their names and by adjectives such as `Kenyan`."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bricoop.domain.country_names import alpha2_of, namesake, usual_names

#: Shorter words are codes, and words of other meanings.
_SHORTEST = 4
#: `democratic republic of the congo`.
_MOST_WORDS = 5
#: Languages whose names of countries are found; some names in others are English words, such as
#: the German `Island`.
_LANGUAGES = ("en", "fr", "es", "pt")
#: Words that begin formal names: `Republic of Kenya`.
_FORMAL = frozenset(
    {"republic", "republique", "republica", "kingdom", "people", "peoples", "democratic",
     "federal", "islamic", "united"}
)  # fmt: skip
_ARTICLES = frozenset(
    {"the", "of", "and", "la", "le", "les", "des", "del", "do", "da", "e", "et", "y"}
)
#: Endings of adjectives, each with what the name has in its place. Those that leave more of the
#: word come first: `nigerian` is of Nigeria, not of Niger.
_ENDINGS = (
    ("n", ""), ("i", ""), ("an", "e"), ("en", "a"), ("aise", "e"), ("ois", "e"), ("an", ""),
    ("ean", "e"), ("ese", "a"), ("aine", "e"), ("enne", "e"), ("oise", "e"), ("ian", ""),
    ("ien", ""), ("ese", ""), ("ais", ""), ("ois", ""), ("lese", ""), ("aise", ""), ("oise", ""),
)  # fmt: skip
#: Adjectives that no ending explains.
_IRREGULAR = {
    "prc": "CN", "nigerien": "NE", "nigerienne": "NE", "ivorian": "CI", "ivoirien": "CI",
    "moroccan": "MA", "marocain": "MA",
    "mozambican": "MZ", "mauritian": "MU", "guinean": "GN", "malagasy": "MG", "malgache": "MG",
    "basotho": "LS", "motswana": "BW", "french": "FR", "german": "DE", "british": "GB",
    "dutch": "NL", "danish": "DK", "swedish": "SE", "norwegian": "NO", "finnish": "FI",
    "spanish": "ES", "swiss": "CH", "turkish": "TR", "polish": "PL", "portuguese": "PT",
    "greek": "GR", "italian": "IT", "czech": "CZ", "irish": "IE", "icelandic": "IS",
    "belgian": "BE", "thai": "TH", "filipino": "PH", "peruvian": "PE", "canadian": "CA",
    "brazilian": "BR", "argentine": "AR", "ukrainian": "UA", "hungarian": "HU", "afghan": "AF",
    "burmese": "MM", "lao": "LA", "emirati": "AE", "saudi": "SA", "omani": "OM",
}  # fmt: skip


class NamedCountry(NamedTuple):
    """A country that a text names.

    Attributes:
        start: the position of the first word of its name.
        end: the position after its last word.
        alpha2: its ISO 3166-1 alpha-2 code.
    """

    start: int
    end: int
    alpha2: str


def named_countries(words: Sequence[str]) -> list[NamedCountry]:
    """Return the countries that a text names, in order; the longest name at each position.

    Names that two countries share are left out: `Congo`, `Korea`.

    Args:
        words: the words of the text, as `tokenizer.words_of` returns them.

    >>> named_countries(["kenyan", "ministry", "of", "finance"])
    [NamedCountry(start=0, end=1, alpha2='KE')]
    >>> [country.alpha2 for country in named_countries("bank of south sudan and chad".split())]
    ['SS', 'TD']
    """
    countries: list[NamedCountry] = []
    start = 0
    while start < len(words):
        country = _country_at(words, start)
        if country is not None:
            countries.append(country)
        start = country.end if country else start + 1
    return countries


def _country_at(words: Sequence[str], start: int) -> NamedCountry | None:
    first = words[start]
    if first in _words_of_long_names():
        for end in range(min(len(words), start + _MOST_WORDS), start + 1, -1):
            if alpha2 := _long_name(" ".join(words[start:end])):
                return NamedCountry(start, end, alpha2)
    alpha2 = _short_name(first)
    return NamedCountry(start, start + 1, alpha2) if alpha2 else None


@lru_cache(maxsize=16_384)
def _long_name(name: str) -> str | None:
    return alpha2_of(name)


@lru_cache(maxsize=65_536)
def _short_name(word: str) -> str | None:
    """Return the code of the country that a word names, or whose adjective it is."""
    names = _names()
    if alpha2 := _IRREGULAR.get(word) or names.get(word):
        return alpha2
    for ending, instead in _ENDINGS:
        name = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(name) >= _SHORTEST and (alpha2 := names.get(name)):
            return alpha2
    return None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the codes of countries by names of one word that mean one country only."""
    return {
        name: code
        for name, code in usual_names(_LANGUAGES)
        if len(name) >= _SHORTEST and " " not in name and not namesake(name)
    }


@lru_cache(maxsize=1)
def _words_of_long_names() -> frozenset[str]:
    """Return the words with which a name of several words may begin, in any order of its words."""
    words = {word for name, _ in usual_names(_LANGUAGES) if " " in name for word in name.split()}
    return (frozenset(words) | _FORMAL) - _ARTICLES
