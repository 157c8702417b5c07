"""Splits names of organizations into words, countries, localities, numbers and legal forms."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from bricoop.domain.named_countries import named_countries
from bricoop.domain.tokenizer import is_unspaced_word, words_of
from bricoop.identity.organizations.word_lists import organization_words

_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)?")
_ROMAN = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12,
}  # fmt: skip
#: Single letters are numbers at the end of a name only: `AVIC I`.
_LAST_ROMAN = {"i": 1, "v": 5, "x": 10}
#: Words before a number that say nothing: `No. 8`.
_BEFORE_NUMBERS = frozenset({"no", "nr", "number", "nos"})
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")}
_TEN = 10
#: `第八工程局`, `八局`
_CHINESE_NUMBER = re.compile("第?([一二三四五六七八九十]{1,3})(?=(?:工程)?局|公司|集团|院|处)")


class WordRole(StrEnum):
    """What a word of a name is."""

    WORD = auto()
    COUNTRY = auto()
    LOCALITY = auto()
    NUMBER = auto()
    LEGAL = auto()
    FILLER = auto()


#: What tells organizations apart, besides numbers.
TELLING = frozenset({WordRole.WORD, WordRole.COUNTRY, WordRole.LOCALITY})


@dataclass(frozen=True, slots=True)
class NameToken:
    """A word of a name, or several that are one country or number.

    Attributes:
        role: what it is.
        text: the word; of a country its alpha-2 code, of a number its digits.
        initials: the first letters of its words.
    """

    role: WordRole
    text: str
    initials: str


def name_tokens(name: str) -> list[NameToken]:
    """Return the words of a name, in order.

    >>> [(token.role.name, token.text) for token in name_tokens("China Railway No. 5 Group")]
    [('COUNTRY', 'CN'), ('WORD', 'railway'), ('NUMBER', '5'), ('LEGAL', 'group')]
    """
    plain, chinese = _without_chinese_forms(name)
    words = words_of(plain)
    tokens = [*chinese]
    starts = {country.start: country for country in named_countries(words)}
    position = 0
    while position < len(words):
        if position in starts:
            _, end, alpha2 = starts[position]
            initials = "".join(word[0] for word in words[position:end])
            tokens.append(NameToken(WordRole.COUNTRY, alpha2, initials))
        else:
            end, next_tokens = _at(words, position)
            tokens += next_tokens
        position = end
    return tokens


def _at(words: Sequence[str], position: int) -> tuple[int, list[NameToken]]:
    """Return the position after the next word or legal phrase, and what it is."""
    lists = organization_words()
    word = words[position]
    for phrase in lists.legal_phrases.get(word, ()):
        if tuple(words[position : position + len(phrase)]) == phrase:
            forms = (NameToken(WordRole.LEGAL, form, form[0]) for form in phrase)
            return position + len(phrase), [*forms]
    number = _number(words, position)
    if number:
        return position + 1, [NameToken(WordRole.NUMBER, str(number), "")]
    if word in _BEFORE_NUMBERS and position + 1 < len(words) and _number(words, position + 1):
        return position + 1, []
    return position + 1, [*_plain(word)]


def _plain(word: str) -> Iterator[NameToken]:
    lists = organization_words()
    if word in lists.legal:
        yield NameToken(WordRole.LEGAL, word, word[0])
    elif word in lists.filler:
        yield NameToken(WordRole.FILLER, word, word[0])
    elif word in lists.localities:
        yield NameToken(WordRole.LOCALITY, lists.localities[word], word[0])
    elif is_unspaced_word(word):
        if len(word) > 1:  # the last character again, of which the pair before it consists too
            yield NameToken(WordRole.WORD, word, "")
    elif word in lists.synonyms:
        for synonym in lists.synonyms[word]:
            yield NameToken(WordRole.WORD, synonym, synonym[0])
    else:
        yield NameToken(WordRole.WORD, word, word[0])


def _number(words: Sequence[str], position: int) -> int:
    """Return the number that a word is, or 0."""
    word = words[position]
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return int(ordinal[1])
    if position and position == len(words) - 1 and word in _LAST_ROMAN:
        return _LAST_ROMAN[word]
    return organization_words().numbers.get(word) or _ROMAN.get(word, 0)


def _without_chinese_forms(name: str) -> tuple[str, list[NameToken]]:
    """Return a name without legal forms, numbers and China in Chinese, and what these were."""
    if name.isascii():
        return name, []
    lists = organization_words()
    tokens = []
    for china in lists.china_chinese:
        if china in name:
            name = name.replace(china, " ")
            tokens = [NameToken(WordRole.COUNTRY, "CN", "")]
    numbers = [_chinese_number(match[1]) for match in _CHINESE_NUMBER.finditer(name)]
    tokens += [NameToken(WordRole.NUMBER, str(number), "") for number in numbers]
    name = _CHINESE_NUMBER.sub(" ", name)
    return _without(name, lists.legal_chinese), tokens


def _without(text: str, forms: Iterable[str]) -> str:
    for form in forms:
        text = text.replace(form, " ")
    return text


def _chinese_number(digits: str) -> int:
    """Return the value of a number in Chinese: `十四`, `二十`."""
    tens, ten, units = digits.rpartition("十")
    value = _digits(units)
    return value + _TEN * (_digits(tens) or 1) if ten else value


def _digits(digits: str) -> int:
    value = 0
    for digit in digits:
        value = _TEN * value + _CHINESE_DIGITS[digit]
    return value
