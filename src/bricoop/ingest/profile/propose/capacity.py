"""Proposes the capacity of projects, where its heading or another column says in which unit."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bricoop.domain.capacity_units import CapacityUnit
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import names_of
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import quoted

_CAPACITY = r"\bcapacity\b"
_UNITS = (r"\bcapacity unit\b", r"^units?( of measure(ment)?)?$")
#: Headings of shares and dates, not of the capacity itself.
_NOT_CAPACITY = r"unit|factor|utili[sz]|rate|share|percent|year|date|type|building|loan|added"
#: What stands in brackets, or else after the word.
_IN_HEADING = (re.compile(r"[(\[]([^()\[\]]+)[)\]]"), re.compile(r"(?i)\bcapacity\b(?: in\b)?(.*)"))


def capacity_fields(columns: Columns, styles: Styles) -> Iterator[str]:
    """Yield the fields of capacity and unit; none if nothing says which unit it is."""
    named = columns.all_of(_CAPACITY, _are_quantities, _NOT_CAPACITY)
    column = next(named, "")
    if not column:
        return
    rule = f'constant = {quoted(unit_in(column))}, when = {{ {quoted(column)} = "*" }}'
    if not unit_in(column):
        unit_column = columns.take(_UNITS, _are_units)
        if not unit_column:
            return
        rule = f'column = {quoted(unit_column)}, when = {{ {quoted(column)} = "*" }}'
    columns.used[column] = None
    style = styles.own_of_amounts(columns.values[column])
    yield f"capacity = {{ column = {quoted(column)}, number = true{style} }}"
    yield f"capacity_unit = {{ {rule} }}"


def unit_in(heading: str) -> str:
    """Return the unit that a heading names, or an empty text.

    >>> unit_in("Capacity (MW)"), unit_in("Installed capacity in megawatts"), unit_in("Capacity")
    ('MW', 'MW', '')
    """
    texts = (match[1] for pattern in _IN_HEADING if (match := pattern.search(heading)))
    return next(filter(None, (_units().get(normalise(text)) for text in texts)), "")


@lru_cache(maxsize=1)
def _units() -> dict[str, str]:
    """Return the units by normalised name."""
    return {normalise(name): unit.value for unit in CapacityUnit for name in names_of(unit)}


def _are_units(cells: Sequence[str]) -> bool:
    """Return whether all cells name units, as load files may."""
    return all(normalise(cell) in _units() for cell in cells)


def _are_quantities(cells: Sequence[str]) -> bool:
    """Return whether all cells are numbers above zero."""
    return all(
        guesses.is_number([cell]) and re.search("[1-9]", cell) and cell[0] != "-" for cell in cells
    )
