"""Proposes the dates of projects; of several columns for a date, the most exact is used."""

import re
from collections.abc import Iterator, Sequence

from bricoop.ingest.profile.date_guesses import are_years, date_ways, dated_share, doubtful_date
from bricoop.ingest.profile.headings import AMOUNTS, DATES, MONTHS_OR_DAYS_FIRST, PLANNED
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import listed, quoted

_DAY = ("%d", "%Y-%m-%d")
#: The share of dates among the first cells from which all cells are tested.
_SOME = 0.5
_NOT_DATES = r"estimated|uncertain"


def date_fields(columns: Columns, styles: Styles) -> Iterator[str]:
    """Yield the lines of the fields of projects that are dates."""
    assigned: set[str] = set()
    for field, pattern in DATES:
        if field in assigned:
            continue
        not_ = _NOT_DATES if field.startswith("planned") else f"{_NOT_DATES}|{PLANNED}"
        if candidates := list(columns.all_of(pattern, _are_dates, not_)):
            assigned.add(field)
            yield from _field(columns, styles, field, candidates)
    if not assigned:
        candidates = list(columns.all_of("", _are_dates, f"{_NOT_DATES}|{PLANNED}|{AMOUNTS}"))[:1]
        for name in candidates:
            question = f"is {quoted(name)} the date of announcement"
            yield f"# Check: {question}? Its heading does not say so."
            yield from _field(columns, styles, "announced", candidates)


def _field(
    columns: Columns, styles: Styles, field: str, candidates: Sequence[str]
) -> Iterator[str]:
    """Yield the lines of a date field, for the most exact of the candidate columns."""
    best = max(candidates, key=lambda name: _is_exact(columns.values[name]))
    columns.used[best] = None
    ways = _ways(columns, best)
    if len(ways) > 1:
        example = quoted(doubtful_date(columns.values[best]))
        yield f"# Check: is the day or the month first in {example}? Add one to dates:"
        yield from (f"# {listed(patterns)}" for patterns in ways)
        yield f"# {field} = {date_rule(columns, styles, best)}"
        return
    (patterns,) = ways
    if len(patterns) > 1:
        yield f"# Check: dates are written in several ways here: {listed(patterns)}."
    styles.patterns |= dict.fromkeys(patterns)
    styles.dated[best] = field
    _add_year(columns, styles, best, candidates)
    yield f"{field} = {date_rule(columns, styles, best)}"


def date_rule(columns: Columns, styles: Styles, column: str) -> str:
    """Return the rule of a date: its column, with the column of years as a fallback."""
    rule = f"{{ column = {quoted(column)}, date = true }}"
    year = styles.years.get(column, "")
    if not year or columns.is_full(column):
        return rule
    return f"[{rule}, {{ column = {quoted(year)}, date = true }}]"


def _add_year(columns: Columns, styles: Styles, best: str, candidates: Sequence[str]) -> None:
    """Store the column with the year for rows in which the exact date is unknown."""
    if columns.is_full(best):
        return
    for name in candidates:
        cells = columns.values[name]
        if name != best and are_years(cells) and len(cells) > len(columns.values[best]):
            columns.used[name] = None
            styles.years[best] = name
            styles.patterns |= dict.fromkeys(date_ways(cells)[0])
            return


def _are_dates(cells: list[str]) -> bool:
    # Testing all cells is slow, and for most columns the first cells suffice.
    return dated_share(cells) > _SOME and bool(date_ways(cells))


def _is_exact(cells: Sequence[str]) -> bool:
    return any(day in pattern for way in date_ways(cells) for pattern in way for day in _DAY)


def _ways(columns: Columns, name: str) -> list[tuple[str, ...]]:
    """Return the ways to read a column; its heading may state whether the day is first."""
    ways = date_ways(columns.values[name])
    if len(ways) > 1:
        for words, first in MONTHS_OR_DAYS_FIRST.items():
            if words in columns.headings[name]:
                # Both ways contain patterns such as %m/%Y, so only the first match is used.
                return [way for way in ways if any(map(re.compile(first).match, way))][:1]
    return ways
