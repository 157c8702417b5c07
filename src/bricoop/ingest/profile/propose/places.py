"""Proposes the countries and the coordinates of projects."""

import re
from collections.abc import Iterator

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import COUNTRIES, GIVERS, NOT_HOST
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import quoted
from bricoop.ingest.profile.vocabulary import map_of_places

#: A column has countries if this share of its cells are; a fitting heading adds to the share.
_LEAST, _HEADING = 0.5, 0.3
#: The share for columns with headings of codes, numbers and agencies.
_NEARLY_ALL = 0.9
_SHOWN = 5


def country_column(columns: Columns) -> tuple[str, str]:
    """Return the column of the countries and the separator of lists in it; both may be empty."""
    for not_, least, heading in ((NOT_HOST, _LEAST, _HEADING), (GIVERS, _NEARLY_ALL, 0.0)):
        name, separator = _best(columns, not_, least, heading)
        if name:
            columns.used[name] = None
            return name, separator
    return "", ""


def _best(columns: Columns, not_: str, least: float, more: float) -> tuple[str, str]:
    best, best_column, divided = least, "", ""
    for name, heading in columns.headings.items():
        cells = columns.values[name]
        if not cells or re.search(not_, heading):
            continue
        # Otherwise "No" would be taken for the code of Norway.
        if guesses.are_flags(cells) and not re.search(COUNTRIES, heading):
            continue
        separator = guesses.separator_of(cells)
        share = guesses.countries_share(cells, separator)
        share += more if share and re.search(COUNTRIES, heading) else 0
        if share > best:
            best, best_column, divided = share, name, separator
    return best_column, divided


def country_field(columns: Columns, country: str, separator: str) -> tuple[list[str], list[str]]:
    """Return the lines of the field `countries`, and the lines of its map."""
    if not country:
        return [], []
    fields, maps = list[str](), list[str]()
    more = f", separator = {quoted(separator)}" if separator else ""
    unknown = guesses.unknown_countries(columns.values[country], separator)
    if unknown:
        some = "; ".join(map(quoted, unknown[:_SHOWN]))
        fields.append(f"# Check: not known as countries: {some}.")
        maps += map_of_places(unknown)
        more += ', map = "countries", unmapped = "keep"'
    return [*fields, f"countries = {{ column = {quoted(country)}{more} }}"], maps


def locations(columns: Columns, styles: Styles) -> Iterator[str]:
    """Yield the lines of the record for locations, if there are coordinates."""
    coordinates = [
        next(columns.all_of(pattern, guesses.is_number), "")
        for pattern in (r"\b(latitude|lat)\b", r"\b(longitude|lon|lng|long)\b")
    ]
    if not all(coordinates):
        return
    columns.used |= dict.fromkeys(coordinates)
    north, east = (
        f"{{ column = {quoted(column)}, number = true{styles.own_of(columns.values[column])} }}"
        for column in coordinates
    )
    yield from (
        "[[records]]", 'noun = "locations"', *columns.identity(),
        'needs = ["latitude", "longitude"]', "", "[records.fields]",
        f"project = {{ template = {columns.key()} }}",
        f"latitude = {north}", f"longitude = {east}",
        "# Check: how precise are they: exact, near, adm1, country?",
        'precision = { constant = "near" }', "",
    )  # fmt: skip
