"""Recognizes dates in the cells of an unknown file, and finds `strptime` patterns for them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

#: Unambiguous patterns of dates.
_CLEAR = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m", "%Y", "%Y.0",
    "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %Y", "%b %Y", "%d-%b-%Y",
    "%B-%Y", "%b-%Y", "%m/%Y", "%Y/%m", "%Y年%m月%d日", "%Y年%m月", "%Y年",
)  # fmt: skip
#: Separators in dates of three numbers, where the first may be the day or the month.
_MARKS = "/.-"
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1945, 2060
_LAST_MONTH = 12
#: The largest length of a date, in characters.
_LONGEST = 30
#: The share of cells that decides what a column is; the rest are taken for errors.
_MOST = 0.9
#: The number of cells that decide whether a column looks like dates.
_SAMPLED_CELLS = 100


def are_years(cells: Sequence[str]) -> bool:
    """Return whether all cells are years."""
    texts = [cell.removesuffix(".0") for cell in cells]
    return bool(texts) and all(
        _DIGITS.fullmatch(text) and _FIRST_YEAR <= int(text[:5]) <= _LAST_YEAR for text in texts
    )


def date_ways(cells: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the ways in which most cells can be read as dates, each a tuple of patterns.

    There are two ways if the day may be the month, and none if the cells are not dates. A way has
    several patterns if dates are written differently, such as `31.12.2015` and `2019`.
    """
    return list(_ways_of(tuple(cells)) if len(cells) > 1 else _ways(cells))


@lru_cache(maxsize=256)
def _ways_of(cells: tuple[str, ...]) -> list[tuple[str, ...]]:
    # Cached, as the same columns are tested for every field; `is_date` caches single cells, which
    # would displace columns here.
    return _ways(cells)


def _ways(cells: Sequence[str]) -> list[tuple[str, ...]]:
    times = Counter(cell for cell in cells if _may_be_date(cell))
    if times.total() < _MOST * len(cells) or not cells:
        return []
    numbers = {cell: match for cell in times if (match := _NUMERIC.fullmatch(cell))}
    # Numbers that are not a date in either order are taken for errors.
    numeric = [match for match in numbers.values() if _may_be_days(match)]
    clear, read = _clear_patterns({cell: n for cell, n in times.items() if cell not in numbers})
    ways = _numeric_ways(numeric)
    if not ways or read + sum(times[match[0]] for match in numeric) < _MOST * len(cells):
        return []
    return [(*way, *clear) for way in ways]


def doubtful_date(cells: Sequence[str]) -> str:
    """Return the first cell in which the day may be the month; empty if there is none."""
    return next((cell for cell in cells if len(date_ways([cell])) > 1), "")


@lru_cache(maxsize=10_000)
def is_date(cell: str) -> bool:
    """Return whether a cell is a date, even if the day may be the month."""
    return bool(date_ways([cell]))


def dated_share(cells: Sequence[str]) -> float:
    """Return the share of dates among the first cells."""
    first = cells[:_SAMPLED_CELLS]
    return sum(map(is_date, first)) / len(first) if first else 0.0


def _may_be_date(cell: str) -> bool:
    # A fast test: trying all patterns is slow, and most texts have no digits or are too long.
    return len(cell) <= _LONGEST and any(map(str.isdigit, cell))


def _may_be_days(match: re.Match[str]) -> bool:
    """Return whether three numbers are a date with the day or the month first."""
    mark = match[2]
    return any(_fits(f"{first}{mark}{second}{mark}%Y", match[0])
               for first, second in (("%d", "%m"), ("%m", "%d")))  # fmt: skip


def _numeric_ways(numeric: Sequence[re.Match[str]]) -> list[tuple[str, ...]]:
    """Return the possible patterns for dates of three numbers: day first, month first, or both."""
    days: list[str] = []
    months: list[str] = []
    for mark in _MARKS:
        written = [match for match in numeric if match[2] == mark]
        if not written:
            continue
        first, second = (max(int(match[group]) for match in written) for group in (1, 3))
        if first > _LAST_MONTH and second > _LAST_MONTH:
            return []
        day, month = f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"
        days.append(month if second > _LAST_MONTH else day)
        months.append(day if first > _LAST_MONTH else month)
    return [tuple(days)] if days == months else [tuple(days), tuple(months)]


def _clear_patterns(times: Mapping[str, int]) -> tuple[list[str], int]:
    """Return few patterns that fit all unambiguous dates, and how many cells they fit."""
    fitting: dict[str, set[str]] = {pattern: set() for pattern in _CLEAR}
    for cell in times:
        for pattern in _patterns_of_shape(re.sub(r"\d", "0", cell)):
            if _fits(pattern, cell):
                fitting[pattern].add(cell)
    chosen: list[str] = []
    read = 0
    while best := max(fitting.values(), key=lambda cells: sum(times[cell] for cell in cells)):
        pattern = next(pattern for pattern, cells in fitting.items() if cells is best)
        chosen.append(pattern)
        read += sum(times[cell] for cell in best)
        fitting = {other: cells - best for other, cells in fitting.items()}
    return sorted(chosen, key=_CLEAR.index), read


@lru_cache(maxsize=1000)
def _patterns_of_shape(written: str) -> list[str]:
    """Return the patterns that may fit a cell, given the cell with all digits replaced by zeros.

    This is cached, as trying a pattern is slow and most columns are written in one way.
    """
    return [pattern for pattern in _CLEAR if _shape_pattern(pattern).fullmatch(written)]


@lru_cache(maxsize=100)
def _shape_pattern(pattern: str) -> re.Pattern[str]:
    letters = {"%Y": "0{4}", "%B": r"\D+", "%b": r"\D+", " ": r"\s+"}
    tokens = re.findall("%.|.", pattern)
    numbers_or_literals = (
        letters.get(token) or ("00?" if token.startswith("%") else re.escape(token))
        for token in tokens
    )
    return re.compile("".join(numbers_or_literals), re.IGNORECASE)


def _fits(pattern: str, cell: str) -> bool:
    try:
        datetime.strptime(cell, pattern)  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return False
    # These patterns fit any four digits, so the range of years is checked as well.
    return pattern not in {"%Y", "%Y.0"} or are_years([cell])
