"""The types of the cells of rows, as questions return them and formats write them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

#: A value of a field, or of a list of values: text, codes, dates (as precise as in the source) and
#: entities' names are texts; `bool` is an `int`; times are in UTC; None is "not recorded".
Cell = str | int | float | Decimal | datetime | None | Sequence["Cell"]
#: The cells of a row, in the order of the fields.
Row = tuple[Cell, ...]
