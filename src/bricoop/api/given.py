"""Filters that scripts give as keyword arguments."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bricoop.api.rows import texts
from bricoop.domain.arguments import meant
from bricoop.query.catalog import noun_of

#: The argument of a filter: one value, or several of which any may match.
Value = str | int | float | bool | Decimal | date
Given = Value | Iterable[Value] | None
#: The other arguments of the functions that take filters as keyword arguments.
_OTHER_ARGUMENTS = {
    "query": ("where", "search", "raw", "columns", "sort", "limit", "offset", "unmerged"),
    "total": ("rule", "base", "add_sources", "where", "search", "raw"),
    "why": ("rule", "base", "where", "search", "raw"),
}


def filters_of(called: str, noun: str, filters: dict[str, Given]) -> dict[str, tuple[str, ...]]:
    """Return the values of filters as texts.

    Args:
        called: the function that they were given to.
        noun: the noun of the rows.
        filters: the keyword arguments.

    Raises:
        ArgumentError: one resembles another argument of the function, and is no filter.
    """
    definition = noun_of(noun)
    names = {
        *(option.name for option in definition.fields),
        *(option.name for option in definition.filters),
    }
    for name in filters.keys() - names:
        # Other unknown filters are refused when rows are read, with suggestions.
        if refusal := meant(called, name, _OTHER_ARGUMENTS[called]):
            raise refusal
    return {name: texts(values) for name, values in filters.items() if values is not None}
