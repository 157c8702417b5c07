"""Suggests fields for columns that a proposed profile leaves unassigned."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.date_guesses import are_years, dated_share
from bricoop.ingest.profile.headings import (
    AMOUNTS,
    CONSTANT,
    DATES,
    DOLLARS,
    GIVERS,
    NAMES,
    NOT_NAMES,
    PLANNED,
    WHO,
)
from bricoop.ingest.profile.toml_text import quoted

#: The largest number of fields suggested for a column.
_MOST_SUGGESTED = 3
_LONG_TEXT = 100
_MOST, _COUNTRIES = 0.9, 0.8
#: Words are kinds or states if there are at most this many, each used this often on average.
_MOST_WORDS, _LEAST_REPEATS = 60, 3
_EMPTY = "empty"
_ID = r"\b(id|no|nr|number|code|key|ref|reference|identifier)\b"

#: Headings of kinds, and words in headings of kinds of something other than projects.
_KINDS = r"\b(kind|type|category|sector|subsector|industry)\b"
_NOT_KINDS = r"agenc|organi[sz]|lender|flow|financ|loan"
_NOTE = r"note|comment|remark"
_OF_PROJECTS = f"^(?!.*({NOT_NAMES})).*({'|'.join(NAMES)})"

#: Patterns of headings, each with the field it suggests; an empty pattern fits every heading.
Fields = Sequence[tuple[str, str]]

_DATES: Fields = (
    (r"commit|disburs|payment|approv|sign|agree", "finance.date"),
    # Without the last pattern, which fits any date.
    *((pattern, f"projects.{field}") for field, pattern in DATES[:-1]),
    ("", "projects.announced"), ("", "projects.started"), ("", "projects.completed"),
)  # fmt: skip
_NUMBERS: Fields = (
    (r"\blat(itude)?\b", "locations.latitude"),
    (r"\b(lon|lng|long|longitude)\b", "locations.longitude"),
    (r"\b(maturity|term|tenor)\b", "finance.maturity"),
    (r"\bgrace\b", "finance.grace_period"),
    (r"\binterest|\brate\b", "finance.interest_rate"),
    (r"\bgrant (element|equivalent)|concession", "finance.grant_element"),
    (f"adjust.*({CONSTANT})", "finance.adjusted_usd_constant"),
    (f"adjust.*({DOLLARS})", "finance.adjusted_usd"),
    (r"\badjust", "finance.adjusted_amount"),
    (CONSTANT, "finance.amount_usd_constant"),
    (DOLLARS, "finance.amount_usd"),
    (AMOUNTS, "finance.amount"),
)
_WORDS: Fields = (
    (r"\b(status|state|stage|phase)\b", "projects.status"),
    (r"\b(flow|instrument|finance|loan|credit)\b", "finance.instrument"),
    (r"\b(flow|finance|commitment)\b", "finance.kind"),
    (r"\b(sector|subsector|purpose|industry)\b", "projects.sector"),
    (r"(agenc|organi[sz]ation|lender|financier).*\btype", "organizations.kind"),
    (f"^(?!.*({_NOT_KINDS})).*({_KINDS})", "projects.kind"),
    (r"\bregion\b", "projects.countries"),
    (r"\blink", "projects.links"),
)
_NAMES: Fields = (
    *((pattern, f"projects.{field}") for field, pattern in WHO),
    (r"financ", "projects.financiers"), (r"\bguarant", "projects.guarantors"),
    (r"\binsur", "projects.insurers"), (r"\boperator", "projects.operators"),
    (r"\b(agency|agencies|donor|provider|owner|sponsor)\b", "participations.organization"),
    (r"\b(place|city|town|province|district|site|location)\b", "locations.name"),
    (_OF_PROJECTS, "projects.name"), (_OF_PROJECTS, "projects.aliases"),
)  # fmt: skip


class _Sort(NamedTuple):
    """One sort of values, such as years or web addresses.

    Attributes:
        label: the name of the sort.
        holds: returns whether cells are of this sort, given their heading in lower case.
        fields: the fields with such values.
    """

    label: str
    holds: Callable[[Sequence[str], str], bool]
    fields: Fields


class LeftOver(NamedTuple):
    """A column that is not assigned to any field.

    Attributes:
        column: its heading.
        sort: the sort of its cells.
        fields: the suggested fields, the likeliest first.
    """

    column: str
    sort: str
    fields: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The suggestion as a sentence."""
        holds = "is empty" if self.sort == _EMPTY else f"contains {self.sort}"
        fields = f"may be {' or '.join(self.fields)}" if self.fields else "no matching field"
        return f"{quoted(self.column)}: {holds}; {fields}."


def left_over(
    columns: Mapping[str, Sequence[str]], headings: Mapping[str, str]
) -> Iterator[LeftOver]:
    """Yield a suggestion for each unassigned column, by its heading and its cells with a value."""
    for name, cells in columns.items():
        heading = headings[name]
        sort = next((sort for sort in _SORTS if cells and sort.holds(cells, heading)), _NOTHING)
        yield LeftOver(name, sort.label, _suggested(sort.fields, heading))


def _suggested(fields: Fields, heading: str) -> tuple[str, ...]:
    """Return the fields that a heading suggests, or else those that fit every heading."""
    named = [field for pattern, field in fields if pattern and re.search(pattern, heading)]
    usual = [field for pattern, field in fields if not pattern]
    candidates = dict.fromkeys(named or usual)
    if re.search(PLANNED, heading):
        # A planned date is not that of an event, and there is only one field for planned dates.
        for field in ("projects.started", "projects.completed"):
            candidates.pop(field, None)
    return tuple(candidates)[:_MOST_SUGGESTED]


def _are_links(cells: Sequence[str], _: str) -> bool:
    return sum("://" in cell for cell in cells) >= _MOST * len(cells)


def _are_ids(cells: Sequence[str], heading: str) -> bool:
    are_short = not any(" " in cell for cell in cells)
    if are_short and re.search(_ID, heading) and not re.search(r"zip|post|phone", heading):
        return True
    with_digits = sum(any(map(str.isdigit, cell)) for cell in cells)
    is_mixed = with_digits >= _MOST * len(cells) and not guesses.is_number(cells)
    return are_short and is_mixed and len(set(cells)) >= _MOST * len(cells)


def _are_words(cells: Sequence[str], _: str) -> bool:
    different = len(set(cells))
    return different <= _MOST_WORDS and different * _LEAST_REPEATS <= len(cells)


def _are_places(cells: Sequence[str], heading: str) -> bool:
    separator = guesses.separator_of(cells)
    share = guesses.countries_share(cells, separator)
    return share >= _COUNTRIES and not re.search(GIVERS, heading)


def _are_others(cells: Sequence[str], heading: str) -> bool:
    return bool(re.search(GIVERS, heading)) and guesses.countries_share(cells) >= _COUNTRIES


_NOTHING = _Sort(_EMPTY, lambda _, __: True, ())
# The first that fits is used: years come before numbers, and ids before words that repeat.
_SORTS: tuple[_Sort, ...] = (
    _Sort("web addresses", _are_links,
          ((r"source|document|reference|article", "projects.source_urls"), ("", "projects.url"),
           ("", "projects.source_urls"))),
    _Sort("currencies", lambda cells, _: guesses.are_currencies(cells),
          (("", "finance.currency"),)),
    _Sort("yes or no", lambda cells, _: guesses.are_flags(cells),
          ((r"umbrella", "finance.umbrella"), (r"recommend|aggregate|count", "finance.counted"),
           (r"estimat|uncertain", "finance.estimated"))),
    _Sort("years", lambda cells, _: are_years(cells), _DATES),
    _Sort("dates", lambda cells, _: dated_share(cells) >= _MOST, _DATES),
    _Sort("countries", _are_places, (("", "projects.countries"),)),
    _Sort("countries of others", _are_others, (("", "organizations.country"),)),
    _Sort("ids or codes", _are_ids,
          ((r"sector|purpose", "projects.sector"), (r"parent|umbrella", "projects.parent"),
           (r"\b(project|deal|loan|record)\b", "projects.key"))),
    _Sort("numbers", lambda cells, _: guesses.is_number(cells), _NUMBERS),
    _Sort("words that repeat", _are_words, _WORDS),
    _Sort("long text", lambda cells, _: sum(map(len, cells)) >= _LONG_TEXT * len(cells),
          ((_NOTE, "finance.note"), (_NOTE, "projects.description"), ("", "projects.description"))),
    _Sort("text", lambda _, __: True, _NAMES),
)  # fmt: skip
