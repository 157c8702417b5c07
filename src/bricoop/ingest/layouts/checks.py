"""Checks that compare the fields of a row: a row that fails one is refused."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bricoop.domain.dates import last_day_text
from bricoop.domain.references import parse_reference
from bricoop.domain.summary_rows import is_footer, is_total
from bricoop.domain.vocabularies import (
    RELATIONS_OF_ORGANIZATIONS,
    RELATIONS_OF_RECORDS,
    EntityKind,
    Relation,
)
from bricoop.ingest.layouts.layout import Fields, Layout
from bricoop.ingest.layouts.lists import LIST_SEPARATOR


class Complaint(NamedTuple):
    """A fault of a row.

    Attributes:
        column: the column that the message names.
        rule: the rule that is broken.
        hint: how to correct it; may be empty.
    """

    column: str
    rule: str
    hint: str = ""


Check = Callable[[Fields], Sequence[Complaint]]

#: Pairs of dates; the first must not be after the second.
_ORDERED = (("started", "completed"), ("announced", "completed"), ("signed", "ended"))

#: Fields with a single name.
_ONE_NAME = ("organization", "parent")


def dates_in_order(fields: Fields) -> Sequence[Complaint]:
    """Refuse a date of completion or end that is before the date of start or signature."""
    return [
        Complaint(last, f"comes before {first} ({fields[first]})", "Are the two exchanged?")
        for first, last in _ORDERED
        if last in fields and first in fields and fields[first] > last_day_text(fields[last])
    ]


def amount_has_currency(fields: Fields) -> Sequence[Complaint]:
    """Refuse an amount without a currency."""
    if "amount" in fields and "currency" not in fields:
        return [Complaint("currency", "is missing beside an amount", "Give the ISO 4217 code.")]
    return ()


def constant_has_year(fields: Fields) -> Sequence[Complaint]:
    """Refuse an amount in constant dollars without a base year, and the reverse."""
    if "amount_usd_constant" in fields and "price_year" not in fields:
        return [
            Complaint("price_year", "is missing beside a constant amount", "Give the base year.")
        ]
    if "price_year" in fields and "amount_usd_constant" not in fields:
        return [Complaint("price_year", "is given without a constant amount")]
    return ()


def quantities_have_units(units: Mapping[str, str], fields: Fields) -> Sequence[Complaint]:
    """Refuse a quantity without its unit, and a unit without its quantity.

    Values are chosen field by field: a unit of one source must not meet the number of another.

    Args:
        units: for each field with a quantity the field with its unit.
        fields: the fields of the row.
    """
    complaints = []
    for quantity, unit in units.items():
        if quantity in fields and unit not in fields:
            complaints.append(Complaint(unit, f"is missing beside a {quantity}", "Give its unit."))
        elif unit in fields and quantity not in fields:
            hint = f"Give both, or neither; in a profile, give the unit when there is a {quantity}."
            complaints.append(Complaint(quantity, f"is missing beside its {unit}", hint))
    return complaints


def finding_is_about_something(fields: Fields) -> Sequence[Complaint]:
    """Refuse a finding that has neither a link nor a subject."""
    if "link" not in fields and "subject" not in fields:
        hint = "Give at least one of the two."
        return [Complaint("link", "is missing, and so is subject", hint)]
    return ()


def link_has_position(fields: Fields) -> Sequence[Complaint]:
    """Refuse a position of a link outside 1 to 5."""
    if not 1 <= fields.get("position", 1) <= 5:  # noqa: PLR2004 (there are five)
        return [Complaint("position", "is not 1 to 5")]
    return ()


def one_name_in_a_cell(fields: Fields) -> Sequence[Complaint]:
    """Refuse several names in a field that holds one organization or one parent."""
    return [
        Complaint(name, "names several; only one is allowed", "Write a row for each.")
        for name in _ONE_NAME
        if LIST_SEPARATOR in fields.get(name, "")
    ]


def one_organization(fields: Fields) -> Sequence[Complaint]:
    """Refuse several names in a row that describes an organization."""
    if LIST_SEPARATOR in fields.get("name", ""):
        return [Complaint("name", "names several; only one is allowed", "Write a row for each.")]
    return ()


def decides_on_two_alike(fields: Fields) -> Sequence[Complaint]:
    """Refuse a decision on an organization and a record, or with a relation of the other kind."""
    sides = [fields[side] for side in ("left", "right") if side in fields]
    organizations = sum(parse_reference(side).is_organization for side in sides)
    if organizations not in {0, len(sides)}:
        hint = "Organizations are compared with organizations, records with records."
        return [Complaint("right", "is of another kind than the left one", hint)]
    allowed = RELATIONS_OF_ORGANIZATIONS if organizations else RELATIONS_OF_RECORDS
    if fields.get("relation", allowed[0]) not in allowed:
        whose = "organizations" if organizations else "records"
        hint = f"Relations of {whose}: {', '.join(allowed)}."
        return [Complaint("relation", f"is not a relation of {whose}", hint)]
    if fields.get("relation") == Relation.SAME_DEAL and len(set(_nouns(sides))) > 1:
        hint = "Write both as SOURCE/finance/ID, or both as SOURCE/projects/ID."
        return [Complaint("right", "is of another noun than the left one", hint)]
    return ()


def _nouns(refs: Sequence[str]) -> list[str]:
    return [parse_reference(ref).noun for ref in refs]


def names_no_summary(subject: str, fields: Fields) -> Sequence[Complaint]:
    """Refuse a total or a footer, whose amounts would be counted twice.

    Tables have the word for it in the first column, which may be the one of names or of ids.

    Args:
        subject: the field with the name.
        fields: the fields of the row.
    """
    for column in (subject, "id"):
        text = fields.get(column, "")
        if "key" in fields or not (is_total(text) or is_footer(text)):
            continue
        kind = "total" if is_total(text) else "footer"
        means, escape = "name", f"write the key of the {subject}"
        if column == "id":
            means, escape = "id", "write another one"
        elif subject == "name":
            escape = "give the row a key"
        hint = f"Leave the row out of the file. If this is the {means}, {escape}."
        return [Complaint(column, f"looks like a {kind}", hint)]
    return ()


#: Each check, with the columns that it looks at: it applies to layouts with at least one of them.
CHECKS: tuple[tuple[Check, frozenset[str]], ...] = (
    (dates_in_order, frozenset(last for _, last in _ORDERED)),
    (amount_has_currency, frozenset({"amount"})),
    (constant_has_year, frozenset({"price_year"})),
    (finding_is_about_something, frozenset({"statement"})),
    (link_has_position, frozenset({"position"})),
    (one_name_in_a_cell, frozenset(_ONE_NAME)),
    (one_organization, frozenset({"roles"})),
    (decides_on_two_alike, frozenset({"relation"})),
)


#: Checks that are skipped for published files: only the author can correct such contradictions.
_FOR_AUTHORS = frozenset({dates_in_order, one_name_in_a_cell, one_organization})


def checks_for(layout: Layout, *, published: bool = False) -> tuple[Check, ...]:
    """Return the checks that apply to a layout.

    Args:
        layout: the layout.
        published: whether rows come from a published file and are read by a profile.
    """
    columns = {column.name for column in layout.columns}
    checks = [
        check
        for check, needs in CHECKS
        if needs & columns and not (published and check in _FOR_AUTHORS)
    ]
    if units := {value.name: value.unit for value in layout.values if value.unit}:
        checks.append(partial(quantities_have_units, units))
    # Organizations are exempt, as there is a company named Total. So are layouts that create no
    # entities: there, an unknown name is refused anyway.
    if not published and layout.may_create and layout.kind is not EntityKind.ORGANIZATION:
        checks.append(partial(names_no_summary, layout.subject))
    return tuple(checks)
