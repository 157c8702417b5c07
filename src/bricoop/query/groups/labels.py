"""Groups as people read them: named, all that is none of them in words, and money to the cent."""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from typing import Any

from bricoop.query.groups.columns import Row
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.nouns.noun import Field

CUMULATIVE = "cumulative_share"
_ALL, _NOTHING = "(all)", "(not recorded)"
_CENT = Decimal("0.01")
#: From here on nobody reads more than two digits after the point.
_LARGE = 1000
_WIDE = Context(prec=200)


def for_people(
    dimensions: Sequence[Dimension],
    fields: Sequence[Field],
    kept: Iterable[Sequence[int]],
    rows: Iterable[Row],
) -> tuple[tuple[Field, ...], list[Row]]:
    """Return the columns and rows of groups that people read.

    Args:
        dimensions: by what the groups are made, the first columns.
        fields: all columns.
        kept: of each row the places of the dimensions by which its group is made.
        rows: the rows.
    """
    places = [place for place, one in enumerate(dimensions) for _ in one.fields]
    rows = list(rows)
    shown = [
        at
        for at, field in enumerate(fields)
        if (field.in_table or _is_alone(at, places))
        # Where rows come in several groups, it is not told what groups add up to.
        and (field.name != CUMULATIVE or any(row[at] is not None for row in rows))
    ]
    made = []
    for own, row in zip(kept, rows, strict=True):
        cells = [*row[: len(places)], *map(_rounded, row[len(places) :])]
        for at, place in enumerate(places):
            if cells[at] is None:
                cells[at] = _NOTHING if place in own else _ALL
        made.append(tuple(cells[at] for at in shown))
    return tuple(fields[at] for at in shown), made


def _is_alone(at: int, places: Sequence[int]) -> bool:
    """Return whether a column is the only one of a dimension, so that it must be there."""
    return at < len(places) and places.count(places[at]) == 1


def _rounded(value: Any) -> Any:
    if isinstance(value, Decimal) and abs(value) >= _LARGE:
        return value.quantize(_CENT, context=_WIDE)
    return value
