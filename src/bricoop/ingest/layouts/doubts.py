"""What is doubtful between the cells of a row that is loaded all the same."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from bricoop.domain.names import fold
from bricoop.ingest.layouts.checks import Complaint
from bricoop.ingest.layouts.layout import Fields, Layout

#: Finds what is doubtful in a row.
Doubter = Callable[[Fields], Sequence[Complaint]]

_DOLLARS = "USD"
#: Amounts in dollars that differ by less are rounded differently.
_ROUNDED = Decimal("0.01")
#: Money that is given; repayments and adjustments may be negative.
_GIVEN = {"commitment", "disbursement", "pledge"}
#: Names of rows that add up others, or that stand below a table.
_FOOTERS = {
    "total", "totals", "sum", "subtotal", "sub total", "grand total", "source", "sources",
    "note", "notes", "合计", "总计", "小计",
}  # fmt: skip


def dollars_agree(fields: Fields) -> Sequence[Complaint]:
    """An amount in US dollars is its own nominal amount in US dollars."""
    if fields.get("currency") != _DOLLARS or not {"amount", "amount_usd"} <= fields.keys():
        return ()
    stated, nominal = Decimal(fields["amount"]), Decimal(fields["amount_usd"])
    if abs(stated - nominal) <= abs(stated) * _ROUNDED:
        return ()
    rule = f"differs from the amount in the currency USD, {fields['amount']}"
    return [Complaint("amount_usd", rule, "Is the currency right, or one of the amounts?")]


def given_money_is_positive(fields: Fields) -> Sequence[Complaint]:
    """A commitment, disbursement or pledge is above zero."""
    if fields.get("kind") not in _GIVEN:
        return ()
    names = [one for one in ("amount", "amount_usd") if str(fields.get(one, "")).startswith("-")]
    rule = f"is negative for a {fields['kind']}"
    return [Complaint(names[0], rule, "A total subtracts it.")] if names else ()


def is_no_footer(fields: Fields) -> Sequence[Complaint]:
    """A row of data is not named as the last row of a table is."""
    name = fields.get("name", "")
    if not isinstance(name, str) or fold(name) not in _FOOTERS:
        return ()
    return [Complaint("name", "looks like a total or a footer", "Leave such rows out of the file.")]


def doubters_for(layout: Layout) -> tuple[Doubter, ...]:
    """Return what looks for doubts in the rows of a layout."""
    columns = {column.name for column in layout.columns}
    doubters: list[Doubter] = []
    if {"amount", "amount_usd", "kind"} <= columns:
        doubters += [dollars_agree, given_money_is_positive]
    if layout.describes_entity and "name" in columns:
        doubters.append(is_no_footer)
    return tuple(doubters)
