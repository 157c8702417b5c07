"""Recognizes columns that are years, and rows that are totals or footers, in an unknown file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bricoop.domain.summary_rows import footer_mark, is_total
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.date_guesses import are_years
from bricoop.ingest.profile.toml_text import listed, quoted

#: Footnotes begin with this mark.
_MARK = "*"
#: The largest number of footers at the end of a file.
_MOST_FOOTERS = 20
_YEAR = re.compile(
    r"(?:(?P<before>\D+)[ _-])?(?P<year>[12]\d{3})(?:[ _-](?P<behind>\D+))?", re.ASCII
)


class YearColumn(NamedTuple):
    """A column of amounts whose heading is a year, or a year beside a word.

    Attributes:
        name: the heading, such as `2018`, `2018 Loans` or `usd_2018`.
        year: the year in the heading.
        word: the rest of the heading; may be empty.
    """

    name: str
    year: str
    word: str


def year_columns(values: Mapping[str, Sequence[str]]) -> list[YearColumn]:
    """Return the columns of numbers whose headings are years, if there are several."""
    candidates = [
        YearColumn(name, match["year"], (match["behind"] or match["before"] or "").strip())
        for name, cells in values.items()
        if (match := _YEAR.fullmatch(name))
        and are_years([match["year"]])
        and (not cells or guesses.is_number(cells))
    ]
    # A word with a single year, as in "constant 2021 prices", is not a series.
    years_of = {column.word: {other.year for other in candidates if other.word == column.word}
                for column in candidates}  # fmt: skip
    series = [column for column in candidates if len(years_of[column.word]) > 1]
    return series if any(values[column.name] for column in series) else []


def unpivot(years: Sequence[YearColumn], name: str, value: str) -> Iterator[str]:
    """Yield the lines of the table `[unpivot]`, with the names of its virtual columns."""
    plain = [column.year for column in years]
    columns = quoted(f"{min(plain)}..{max(plain)}")
    if any(column.word for column in years):
        columns = listed([column.name for column in years])
    yield from ("[unpivot]", f"columns = {columns}")
    yield from (f"name = {quoted(name)}", f"value = {quoted(value)}", "")


def free_name(wish: str, taken: Sequence[str]) -> str:
    """Return the wished name of a column, extended if it is taken."""
    while wish in taken:
        wish += " of column"
    return wish


def without_footers(
    header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[Sequence[str], ...], dict[str, list[str]]]:
    """Return the rows without totals and footers at the end, and the cells that show these."""
    end, cells = len(rows), dict[str, list[str]]()
    while end > 1 and len(rows) - end < _MOST_FOOTERS:
        position, text = next(
            (
                (position, cell.strip())
                for position, cell in enumerate(rows[end - 1])
                if cell.strip()
            ),
            (0, ""),
        )
        if position >= len(header) or not header[position] or not _is_footer(text):
            break
        cells.setdefault(header[position], []).insert(0, text)
        end -= 1
    return tuple(rows[:end]), cells


def _is_footer(text: str) -> bool:
    return is_total(text) or text.startswith(_MARK) or footer_mark(text) != ""


def skips(cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield commented-out rules that skip rows which look like totals or footers."""
    for column, texts in cells.items():
        words = [word for text in dict.fromkeys(texts) if (word := _word(text))]
        if words:
            yield "# Check: these rows look like totals or footers. Uncomment this to skip them."
            yield from ("# [[skip]]", f"# when = {{ {quoted(column)} = {listed(words)} }}")
            yield from ('# because = "total or footer"', "")


def _word(text: str) -> str:
    """Return the pattern for a total, which is exact, or for a footer, which is its beginning."""
    if is_total(text):
        return text
    beginning = footer_mark(text)
    return f"{beginning}*" if beginning else ""
