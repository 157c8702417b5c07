"""Recognizes numbers, currencies, countries and names in the columns of an unknown file."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bricoop.domain.country_names import alpha2_of
from bricoop.domain.currencies import CODES, instead_of
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import slips
from bricoop.ingest.profile.date_guesses import are_years, dated_share
from bricoop.settings import resource_folder

#: Cells that stand for a missing value, in lower case.
SAYS_NOTHING = ("n/a", "na", "#n/a", "n.a.", "-", "--", "–", "—", "…", "..", "null", "none", "nan")
_NUMBER = re.compile(
    r"(?P<before>[^\d+\-.,]{0,6})[+-]?(?P<number>\d[\d.,' \u00a0\u202f]*)"
    r"(?:[eE][+-]?\d{1,2})?(?P<after>\D{0,8})"
)
#: Codes of currencies recognized in any case. Others may be words in lower case, such as `all`.
_ALSO_SMALL = {"USD", "EUR", "CNY", "GBP", "JPY"}
#: Factors of units of one letter, which stand beside numbers and not in headings.
_FACTORS = {"B": "1000000000", "b": "1000000000", "M": "1000000", "K": "1000"}
#: Words in headings for the factor of numbers, in several languages. A phrase comes before the
#: shorter words that it contains.
_MULTIPLES = tuple((re.compile(pattern), factor) for pattern, factor in (
    (r"\b(billions?|bn|usdbn|milliards?|mds|milliarden?|mrd|bilh(oes|ao)|млрд)\b",
     "1000000000"),
    (r"\bmil(es de)? (millones|milhoes)\b", "1000000000"),
    (r"\b(millions?|mn|mln|mio|m|usdm|usdmn|millon(es)?|millionen|milh(oes|ao)|млн)\b",
     "1000000"),
    (r"\b(thousands?|k|milliers?|miles|tausend|tsd|тыс)\b|千", "1000"),
))  # fmt: skip
#: Chinese factors multiply: 百万 is a million, 千亿 a hundred billion. 万象 is Vientiane.
_CHINESE = re.compile("([十百千]*)(万亿|亿|万)(?!象)")
_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
#: Zeros that stand for a factor, as in `(000s)` and `USD '000`.
_ZEROS = re.compile(r"(?<![\d.,])000(?:[,.]?000)*(?![\d.,])")
#: Signs and words that may name a currency.
_OF_CURRENCIES = r"[A-Za-z]{0,3}[$€£¥￥₽₹₩₦₪₫₸฿₱₺]|[^\W\d_\u4e00-\u9fff]+|[\u4e00-\u9fff]+"
#: Chinese numerals that may precede a currency: 亿美元 is 100 million dollars.
_CHINESE_UNITS = "十百千万亿"
#: The share of cells that decides what a column is; the rest are taken for errors.
_MOST = 0.9
_HALF = 0.5
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?\s*%?", re.ASCII)
_CODE = re.compile("[A-Z]{2}")
_NAMES_OF_PLACES = ("name", "alpha2", "alpha3", "name_zh", "aliases", "stated_name")
#: Values of yes-or-no columns, which are neither names nor numbers.
FLAGS = frozenset({"yes", "no", "true", "false", "y", "n", "0", "1", "0.0", "1.0"})
#: The number of cells that decide whether a column looks like money.
_SAMPLED_CELLS = 100


#: The number of different numbers with a mark, and without, that decide what the mark is.
_ENOUGH = 3


@dataclass
class Numbers:
    """How numbers are written in a file, as far as its cells have shown.

    Attributes:
        decimal: the decimal mark; empty while unknown.
        thousands: the separator of thousands; empty while unknown.
        signs: texts before and after numbers.
        doubtful: the first ambiguous number, such as `1,234`.
    """

    decimal: str = ""
    thousands: str = ""
    signs: list[str] = field(default_factory=list)
    doubtful: str = ""
    _doubtful: set[str] = field(default_factory=set)
    _plain: set[str] = field(default_factory=set)

    def look_at(self, cells: Iterable[str], signs: Iterable[str] = ()) -> None:
        """Update the style from the cells of a column of numbers, and the signs beside them."""
        self.signs += [sign for sign in signs if sign not in self.signs]
        for cell in cells:
            if match := _number(cell):
                self._look_at_marks(match["number"].strip())

    def _look_at_marks(self, number: str) -> None:
        marks = [mark for mark in number if not mark.isdigit()]
        if not marks:
            self._plain.add(number)
            return
        last, kinds = marks[-1], dict.fromkeys(marks)
        decimals = len(number) - number.rindex(last) - 1
        if len(kinds) > 1:
            self.decimal, self.thousands = last, marks[0]
        elif len(marks) > 1 or last in "' \u00a0\u202f":
            self.thousands = last
        elif decimals == 3 and not number.startswith("0"):  # noqa: PLR2004 (thousands have three)
            self.doubtful = self.doubtful or number
            self._doubtful.add(number)
        else:
            self.decimal = last

    @property
    def mark(self) -> str:
        """The mark in the ambiguous number; empty if there is none."""
        return next((mark for mark in self.doubtful if not mark.isdigit()), "")

    @property
    def is_doubtful(self) -> bool:
        """Whether there is an ambiguous number, and no other cell decides what its mark is."""
        mark = self.mark
        if self.doubtful and self.decimal and self.decimal != mark:
            self.thousands = mark
        return bool(self.doubtful) and mark not in {self.decimal, self.thousands}

    @property
    def are_grouped(self) -> bool:
        """Whether the marks in ambiguous numbers must separate thousands.

        Decimals have either a fixed number of places or no trailing zeros. The marks cannot be
        decimal if numbers without a mark are all below 1000, and some with a mark end in a zero.
        """
        return (
            len(self._doubtful) >= _ENOUGH
            and len({mark for number in self._doubtful for mark in number if not mark.isdigit()})
            == 1
            and any(number.endswith("0") for number in self._doubtful)
            and len(self._plain) >= _ENOUGH
            and all(len(number) <= 3 for number in self._plain)  # noqa: PLR2004 (thousands have more)
        )


def signs_and_units(cells: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Return the signs beside numbers, and the units with their factors.

    An unknown unit has an empty factor. If some numbers have no unit, the empty unit is included,
    with the factor 1.
    """
    signs: dict[str, None] = {}
    units: dict[str, str] = {}
    plain = False
    for cell in cells:
        match = _number(cell)
        if match is None:
            continue
        before, after = match["before"].strip(), match["after"].strip()
        is_unit = _is_unit(after)
        for sign in (before, "" if is_unit else after):
            if sign:
                signs[sign] = None
        if is_unit:
            units[after] = "" if after == "%" else factor_in(after) or _FACTORS.get(after, "")
        plain = plain or not is_unit
    if units and plain:
        units[""] = "1"
    return list(signs), units


def sign_patterns(cells: Iterable[str], sign: str) -> list[str]:
    """Return `when` patterns for the cells with a sign before or after a number: `€*`, `*€`."""
    patterns: dict[str, None] = {}
    for match in filter(None, map(_number, cells)):
        if match["before"].strip() == sign:
            patterns[f"{sign}*"] = None
        elif match["after"].strip() == sign:
            patterns[f"*{sign}"] = None
    return list(patterns)


def has_plain(cells: Iterable[str]) -> bool:
    """Return whether any number has no sign beside it."""
    matches = filter(None, map(_number, cells))
    return any(
        not match["before"].strip() and (not match["after"].strip() or _is_unit(match["after"]))
        for match in matches
    )


def _number(cell: str) -> re.Match[str] | None:
    """Match a number; None if it is preceded by a word that is not a currency."""
    match = _NUMBER.fullmatch(cell)
    if match is None:
        return None
    before = match["before"]
    has_words = any(letter.isalpha() for letter in before)
    return None if has_words and (not is_currency(before) or factor_in(before)) else match


def _is_unit(after: str) -> bool:
    return bool(re.search(r"[A-Za-z%亿万百千]", after)) and not is_currency(after)


def is_number(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers, with or without signs."""
    return _share(cells, lambda cell: _number(cell) is not None) >= _MOST


def is_mostly_number(cells: Sequence[str]) -> bool:
    """Return whether more than half of the cells are numbers."""
    return _share(cells, lambda cell: _number(cell) is not None) > _HALF


def are_plain_numbers(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers without signs other than a percent sign."""
    return _share(cells, lambda cell: bool(_PLAIN.fullmatch(cell))) >= _MOST


def are_amounts(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers, but not years or yes-or-no values."""
    return is_number(cells) and not are_years(cells) and not are_flags(cells)


def no_numbers(cells: Sequence[str]) -> list[str]:
    """Return the different cells that are not numbers."""
    return list(dict.fromkeys(cell for cell in cells if _number(cell) is None))


def are_flags(cells: Sequence[str]) -> bool:
    """Return whether all cells are yes-or-no values."""
    return {cell.casefold() for cell in cells} <= FLAGS


def may_be_names(cells: Sequence[str]) -> bool:
    """Return whether cells may be names: not numbers, dates or yes-or-no values."""
    return not (is_number(cells) or are_flags(cells) or dated_share(cells) > _HALF)


def money_share(cells: Sequence[str]) -> float:
    """Return the share of cells, among the first, that are numbers with a sign of a currency."""
    return _share(
        cells[:_SAMPLED_CELLS], lambda cell: bool(is_number([cell]) and currency_in(cell))
    )


def are_currencies(cells: Sequence[str]) -> bool:
    """Return whether most cells are ISO 4217 codes."""
    return _share(cells, lambda cell: cell in CODES) >= _MOST


def mean_currencies(cells: Sequence[str]) -> bool:
    """Return whether most cells mean a currency, as codes in any case or as other words."""
    return _share(cells, lambda cell: bool(currency_meant(cell))) >= _MOST


def currency_meant(word: str) -> str:
    """Return the ISO 4217 code that a word means; empty if it is unknown or ambiguous.

    >>> currency_meant("usd"), currency_meant("RMB"), currency_meant("CFA"), currency_meant("TBD")
    ('USD', 'CNY', '', '')
    """
    codes = (word.upper(),) if word.upper() in CODES else instead_of(word)
    return codes[0] if len(codes) == 1 else ""


def digits_before_mark(cell: str) -> int:
    """Return the number of digits before the decimal mark, if there is one.

    Three digits after a mark are taken for thousands.

    >>> [digits_before_mark(cell) for cell in ("1,250,000", "12.5", "1.5E+8", "1.250")]
    [7, 2, 9, 4]
    """
    number, _, power = cell.lower().partition("e+")
    whole = re.sub(r"(?<=\d)[.,](?!\d{3}(?!\d))\d+\D*$", "", number)
    exponent = re.match(r"\d+", power)
    return sum(map(str.isdigit, whole)) + (int(exponent[0]) if exponent else 0)


def countries_share(cells: Sequence[str], separator: str = "") -> float:
    """Return the share of cells that are countries or regions, or lists of them."""

    def is_place(cell: str) -> bool:
        names = cell.split(separator) if separator else [cell]
        return all(is_known_place(name) for name in names if name.strip())

    return _share(cells, is_place)


def unknown_countries(cells: Sequence[str], separator: str = "") -> list[str]:
    """Return the different words that are not countries or regions, the most frequent first."""
    words = Counter(
        word.strip() for cell in cells for word in (cell.split(separator) if separator else [cell])
    )
    return [word for word, _ in words.most_common() if word and not is_known_place(word)]


@lru_cache(maxsize=10_000)
def is_known_place(name: str) -> bool:
    """Return whether a text is the name or code of a country or region."""
    return normalise(name) in _places() or alpha2_of(name) is not None


def near_place(name: str) -> str:
    """Return the country or region of which a name may be a misspelling; empty if there is none."""
    names = _places()
    return next((names[near] for near in slips(normalise(name), names, 2)), "")


def are_country_codes(cells: Sequence[str]) -> bool:
    """Return whether most cells are alpha-2 codes of countries."""
    return _share(cells, lambda cell: bool(_CODE.fullmatch(cell)) and is_known_place(cell)) >= _MOST


def separator_of(cells: Sequence[str]) -> str:
    """Return the separator of lists in the cells of a column; empty if there are no lists."""
    for mark in (";", "|"):
        if any(mark in cell for cell in cells):
            return mark
    return ""


def currency_in(text: str) -> str:
    """Return the code of the currency in a heading or sign; empty if unknown or ambiguous."""
    currencies = {codes[0] for codes in _currencies_in(text) if len(codes) == 1}
    return next(iter(currencies)) if len(currencies) == 1 else ""


def is_currency(text: str) -> bool:
    """Return whether a text names a currency, even an ambiguous one: `$`, `RMB`, `¥`."""
    return any(_currencies_in(text))


def _currencies_in(text: str) -> Iterator[Sequence[str]]:
    """Yield for each word of a text the codes of currencies that it may mean."""
    for token in re.findall(_OF_CURRENCIES, text):
        word = token.lstrip(_CHINESE_UNITS) or token
        code = word.upper() if word.upper() in _ALSO_SMALL else word
        yield (code,) if code in CODES else instead_of(word)


def factor_in(heading: str) -> str:
    """Return the factor that a heading states for its numbers; empty if there is none."""
    if match := _CHINESE.search(heading):
        return "1" + "0" * sum(_POWERS[digit] for digit in match[0])
    if match := _ZEROS.search(heading):
        return "1" + "0" * match[0].count("0")
    # Digits are removed, as in `USD2015m`, where the year would hide the unit.
    words = normalise(re.sub(r"[\d_]", " ", heading))
    return next((factor for pattern, factor in _MULTIPLES if pattern.search(words)), "")


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if holds(cell)) / len(cells) if cells else 0.0


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Return the seeded countries and regions, by all their names and codes, normalized."""
    names_by_spelling: dict[str, str] = {}
    for path in ("iso-3166/countries.csv", "oecd-dac/regions.csv"):
        with (resource_folder("seeds") / path).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                names = [row.get(cell) or "" for cell in _NAMES_OF_PLACES]
                spellings = (name for cell in names for name in cell.split(";") if name.strip())
                names_by_spelling |= {normalise(name): row["name"] for name in spellings}
    return names_by_spelling
