"""Groups formatted for people: subtotals and missing values in words, money to the cent."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bricoop.domain.amounts import WIDE
from bricoop.domain.cells import Cell, Row
from bricoop.query.groups.dimensions import Dimension
from bricoop.query.nouns.noun import Field

CUMULATIVE = "cumulative_share"
_ALL, _NOTHING = "(all)", "(not recorded)"
_CENT = Decimal("0.01")
#: Numbers from here on are rounded to two decimals.
_LARGE = 1000


def for_people(
    dimensions: Sequence[Dimension],
    fields: Sequence[Field],
    grouping_sets: Iterable[Sequence[int]],
    rows: Iterable[Row],
) -> tuple[tuple[Field, ...], list[Row]]:
    """Return the columns and rows of groups as displayed to people.

    Args:
        dimensions: the dimensions, which have the first columns.
        fields: the fields of all columns.
        grouping_sets: for each row, the indexes of the dimensions that it is grouped by.
        rows: the rows.
    """
    dimension_indexes = [
        index for index, dimension in enumerate(dimensions) for _ in dimension.fields
    ]
    rows = list(rows)
    shown = [
        column
        for column, field in enumerate(fields)
        if (field.in_table or _is_alone(column, dimension_indexes))
        # Cumulative shares are empty if rows are in several groups: the column is left out.
        and (field.name != CUMULATIVE or any(row[column] is not None for row in rows))
    ]
    shown_rows = []
    for own, row in zip(grouping_sets, rows, strict=True):
        cells = [*row[: len(dimension_indexes)], *map(_rounded, row[len(dimension_indexes) :])]
        for column, index in enumerate(dimension_indexes):
            if cells[column] is None:
                cells[column] = _NOTHING if index in own else _ALL
        shown_rows.append(tuple(cells[column] for column in shown))
    return tuple(fields[column] for column in shown), shown_rows


def _is_alone(column: int, dimension_indexes: Sequence[int]) -> bool:
    """Return whether a column is the only one of its dimension, so that it has to be shown."""
    return (
        column < len(dimension_indexes) and dimension_indexes.count(dimension_indexes[column]) == 1
    )


def _rounded(value: Cell) -> Cell:
    if isinstance(value, Decimal) and abs(value) >= _LARGE:
        return value.quantize(_CENT, context=WIDE)
    return value
