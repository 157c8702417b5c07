"""Proposes fields for terms of loans, instruments, flags and sectors."""

import re
from collections.abc import Iterator
from functools import partial

from bricoop.domain.vocabularies import Instrument
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import quoted
from bricoop.ingest.profile.vocabulary import has_known, map_of

#: Fields that are numbers, with patterns of their headings.
_NUMBERS = (
    ("maturity", r"\bmaturity\b"),
    ("grace_period", r"\bgrace( period)?\b"),
    ("interest_rate", r"\binterest rate\b"),
    ("grant_element", r"\bgrant element\b"),
)
#: Yes-or-no fields, with patterns of their headings.
_FLAGS = (
    ("umbrella", r"\bumbrella\b"),
    ("counted", r"\brecommended for (aggregates|research)\b"),
    ("estimated", r"\bamount estimated\b"),
)
_NOT_NUMBERS = r"difference|type|source|estimated"
#: How some programs export logical values.
_AS_NUMBERS = {"1.0": "yes", "0.0": "no"}


def terms(columns: Columns, styles: Styles) -> tuple[list[str], list[str]]:
    """Return the lines of further fields of finance records, and the lines of their map."""
    fields = [*_numbers(columns, styles), *_flags(columns)]
    column = columns.take(
        (r"\binstrument\b", r"^(flow|flow type|finance type|type of finance)$"),
        partial(has_known, Instrument),
    )
    if not column:
        return fields, []
    fields.append(
        f'instrument = {{ column = {quoted(column)}, map = "instrument", unmapped = "drop" }}'
    )
    return fields, [*map_of("instrument", columns.values[column], Instrument), ""]


def _numbers(columns: Columns, styles: Styles) -> Iterator[str]:
    for field, pattern in _NUMBERS:
        column = columns.take((pattern,), guesses.are_plain_numbers, _NOT_NUMBERS)
        if column:
            cells = columns.values[column]
            more = ', signs = ["%"]' if any("%" in cell for cell in cells) else ""
            more += styles.own_of(cells)
            yield f"{field} = {{ column = {quoted(column)}, number = true{more} }}"


def _flags(columns: Columns) -> Iterator[str]:
    for field, pattern in _FLAGS:
        column = columns.take((pattern,), guesses.are_flags)
        if not column:
            continue
        words = {cell: _AS_NUMBERS[cell] for cell in columns.values[column] if cell in _AS_NUMBERS}
        pairs = ", ".join(f'"{word}" = "{meaning}"' for word, meaning in words.items())
        more = f', map = {{ {pairs} }}, unmapped = "keep"' if pairs else ""
        yield f"{field} = {{ column = {quoted(column)}{more} }}"


def sector_field(columns: Columns) -> Iterator[str]:
    """Yield the field for the OECD DAC sector code of a project, if there is a column for it."""
    column = columns.take((r"\b(sector|purpose) code\b",), _are_sectors)
    if column:
        # Programs that export codes as floating-point numbers write 210 as 210.0.
        has_point = any(cell.endswith(".0") for cell in columns.values[column])
        more = ', delete = [".0"]' if has_point else ""
        yield f"sector = {{ column = {quoted(column)}{more} }}"


def _are_sectors(cells: list[str]) -> bool:
    return all(re.fullmatch(r"\d{3}(\d\d)?(\.0)?", cell, re.ASCII) for cell in cells)
