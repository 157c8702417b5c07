"""What is doubtful between the cells of a row that is loaded all the same."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from bricoop.domain.summary_rows import is_footer, is_perhaps_total
from bricoop.ingest.layouts.checks import Complaint
from bricoop.ingest.layouts.layout import Fields, Layout

#: Finds what is doubtful in a row.
Doubter = Callable[[Fields], Sequence[Complaint]]

_DOLLARS = "USD"
#: Amounts in dollars that differ by less are rounded differently: by a part of the amount, or by
#: what becomes of amounts below the millionth to which dollars are kept.
_ROUNDED, _KEPT = Decimal("0.01"), Decimal("0.000001")
#: Money that is given; repayments and adjustments may be negative.
_GIVEN = {"commitment", "disbursement", "pledge"}
#: What to do about a total or a footer.
_LEAVE_OUT = "If it is one, leave the row out of the file."
_SKIP = "If it is one, leave it out with [[skip]] in the profile."


def dollars_agree(fields: Fields) -> Sequence[Complaint]:
    """An amount in US dollars is its own nominal amount in US dollars."""
    if fields.get("currency") != _DOLLARS or not {"amount", "amount_usd"} <= fields.keys():
        return ()
    stated, nominal = Decimal(fields["amount"]), Decimal(fields["amount_usd"])
    if abs(stated - nominal) <= max(abs(stated) * _ROUNDED, _KEPT):
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


def names_no_summary(subject: str, advice: str, fields: Fields) -> Sequence[Complaint]:
    """A row is about something, and not a total or a footer."""
    name = fields.get(subject, "")
    if not isinstance(name, str) or not (is_perhaps_total(name) or is_footer(name)):
        return ()
    what = "footer" if is_footer(name) else "total"
    return [Complaint(subject, f"looks like a {what}", advice)]


def doubters_for(layout: Layout, *, published: bool = False) -> tuple[Doubter, ...]:
    """Return what looks for doubts in the rows of a layout, or of somebody else's data in it."""
    columns = {column.name for column in layout.columns}
    doubters: list[Doubter] = []
    if {"amount", "amount_usd", "kind"} <= columns:
        doubters += [dollars_agree, given_money_is_positive]
    if layout.may_create:
        advice = _SKIP if published else _LEAVE_OUT
        doubters.append(partial(names_no_summary, layout.subject, advice))
    return tuple(doubters)
