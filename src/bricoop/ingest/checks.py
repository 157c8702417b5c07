"""What must hold between the cells of a row: a tuple of small functions with one signature."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bricoop.domain.dates import last_day_text
from bricoop.ingest.layout import Fields, Layout


class Complaint(NamedTuple):
    """What is wrong with a row: the column to name, the rule, and a hint."""

    column: str
    rule: str
    hint: str = ""


Check = Callable[[Fields], Iterator[Complaint]]

#: Pairs of dates of which the first cannot come after the second.
_ORDERED = (("started", "completed"), ("announced", "completed"), ("signed", "ended"))


def dates_in_order(fields: Fields) -> Iterator[Complaint]:
    """Nothing is completed before it begins, or ends before it is signed."""
    for first, last in _ORDERED:
        if fields.get(first) and fields.get(last) and fields[first] > last_day_text(fields[last]):
            yield Complaint(
                last, f"comes before {first} ({fields[first]})", "Are the two exchanged?"
            )


def amount_has_currency(fields: Fields) -> Iterator[Complaint]:
    """An amount without a currency is no amount."""
    if fields.get("amount") and not fields.get("currency"):
        yield Complaint("currency", "is missing beside an amount", "Give the ISO 4217 code.")


def constant_has_year(fields: Fields) -> Iterator[Complaint]:
    """Constant dollars are dollars of a year."""
    if fields.get("amount_usd_constant") and not fields.get("price_year"):
        yield Complaint("price_year", "is missing beside a constant amount", "Of which year?")
    if fields.get("price_year") and not fields.get("amount_usd_constant"):
        yield Complaint("price_year", "is given without a constant amount")


def finding_is_about_something(fields: Fields) -> Iterator[Complaint]:
    """A finding comes under a link, or is about an entity, or both."""
    if not fields.get("link") and not fields.get("subject"):
        yield Complaint("link", "is missing, and so is subject", "Give at least one of the two.")


def link_has_position(fields: Fields) -> Iterator[Complaint]:
    """The links have places one to five."""
    position = fields.get("position")
    if position is not None and not 1 <= position <= 5:  # noqa: PLR2004
        yield Complaint("position", "is not 1 to 5")


#: Each check, with the columns of which a layout must have at least one for it to apply.
CHECKS: tuple[tuple[Check, frozenset[str]], ...] = (
    (dates_in_order, frozenset(last for _, last in _ORDERED)),
    (amount_has_currency, frozenset({"amount"})),
    (constant_has_year, frozenset({"price_year"})),
    (finding_is_about_something, frozenset({"statement"})),
    (link_has_position, frozenset({"position"})),
)


def checks_for(layout: Layout) -> tuple[Check, ...]:
    """Return the checks that apply to a layout."""
    columns = {column.name for column in layout.columns}
    return tuple(check for check, needs in CHECKS if needs & columns)
