"""Takes the words and figures out of names that tell projects and organizations apart."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bricoop.domain.country_names import words_of_country
from bricoop.domain.project_kinds.title_parts import title_parts
from bricoop.domain.tokenizer import words_of
from bricoop.identity.compared_project import Figure
from bricoop.identity.word_lists import word_lists

_UNITS = {
    "mw": "MW", "megawatt": "MW", "megawatts": "MW", "km": "km", "kms": "km", "kilometer": "km",
    "kilometers": "km", "kilometre": "km", "kilometres": "km",
}  # fmt: skip
_FIGURE = re.compile(
    rf"(?<![\w.])(\d+(?:[,;]\d{{3}})*(?:\.\d+)?)[ -]?({'|'.join(_UNITS)})\b", re.IGNORECASE
)
#: Numbers, with or without a unit or an ordinal ending: `80`, `120mw`, `13th`.
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|m|b|k|x|mm|bn|mln|mw|kw|kv|km|kva|mva|gwh|ha|t)?")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_SPELLED = {
    "one": 1, "first": 1, "1st": 1, "two": 2, "second": 2, "2nd": 2, "three": 3, "third": 3,
    "3rd": 3, "four": 4, "fourth": 4, "4th": 4, "five": 5, "fifth": 5, "5th": 5,
}  # fmt: skip
_PHASE = r"(?:phases?|tranches?|stages?|sections?|lots?|loan|part)"
_NUMBERED = re.compile(
    rf"\b{_PHASE} (?:no )?(\d{{1,2}}|[ivx]+|one|two|three|four|five)(?: (?:and|to) (\d|[ivx]+))?\b"
)
_ORDINAL = re.compile(
    rf"\b({'|'.join(word for word in _SPELLED if word not in _NUMBERED.pattern)})"
    rf" (?:\w+ ){{0,2}}{_PHASE}\b"
)
#: The hyphen of `E-government`, without which the letter would be lost.
_LETTER = re.compile(r"\b([a-z])-(?=[a-z]{3})", re.IGNORECASE)
#: An adjective is at most so much longer than the name of the country that it begins with.
_LONGER = 4
_SHORTEST_COUNTRY = 4
_LONG_COUNTRY = 5
_SHORTEST_WORD = 2


def name_words(name: str, countries: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name that tell projects apart, in order, without repetition.

    Words of its countries, of who gives, of amounts and of works in general are left out.

    >>> name_words("China Eximbank provides $5 million loan for Lake Kuri Road in Kenya", ["KE"])
    ('lake', 'kuri', 'road')
    """
    parsed = title_parts(name)
    text = " ".join(filter(None, (parsed.delivered, parsed.receiver, parsed.purpose)))
    if not parsed.verb:
        text = parsed.delivered
    return telling_words(text, countries)


def telling_words(text: str, countries: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a text without boilerplate, numbers and words of countries."""
    boilerplate = word_lists().boilerplate
    named = _country_words(tuple(countries))
    return tuple(
        dict.fromkeys(
            word
            for word in words_of(_LETTER.sub(r"\1", text))
            if len(word) >= _SHORTEST_WORD
            and word not in boilerplate
            and not (word[0].isdigit() and _NUMBER.fullmatch(word))
            and not _is_of_country(word, named)
        )
    )


def phases(name: str) -> tuple[int, ...]:
    """Return the numbers of the phases, tranches and sections that a name states, sorted.

    >>> phases("Lake Road, Phase II"), phases("second phase of the Lake Road"), phases("Lake Road")
    ((2,), (2,), ())
    """
    text = " ".join(words_of(name))
    numbers = [
        _number(word) for match in _NUMBERED.finditer(text) for word in match.groups() if word
    ]
    numbers += [_number(match[1]) for match in _ORDINAL.finditer(text)]
    return tuple(sorted({number for number in numbers if number}))


def figures(name: str) -> tuple[Figure, ...]:
    """Return the capacities and lengths in a name, sorted.

    >>> figures("Lake Dam 120MW and road; 1,344 km")
    (Figure(value=120.0, unit='MW'), Figure(value=1344.0, unit='km'))
    """
    return tuple(
        sorted({
            Figure(float(re.sub("[,;]", "", match[1])), _UNITS[match[2].casefold()])
            for match in _FIGURE.finditer(name)
        })
    )  # fmt: skip


def lenders(names: Iterable[str]) -> tuple[str, ...]:
    """Return the lenders with these names, sorted: a code, or else the telling words of the name.

    >>> lenders(["Export-Import Bank of China", "ExIm Bank", "Lake Bank"])
    ('eximbank', 'lake bank')
    """
    return tuple(sorted({lender for name in names if (lender := _lender(name))}))


def builders(names: Iterable[str]) -> tuple[str, ...]:
    """Return the telling words of the names of organizations, sorted.

    >>> builders(["Sinohydro Ltd.", "China Road & Bridge Corporation (CRBC)"])
    ('crbc', 'sinohydro')
    """
    return tuple(sorted({word for name in names for word in _organization_words(name)}))


@lru_cache(maxsize=8192)
def _lender(name: str) -> str:
    words = frozenset(words_of(name))
    if words & word_lists().unspecified:
        return ""
    for words_of_lender, code in word_lists().lenders:
        if words_of_lender <= words:
            return code
    return " ".join(_organization_words(name))


@lru_cache(maxsize=8192)
def _organization_words(name: str) -> tuple[str, ...]:
    words = words_of(name)
    if not word_lists().unspecified.isdisjoint(words):
        return ()
    left_out = word_lists().of_organizations
    return tuple(word for word in words if len(word) >= _SHORTEST_WORD and word not in left_out)


@lru_cache(maxsize=1024)
def _country_words(countries: tuple[str, ...]) -> tuple[str, ...]:
    words = {word for alpha2 in countries for word in words_of_country(alpha2)}
    return tuple(sorted(word for word in words if len(word) >= _SHORTEST_COUNTRY))


@lru_cache(maxsize=65_536)
def _is_of_country(word: str, country_words: tuple[str, ...]) -> bool:
    """Return whether a word is one of a country, or an adjective of one: `Kenyan`."""
    return any(
        word.startswith(name[:-1] if len(name) >= _LONG_COUNTRY else name)
        and len(word) <= len(name) + _LONGER
        for name in country_words
    )


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _ROMAN.get(word) or _SPELLED.get(word, 0)
