"""Comments on columns that a proposal leaves out although they look like dates or amounts."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.date_guesses import (
    date_ways,
    dated_share,
    doubtful_date,
    is_date,
)
from bricoop.ingest.profile.headings import AMOUNTS, COUNTRIES, DATES, NOT_AMOUNT, NOT_MONEY
from bricoop.ingest.profile.toml_text import quoted

#: The largest number of columns of each kind with a comment.
_SHOWN = 10
#: The share of cells from which a column looks like numbers or dates.
_SOME = 0.5
#: The share of cells from which a column looks like countries, if no other column has them.
_FEW = 0.3
#: The largest number of words in the heading of a kind or status, such as `project type`.
_FEW_WORDS = 2
_STATE = r"\b(status|state|stage|phase|kind|type|category)\b"


def comments(
    columns: Mapping[str, Sequence[str]], headings: Mapping[str, str], without: Collection[str]
) -> Iterator[str]:
    """Yield a `Check:` comment for each column that looks like a date, an amount or a status."""
    looks: tuple[tuple[str, str, Callable[[Sequence[str]], str]], ...] = (
        ("a date", "|".join(pattern for _, pattern in DATES), _why_no_date),
        ("an amount", AMOUNTS, _why_no_amount),
        ("a kind or a status", _STATE, _why_no_state),
    )
    if "a country" in without:
        looks = (("a country", COUNTRIES, _why_no_country), *looks)
    reported: set[str] = set()
    for kind, pattern, why in looks:
        for name in islice(_like(columns, headings, pattern, kind, reported), _SHOWN):
            reported.add(name)
            reason = why(columns[name])
            yield f"# Check: {quoted(name)} looks like {kind} and is left out: {reason}."
    if "an amount" in without:
        numbers = [
            name
            for name, cells in columns.items()
            if name not in reported
            and guesses.are_amounts(cells)
            and not re.search(f"{NOT_AMOUNT}|{NOT_MONEY}", headings[name])
        ]
        if numbers:
            some = ", ".join(map(quoted, numbers[:_SHOWN]))
            yield f"# Check: no column was recognized as an amount. Is one of these money: {some}?"


def _like(
    columns: Mapping[str, Sequence[str]],
    headings: Mapping[str, str],
    pattern: str,
    kind: str,
    reported: set[str],
) -> Iterator[str]:
    """Yield the columns that look like a given kind by their heading or by their cells."""
    for name, cells in columns.items():
        if name in reported or not cells or guesses.are_flags(cells):
            continue
        looks_so = kind == "a date" and dated_share(cells) >= _SOME
        looks_so = looks_so or (kind == "a country" and guesses.countries_share(cells) >= _FEW)
        # Numbers with a sign of a currency are amounts.
        looks_so = looks_so or (kind == "an amount" and guesses.money_share(cells) >= _SOME)
        heading = headings[name]
        if looks_so or (re.search(pattern, heading) and _may_be(kind, heading, cells)):
            yield name


def _may_be(kind: str, heading: str, cells: Sequence[str]) -> bool:
    """Return whether a column with a fitting heading may be of a kind: wide files have many."""
    if kind == "a date":
        return not guesses.is_number(cells) and not re.search(AMOUNTS, heading)
    if kind == "a country":
        return not guesses.is_number(cells)
    return kind == "an amount" or len(heading.split()) <= _FEW_WORDS


def _why_no_country(cells: Sequence[str]) -> str:
    unknown = guesses.unknown_countries(cells)
    if not unknown:
        return "its heading does not say that it is the project's country"
    some = ", ".join(quoted(word[:40]) for word in unknown[:3])
    return f"too many of its cells are not known as countries ({some})"


def _why_no_date(cells: Sequence[str]) -> str:
    ways = date_ways(cells)
    if len(ways) == 1:
        return "its heading does not say of what it is the date, or another column is that date"
    if ways:
        return f"the day or the month may be first in {quoted(doubtful_date(cells))}"
    odd = next((cell for cell in cells if not is_date(cell)), "")
    if odd:
        return f"{quoted(odd[:40])} is not in a known date format"
    return "the day is first in some of its dates, and the month in others"


def _why_no_amount(cells: Sequence[str]) -> str:
    odd = next((cell for cell in cells if not guesses.is_number([cell])), "")
    if odd:
        return f"{quoted(odd[:40])} among its cells is not a number"
    return "another column has the amounts, or its heading does not say that it is money"


def _why_no_state(cells: Sequence[str]) -> str:
    words = ", ".join(quoted(cell[:40]) for cell in list(dict.fromkeys(cells))[:3])
    return f"few of its words are known ({words}); a map says what they mean, see [maps.NAME]"
