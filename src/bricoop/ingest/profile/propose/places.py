"""Where the projects of an unknown file are: the column of their countries, and coordinates."""

import re
from collections.abc import Iterator

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import COUNTRIES, GIVERS, NOT_HOST
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.toml_text import quoted
from bricoop.ingest.profile.vocabulary import map_of_places

#: A column has countries where more of its cells are some; a heading that says so counts as cells.
_LEAST, _HEADING = 0.5, 0.3
#: Codes are taken for countries only where nearly all of them are some.
_NEARLY_ALL = 0.9
_SHOWN = 5


def country_column(columns: Columns) -> tuple[str, str]:
    """Return the column of the countries, and what divides lists in it; or nothing.

    Args:
        columns: the columns of the file.
    """
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
        # No is the code of Norway, too.
        if guesses.are_flags(cells) and not re.search(COUNTRIES, heading):
            continue
        separator = guesses.separator_of(cells)
        share = guesses.countries_share(cells, separator)
        share += more if share and re.search(COUNTRIES, heading) else 0
        if share > best:
            best, best_column, divided = share, name, separator
    return best_column, divided


def country_field(columns: Columns, country: str, separator: str) -> tuple[list[str], list[str]]:
    """Return the field of a project's countries, and the map that it uses.

    Args:
        columns: the columns of the file.
        country: that of the countries; empty where there is none.
        separator: what divides lists in it.
    """
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
    """Yield the record of a location, where there are coordinates.

    Args:
        columns: the columns of the file.
        styles: how its amounts are written.
    """
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
