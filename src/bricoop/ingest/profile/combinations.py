"""Which keys of a field in a profile depend on each other or exclude each other."""

from collections.abc import Iterator, Mapping

from bricoop.ingest.layouts.clean import Cleaner
from bricoop.ingest.layouts.lists import Joint, ListOf

_COLUMNS = ("column", "columns")
#: For each key of a field, the keys of which at least one must be present as well.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "all": ("columns",),
    "separator": _COLUMNS,
    "whole": ("separator",),
    "map": _COLUMNS,
    "unmapped": ("map",),
    "without": ("map",),
    "delete": (*_COLUMNS, "template"),
    "number": _COLUMNS,
    "multiply": ("number",),
    "units": ("number",),
    "decimal": ("number",),
    "thousands": ("number",),
    "signs": ("number",),
    "date": _COLUMNS,
    "dates": ("date",),
    "two_digit_years": ("date",),
    "estimated": ("date",),
    "only_year": ("date",),
    "empty": (*_COLUMNS, "template"),
    "unless": ("column",),
    "blank": _COLUMNS,
    "as_key": ("template",),
}
#: Keys that exclude each other.
EXCLUDES: tuple[tuple[str, str], ...] = (("number", "date"), ("number", "as_key"))
#: Keys that are only allowed in a field with several values.
OF_SEVERAL = ("all", "separator", "whole", "add")
#: Words and letters for magnitudes that may be mistaken for signs, with the power of ten.
MAGNITUDES: Mapping[str, int] = {
    "k": 3, "thousand": 3, "万": 4, "lakh": 5, "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6,
    "crore": 7, "亿": 8, "b": 9, "bn": 9, "bln": 9, "billion": 9, "t": 12, "tn": 12, "trillion": 12,
}  # fmt: skip


def misplaced(keys: Mapping[str, object], clean: Cleaner) -> Iterator[tuple[str, str]]:
    """Yield the keys of a field that have no effect, each with the reason."""
    for key, others in NEEDS.items():
        if key in keys and not any(needed in keys for needed in others):
            yield key, f"works only together with {' or '.join(others)}"
    for first, second in EXCLUDES:
        if first in keys and second in keys:
            yield first, f"cannot be combined with {second}"
    if not isinstance(clean, ListOf | Joint):
        for key in OF_SEVERAL:
            if key in keys:
                yield key, "works only in a field that may have several values"
    elif "estimated" in keys:
        yield "estimated", "works only in a field that has one value"


def magnitudes(signs: tuple[str, ...]) -> list[str]:
    """Return the signs that are magnitudes, if there are different ones among them."""
    units = [sign for sign in signs if sign.casefold() in MAGNITUDES]
    sizes = {MAGNITUDES[sign.casefold()] for sign in units}
    return units if len(sizes) > 1 else []
