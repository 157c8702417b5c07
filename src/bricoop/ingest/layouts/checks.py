"""What must hold between the cells of a row: a tuple of small functions with one signature."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from bricoop.domain.dates import last_day_text
from bricoop.domain.summary_rows import is_footer, is_total
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.layouts.clean import LIST_SEPARATOR
from bricoop.ingest.layouts.layout import Fields, Layout


class Complaint(NamedTuple):
    """What is wrong with a row: the column to name, the rule, and a hint."""

    column: str
    rule: str
    hint: str = ""


Check = Callable[[Fields], Sequence[Complaint]]

#: Pairs of dates of which the first cannot come after the second.
_ORDERED = (("started", "completed"), ("announced", "completed"), ("signed", "ended"))

#: Fields of one name.
_ONE_NAME = ("organization", "parent")


def dates_in_order(fields: Fields) -> Sequence[Complaint]:
    """Nothing is completed before it begins, or ends before it is signed."""
    return [
        Complaint(last, f"comes before {first} ({fields[first]})", "Are the two exchanged?")
        for first, last in _ORDERED
        if last in fields and first in fields and fields[first] > last_day_text(fields[last])
    ]


def amount_has_currency(fields: Fields) -> Sequence[Complaint]:
    """An amount without a currency is no amount."""
    if "amount" in fields and "currency" not in fields:
        return [Complaint("currency", "is missing beside an amount", "Give the ISO 4217 code.")]
    return ()


def constant_has_year(fields: Fields) -> Sequence[Complaint]:
    """Constant dollars are dollars of a year."""
    if "amount_usd_constant" in fields and "price_year" not in fields:
        return [
            Complaint("price_year", "is missing beside a constant amount", "Give the base year.")
        ]
    if "price_year" in fields and "amount_usd_constant" not in fields:
        return [Complaint("price_year", "is given without a constant amount")]
    return ()


def finding_is_about_something(fields: Fields) -> Sequence[Complaint]:
    """A finding comes under a link, or is about an entity, or both."""
    if "link" not in fields and "subject" not in fields:
        hint = "Give at least one of the two."
        return [Complaint("link", "is missing, and so is subject", hint)]
    return ()


def link_has_position(fields: Fields) -> Sequence[Complaint]:
    """The links have places one to five."""
    if not 1 <= fields.get("position", 1) <= 5:  # noqa: PLR2004 (there are five)
        return [Complaint("position", "is not 1 to 5")]
    return ()


def one_name_in_a_cell(fields: Fields) -> Sequence[Complaint]:
    """What names one organization or whole does not name several."""
    return [
        Complaint(name, "names several; only one is allowed", "Write a row for each.")
        for name in _ONE_NAME
        if LIST_SEPARATOR in fields.get(name, "")
    ]


def one_organization(fields: Fields) -> Sequence[Complaint]:
    """A row about an organization names one."""
    if LIST_SEPARATOR in fields.get("name", ""):
        return [Complaint("name", "names several; only one is allowed", "Write a row for each.")]
    return ()


def names_no_summary(subject: str, fields: Fields) -> Sequence[Complaint]:
    """A row is about something, and not a total or a footer, whose amounts would count twice."""
    name = fields.get(subject, "")
    if "key" in fields or not (is_total(name) or is_footer(name)):
        return ()
    kind = "total" if is_total(name) else "footer"
    escape = "give the row a key" if subject == "name" else f"write the key of the {subject}"
    hint = f"Leave the row out of the file. If this is the name, {escape}."
    return [Complaint(subject, f"looks like a {kind}", hint)]


#: Each check, with the columns of which a layout must have at least one for it to apply.
CHECKS: tuple[tuple[Check, frozenset[str]], ...] = (
    (dates_in_order, frozenset(last for _, last in _ORDERED)),
    (amount_has_currency, frozenset({"amount"})),
    (constant_has_year, frozenset({"price_year"})),
    (finding_is_about_something, frozenset({"statement"})),
    (link_has_position, frozenset({"position"})),
    (one_name_in_a_cell, frozenset(_ONE_NAME)),
    (one_organization, frozenset({"roles"})),
)


#: What only an author can correct; what others published is kept with its contradictions.
_FOR_AUTHORS = frozenset({dates_in_order, one_name_in_a_cell, one_organization})


def checks_for(layout: Layout, *, published: bool = False) -> tuple[Check, ...]:
    """Return the checks that apply to a layout, or to somebody else's published data in it."""
    columns = {column.name for column in layout.columns}
    checks = [
        check
        for check, needs in CHECKS
        if needs & columns and not (published and check in _FOR_AUTHORS)
    ]
    # There is a company named Total, and what must be known already is looked up.
    if not published and layout.may_create and layout.kind is not EntityKind.ORGANIZATION:
        checks.append(partial(names_no_summary, layout.subject))
    return tuple(checks)
