"""Takes the words and figures out of names that tell projects and organizations apart."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bricoop.domain.country_names import words_of_country
from bricoop.domain.project_kinds.title_parts import may_part_titles, title_parts
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
#: The beginning of any figure, which few names have.
_BEFORE_UNIT = re.compile(r"\d[ -]?[km]", re.IGNORECASE)
#: Numbers, with or without a unit or an ordinal ending: `80`, `120mw`, `13th`.
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|m|b|k|x|mm|bn|mln|mw|kw|kv|km|kva|mva|gwh|ha|t)?")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_SPELLED = {
    "one": 1, "first": 1, "1st": 1, "two": 2, "second": 2, "2nd": 2, "three": 3, "third": 3,
    "3rd": 3, "four": 4, "fourth": 4, "4th": 4, "five": 5, "fifth": 5, "5th": 5,
}  # fmt: skip
_PHASE = r"(?:phases?|tranches?|stages?|sections?|lots?|loan|part)"
#: A word without which no name states a phase.
_PHASE_WORD = re.compile("phase|tranche|stage|section|lot|loan|part")
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
#: Longer names are cut where they are taken apart.
_LONGEST_PLAIN = 500


def name_words(name: str, countries: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name that tell projects apart, in order, without repetition.

    Words of its countries, of who gives, of amounts and of works in general are left out.

    >>> name_words("China Eximbank provides $5 million loan for Lake Kuri Road in Kenya", ["KE"])
    ('lake', 'kuri', 'road')
    """
    of_countries = tuple(countries)
    words = dict.fromkeys(_words_of_title(name))
    return tuple([word for word in words if not _is_of_country(word, of_countries)])


def _words_of_title(name: str) -> Sequence[str]:
    """Return the words of a name without boilerplate and numbers."""
    words = _words_of_plain_title(name)
    if words is not None:
        return words
    parsed = title_parts(name)
    text = parsed.delivered
    if parsed.verb:
        text = " ".join(filter(None, (parsed.delivered, parsed.receiver, parsed.purpose)))
    return _telling(text)


def _words_of_plain_title(name: str) -> list[str] | None:
    """Return the words of a name, word by word; None if it may have parts that are left out.

    Most names of a large source are plain, and taking each apart was a third of a match.
    """
    if not name.isascii() or len(name) > _LONGEST_PLAIN:
        return None
    words: list[str] = []
    for token in name.split(" "):
        if not token.isdigit():
            of_token = _words_of_token(token)
            if of_token is None:
                return None
            words += of_token
    return words


@lru_cache(maxsize=65_536)
def _words_of_token(token: str) -> tuple[str, ...] | None:
    """Return the words of what is between spaces; None if a title with it has to be taken apart."""
    return None if may_part_titles(token) else _telling(token)


def _telling(text: str) -> tuple[str, ...]:
    """Return the words of a text without boilerplate and numbers."""
    if "-" in text:
        text = _LETTER.sub(r"\1", text)
    boilerplate = word_lists().boilerplate
    return tuple([
        word
        for word in words_of(text)
        if len(word) >= _SHORTEST_WORD
        and word not in boilerplate
        and not (word[0].isdigit() and _NUMBER.fullmatch(word))
    ])  # fmt: skip


def phases(name: str) -> tuple[int, ...]:
    """Return the numbers of the phases, tranches and sections that a name states, sorted.

    >>> phases("Lake Road, Phase II"), phases("second phase of the Lake Road"), phases("Lake Road")
    ((2,), (2,), ())
    """
    if name.isascii() and not _PHASE_WORD.search(name.lower()):
        return ()
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
    if not _BEFORE_UNIT.search(name):
        return ()
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
def _is_of_country(word: str, countries: tuple[str, ...]) -> bool:
    """Return whether a word is one of some countries, or an adjective of one: `Kenyan`."""
    return any(
        word.startswith(name[:-1] if len(name) >= _LONG_COUNTRY else name)
        and len(word) <= len(name) + _LONGER
        for name in _country_words(countries)
    )


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _ROMAN.get(word) or _SPELLED.get(word, 0)
