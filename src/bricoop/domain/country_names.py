"""Country names in some forty languages, from Unicode's CLDR, to ISO 3166-1 alpha-2 codes."""

import csv
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from bricoop.domain.names import normalise

#: The folder of the files that `tools/country_names.py` writes, and of CLDR's `LICENSE.unicode`.
_FOLDER = Path(__file__).parent
#: Names in use that CLDR lacks, by normalised name.
_ALSO = {
    "czech": "CZ", "fyrom": "MK", "rdc": "CD", "rd congo": "CD", "rca": "CF", "rok": "KR",
    "prc": "CN", "macao": "MO", "macau": "MO", "burma": "MM", "swaziland": "SZ",
    "cape verde": "CV", "east timor": "TL", "ivory coast": "CI", "holland": "NL",
    "great britain": "GB", "palestine": "PS", "kyrgyz republic": "KG", "viet nam": "VN",
    "香港": "HK", "澳门": "MO", "澳門": "MO", "台湾": "TW", "臺灣": "TW", "马其顿": "MK",
    "刚果金": "CD", "民主刚果": "CD", "刚果民主共和国": "CD", "刚果布": "CG", "刚果共和国": "CG",
    "南韩": "KR", "大韩民国": "KR", "北朝鲜": "KP", "阿联酋": "AE", "沙特": "SA", "波黑": "BA",
    "中非": "CF", "巴新": "PG", "多米尼加": "DO", "斯威士兰": "SZ", "吉尔吉斯": "KG",
    "捷克共和国": "CZ", "斯洛伐克共和国": "SK", "乌兹别克": "UZ", "特立尼达和多巴哥": "TT",
}  # fmt: skip
#: Formal names in English. Statistics invert and shorten them: `Congo, Dem. Rep. of the`.
_FORMAL = {
    "AF": "Islamic Republic of Afghanistan", "BA": "Bosnia and Herzegovina",
    "BD": "People's Republic of Bangladesh", "BO": "Plurinational State of Bolivia",
    "BS": "Commonwealth of The Bahamas", "CD": "Democratic Republic of the Congo",
    "CF": "Central African Republic", "CG": "Republic of the Congo",
    "CN": "People's Republic of China", "CZ": "Czech Republic", "DO": "Dominican Republic",
    "DZ": "People's Democratic Republic of Algeria", "EG": "Arab Republic of Egypt",
    "ET": "Federal Democratic Republic of Ethiopia", "FM": "Federated States of Micronesia",
    "GM": "Islamic Republic of The Gambia", "HK": "Hong Kong Special Administrative Region",
    "IR": "Islamic Republic of Iran", "KG": "Kyrgyz Republic",
    "KP": "Democratic People's Republic of Korea", "KR": "Republic of Korea",
    "LA": "Lao People's Democratic Republic", "LK": "Democratic Socialist Republic of Sri Lanka",
    "MD": "Republic of Moldova", "MK": "Former Yugoslav Republic of Macedonia",
    "MM": "Republic of the Union of Myanmar", "MR": "Islamic Republic of Mauritania",
    "NG": "Federal Republic of Nigeria", "NP": "Federal Democratic Republic of Nepal",
    "PK": "Islamic Republic of Pakistan", "PS": "Palestinian Administered Areas",
    "RU": "Russian Federation", "SK": "Slovak Republic", "SO": "Federal Republic of Somalia",
    "ST": "Democratic Republic of São Tomé and Príncipe", "SY": "Syrian Arab Republic",
    "TL": "Democratic Republic of Timor-Leste", "TZ": "United Republic of Tanzania",
    "VE": "Bolivarian Republic of Venezuela", "VN": "Socialist Republic of Vietnam",
}  # fmt: skip
#: Formal names in other languages that do not contain the usual name, or not as it is.
_FORMAL_ELSEWHERE = {
    "CD": (
        "République démocratique du Congo", "Demokratische Republik Kongo",
        "República Democrática del Congo", "República Democrática do Congo",
        "Repubblica Democratica del Congo", "Democratische Republiek Congo",
        "Демократическая Республика Конго",
    ),
    "CG": (
        "République du Congo", "Republik Kongo", "República del Congo", "República do Congo",
        "Repubblica del Congo", "Republiek Congo", "Республика Конго",
    ),
    "KR": (
        "République de Corée", "Republik Korea", "República de Corea", "República da Coreia",
        "Repubblica di Corea", "Республика Корея",
    ),
    "KP": (
        "République populaire démocratique de Corée", "Demokratische Volksrepublik Korea",
        "República Popular Democrática de Corea", "República Popular Democrática da Coreia",
        "Корейская Народно-Демократическая Республика",
    ),
    "CN": (
        "République populaire de Chine", "Volksrepublik China", "República Popular China",
        "República Popular da China", "Repubblica Popolare Cinese",
        "Китайская Народная Республика",
    ),
    "RU": (
        "Fédération de Russie", "Russische Föderation", "Federación de Rusia",
        "Federação Russa", "Federazione Russa", "Российская Федерация",
    ),
    "LA": ("République démocratique populaire lao", "Demokratische Volksrepublik Laos"),
    "TZ": ("République-Unie de Tanzanie", "Vereinigte Republik Tansania"),
    "SY": ("République arabe syrienne", "Arabische Republik Syrien"),
    "EG": ("République arabe d'Égypte", "Arabische Republik Ägypten"),
    "IR": ("République islamique d'Iran", "Islamische Republik Iran"),
    "MR": ("République islamique de Mauritanie", "Islamische Republik Mauretanien"),
    "PK": ("République islamique du Pakistan", "Islamische Republik Pakistan"),
    "ET": ("République fédérale démocratique d'Éthiopie",),
    "MD": ("République de Moldova", "Republik Moldau"),
    "CZ": ("République tchèque", "Tschechische Republik"),
}  # fmt: skip
#: Words that make a formal name of a usual one, by language: `Republic of Kenya`.
_FORMS = {
    "en": ("republic", "kingdom"), "fr": ("republique", "royaume"), "es": ("republica", "reino"),
    "de": ("republik", "konigreich"), "pt": ("republica", "reino"), "it": ("repubblica", "regno"),
}  # fmt: skip
#: Abbreviations in names of countries, and then words that are ignored when names are compared.
_LONG = {
    "rep": "republic", "dem": "democratic", "fed": "federated", "federal": "federated",
    "sts": "states", "st": "saint", "is": "islands", "isl": "islands", "adm": "administered",
    "terr": "territories",
}  # fmt: skip
_FILLING = frozenset(
    {"the", "of", "and", "de", "du", "des", "la", "le", "les", "l", "d", "del", "da", "do", "di"}
)
#: Countries for which `Republic of` means another country: the Republic of China is Taiwan.
_NO_REPUBLIC = frozenset({"CN"})

#: Names that two countries share, with a hint that tells the two apart.
_NAMESAKES = {
    "congo": "CG is the Republic of the Congo, CD the Democratic Republic of the Congo",
    "korea": "KR is the Republic of Korea, KP the Democratic People's Republic of Korea",
}


def namesake(name: str) -> str:
    """Return a hint on the two countries that an ambiguous name may mean; else an empty string.

    >>> namesake("Congo")[:31], namesake("Kenya")
    ('CG is the Republic of the Congo', '')
    """
    return _NAMESAKES.get(normalise(name), "")


def alpha2_of(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code for a code or a name; None if it is unknown.

    Names are matched exactly after normalisation; misspellings are not guessed. English names may
    be inverted and abbreviated. Codes take precedence over names: AO is Angola, though Áo is
    Austria in Vietnamese.

    >>> alpha2_of("Congo, Dem. Rep. of the"), alpha2_of("Slovak Rep."), alpha2_of("Kenia")
    ('CD', 'SK', 'KE')
    """
    if code := _by_code(name.strip()):
        return code
    normalised = normalise(name)
    alpha2 = _names().get(normalised) or _ALSO.get(normalised.replace(" ", ""))
    alpha2 = alpha2 or _ALSO.get(normalised)
    if alpha2 is None and normalised.startswith("the "):
        # `The Gambia`, which is no formal name.
        alpha2 = _names().get(normalised.removeprefix("the "))
    words = _words(normalised)
    # The order of words is ignored for names of several words only.
    return alpha2 or (_by_words().get(words) if len(words) > 1 else None)


@lru_cache(maxsize=512)
def words_of_country(alpha2: str) -> frozenset[str]:
    """Return the words of all names of a country, normalised, without short and filling ones.

    >>> sorted(words_of_country("CI") & {"cote", "ivoire", "ivory", "d"})
    ['cote', 'ivoire', 'ivory']
    """
    names = (name for name, code in (*_names().items(), *_ALSO.items()) if code == alpha2)
    words = {word for name in names for word in name.split()}
    return frozenset(words - _FILLING)


def usual_names(languages: Collection[str]) -> list[tuple[str, str]]:
    """Return the usual names of countries in some of six languages, with their alpha-2 codes.

    Names are normalised. Languages are English, French, Spanish, German, Portuguese and Italian.
    """
    return [
        (row["name"], row["alpha2"])
        for row in _rows("country_languages")
        if row["language"] in languages
    ]


def _by_code(text: str) -> str | None:
    """Return the alpha-2 code for an alpha-2 or alpha-3 code in any case."""
    return _codes().get(text.upper()) if re.fullmatch("[A-Za-z]{2,3}", text) else None


def _words(normalised: str) -> tuple[str, ...]:
    """Return the significant words of a name, sorted, with abbreviations written out.

    Repeated words are kept: `Sudan, South Sudan` names two countries.
    """
    words = (_LONG.get(word, word) for word in normalised.split())
    return tuple(sorted(word for word in words if word not in _FILLING))


@lru_cache(maxsize=1)
def _by_words() -> dict[tuple[str, ...], str]:
    codes_by_name = {_words(normalise(name)): code for code, name in _FORMAL.items()}
    for code, names in _FORMAL_ELSEWHERE.items():
        codes_by_name.update({_words(normalise(name)): code for name in names})
    for row in _rows("country_languages"):
        words = _words(row["name"])
        codes_by_name.setdefault(words, row["alpha2"])
        if row["alpha2"] not in _NO_REPUBLIC:
            for form in _FORMS[row["language"]]:
                codes_by_name.setdefault(tuple(sorted((*words, form))), row["alpha2"])
    return codes_by_name


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the alpha-2 code for each normalised name."""
    return {row["name"]: row["alpha2"] for row in _rows("country_names")}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Return the alpha-2 code for each code of two or three letters."""
    return {row["code"]: row["alpha2"] for row in _rows("country_codes")}


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
