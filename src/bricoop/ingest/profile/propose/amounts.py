"""Finds the amounts of money in an unknown file, and proposes their fields."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import (
    AMOUNTS,
    AS_AGREED,
    CONSTANT,
    DOLLARS,
    NOT_AMOUNT,
    NOT_MONEY,
    amount_rule,
)
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import quoted

_DOLLAR = "USD"
_SHOWN = 3
#: Amounts with at most this many digits before the point may be in millions.
_SMALL = 4
_NEARLY_ALL = 0.9
_NOMINAL = "# Check: are these nominal US dollars, and not those of one year's prices?"


@dataclass(frozen=True)
class Amounts:
    """The amounts of one file.

    Attributes:
        column: the column of the amounts, or the virtual column for columns that are years.
        heading: the heading, which may state a currency and a factor.
        cells: the cells of the column.
        units: the units beside the numbers, with their factors.
        currency: the column with the currencies; empty if there is none.
        by_sign: the code for each sign of a currency, if there are several currencies.
        code: the code of the currency, if there is only one.
        dollars: the column with the same amounts in nominal US dollars; may be empty.
        constant: the column with the same amounts in constant US dollars; may be empty.
        needed: the field without which a row has no record of finance.
        meanings: the code for each word in the column of currencies; empty if unknown.
        is_guess: whether the column was recognized by its cells only.
        styles: for each further column of amounts, the style keys of its field as TOML.
    """

    column: str
    heading: str
    cells: Sequence[str]
    units: Mapping[str, str]
    currency: str = ""
    by_sign: Mapping[str, str] | None = None
    code: str = ""
    dollars: str = ""
    constant: str = ""
    needed: str = "amount"
    meanings: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    is_guess: bool = False

    @property
    def fault(self) -> str:
        """Why the amounts cannot be read without a decision of the user; empty if they can."""
        unknown = [unit for unit, factor in self.units.items() if not factor]
        if unknown:
            return f"it is not known what {quoted(unknown[0])} beside the amounts means"
        if self.by_sign and not self.currency:
            return self._fault_of_signs(self.by_sign)
        if self.code or self.currency:
            return ""
        return "nothing says in which currency the amounts are"

    def _fault_of_signs(self, by_sign: Mapping[str, str]) -> str:
        for sign, code in by_sign.items():
            if not code:
                return f"it is not known which currency {quoted(sign)} beside the amounts means"
        if guesses.has_plain(self.cells) and not self.code:
            return "some amounts have no sign of a currency"
        folded = {sign.casefold(): code for sign, code in by_sign.items()}
        for sign, code in folded.items():
            for other, another in folded.items():
                if code != another and (other.startswith(sign) or other.endswith(sign)):
                    return f"{quoted(sign)} and {quoted(other)} cannot be told apart"
        return ""

    def lines(self) -> Iterator[str]:
        """Yield the lines of the fields for amounts and currencies."""
        if self.is_guess:
            name = quoted(self.column)
            yield f"# Check: is {name} the amount? Its heading does not say so."
        if self.units:
            yield "# Check: is this what the units mean?"
        if odd := guesses.no_numbers(self.cells):
            some = ", ".join(quoted(cell[:40]) for cell in odd[:_SHOWN])
            yield f"# Check: these are not numbers, and refused until they are corrected: {some}."
        if self._may_be_millions():
            yield "# Check: all are small. Are they millions? Then add multiply = 1000000 to each."
        known_words = [word for word, code in self.meanings.items() if code]
        is_partly_known = len(known_words) < len(self.meanings)
        yield f"amount = {self._rule({self.currency: known_words} if is_partly_known else None)}"
        yield from self._currency()
        yield from self._dollars()
        if self.constant:
            year, when = year_of_prices(self.constant), f'{{ {quoted(self.constant)} = "*" }}'
            rule = amount_rule(self.constant, {}, style=self.styles[self.constant])
            yield f"amount_usd_constant = {rule}"
            yield f'price_year = {{ constant = "{year}", when = {when} }}'

    def _currency(self) -> Iterator[str]:
        if self.currency:
            yield from self._currency_of_column()
        elif self.by_sign:
            yield "# Check: the currencies, as codes of ISO 4217, by the signs beside the amounts."
            yield "currency = ["
            for sign, code in self.by_sign.items():
                yield f'    {{ constant = "{code}", when = {self._when(sign)} }},'
            if self.code:
                yield f'    {{ constant = "{self.code}" }},'
            yield "]"
        else:
            yield "# Check: the currency, as a code of ISO 4217."
            yield f"currency = {{ constant = {quoted(self.code or '???')} }}"

    def _currency_of_column(self) -> Iterator[str]:
        if unknown := [word for word, code in self.meanings.items() if not code]:
            some = ", ".join(map(quoted, unknown))
            yield f"# Check: not known as currencies, so amounts beside them are left out: {some}."
        others = {word: code for word, code in self.meanings.items() if word.upper() != code}
        if any(others.values()):
            yield "# Check: is this what the words for currencies mean?"
        if not others:
            yield f"currency = {quoted(self.currency)}"
            return
        pairs = ", ".join(f"{quoted(word)} = {quoted(code)}" for word, code in others.items())
        column = f"column = {quoted(self.currency)}, map = {{ {pairs} }}"
        yield f'currency = {{ {column}, unmapped = "keep" }}'

    def _may_be_millions(self) -> bool:
        """Return whether all amounts are too small to be in whole units of a currency."""
        if self.units or guesses.factor_in(self.heading):
            return False
        return max(map(guesses.digits_before_mark, self.cells), default=_SMALL + 1) <= _SMALL

    def _rule(self, when: Mapping[str, Sequence[str]] | None = None) -> str:
        return amount_rule(self.column, self.units, when, self.heading)

    def _when(self, sign: str) -> str:
        patterns = ", ".join(map(quoted, guesses.sign_patterns(self.cells, sign)))
        return f"{{ {quoted(self.column)} = [{patterns}] }}"

    def _dollars(self) -> Iterator[str]:
        """Yield the lines of the field `amount_usd`, if there are amounts in US dollars."""
        when: dict[str, list[str]] = {}
        if self.dollars:
            rule = amount_rule(self.dollars, {}, style=self.styles[self.dollars])
        elif self.currency:
            words = [word for word, code in self.meanings.items() if code == _DOLLAR]
            when[self.currency] = words or [_DOLLAR]
            rule = self._rule(when)
        elif self.by_sign:
            signs = [sign for sign, code in self.by_sign.items() if code == _DOLLAR]
            when[self.column] = [
                pattern for sign in signs for pattern in guesses.sign_patterns(self.cells, sign)
            ]
            rule = self._rule(when) if signs else ""
        else:
            rule = self._rule() if self.code == _DOLLAR else ""
        if rule:
            yield _NOMINAL
            yield f"amount_usd = {rule}"


def amounts_of(columns: Columns, styles: Styles) -> Amounts | None:
    """Return the amounts of a file, or None if there are none.

    The columns that are used are marked, and the styles of numbers are updated.
    """
    currency = columns.take((r"\bcurr(ency)?\b",), guesses.mean_currencies)
    column, dollars, constant, is_guess = columns.yearly, "", "", False
    if columns.years:
        cells = [cell for year_column in columns.years for cell in columns.values[year_column.name]]
    else:
        column = _main_column(columns, agreed=bool(currency))
        is_guess = not column
        column = column or _by_values(columns, agreed=bool(currency))
        if not column:
            return None
        cells = columns.values[column]
        if guesses.currency_in(column) != _DOLLAR:
            dollars = columns.take((DOLLARS,), guesses.is_number, f"{NOT_AMOUNT}|{CONSTANT}")
        constant = _constant(columns)
    signs, units = guesses.signs_and_units(cells)
    styles.numbers.look_at(cells, signs)
    own = {
        other: styles.own_of_amounts(columns.values[other])
        for other in filter(None, (dollars, constant))
    }
    by_sign = {sign: guesses.currency_in(sign) for sign in signs if guesses.is_currency(sign)}
    heading = _heading(columns) or column
    code = guesses.currency_in(heading)
    several = len({*by_sign.values(), *([code] if code else [])}) > 1
    if not several:
        code = code or next(iter(by_sign.values()), "")
    only_dollars = not currency and not several and code == _DOLLAR
    in_dollars = only_dollars or (dollars and len(columns.values[dollars]) >= len(cells))
    # Words are matched without case in maps, so each is listed once.
    words = {word.casefold(): word for word in sorted({*columns.values[currency]}, reverse=True)
             } if currency else {}  # fmt: skip
    return Amounts(
        column, heading, cells, units, currency, by_sign if several else None, code, dollars,
        constant, "amount_usd" if in_dollars else "amount",
        {word: guesses.currency_meant(word) for word in sorted(words.values())}, own, is_guess,
    )  # fmt: skip


def year_of_prices(heading: str) -> str:
    """Return the only year in a heading; empty if there is none, or several."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", heading)
    return years[0] if len(years) == 1 else ""


def _heading(columns: Columns) -> str:
    """Return the words beside the years in headings, if they all state the same factor."""
    words = dict.fromkeys(year_column.word for year_column in columns.years if year_column.word)
    heading = " ".join(words)
    # A single field cannot apply different factors.
    return heading if len(set(map(guesses.factor_in, words))) == 1 else ""


def _main_column(columns: Columns, *, agreed: bool) -> str:
    """Return the column of amounts in the agreed currency, or else the first of amounts."""
    other = f"{NOT_AMOUNT}|{CONSTANT}"
    for test in (guesses.is_number, guesses.is_mostly_number):
        if agreed:
            in_dollars = f"{other}|{DOLLARS}"
            column = columns.take((f"(?=.*{AS_AGREED}).*{AMOUNTS}", AMOUNTS), test, in_dollars)
            if column:
                return column
        if column := columns.take((AMOUNTS,), test, other):
            return column
    return ""


def _by_values(columns: Columns, *, agreed: bool) -> str:
    """Return a column that has amounts by its cells, whatever its heading; empty if there is none.

    Its cells have signs of currencies, or it is the only column of numbers in a file with a column
    of currencies.
    """
    other = f"{NOT_AMOUNT}|{CONSTANT}"
    if column := columns.take(("",), _are_money, other):
        return column
    numbers = list(columns.all_of("", guesses.are_amounts, f"{other}|{NOT_MONEY}"))
    if not agreed or len(numbers) != 1:
        return ""
    columns.used[numbers[0]] = None
    return numbers[0]


def _are_money(cells: list[str]) -> bool:
    return guesses.money_share(cells) >= _NEARLY_ALL


def _constant(columns: Columns) -> str:
    """Return the column of amounts in constant dollars, if its heading states the base year."""
    for name in columns.all_of(CONSTANT, guesses.is_number, NOT_AMOUNT):
        if re.search(DOLLARS, columns.headings[name]) and year_of_prices(name):
            columns.used[name] = None
            return name
    return ""
