"""Checks of a row that only lead to warnings: the row is loaded all the same."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from bricoop.domain.amounts import in_dollars, loses_digits
from bricoop.domain.summary_rows import is_footer, is_perhaps_total
from bricoop.ingest.layouts.checks import Complaint
from bricoop.ingest.layouts.clean import partial_date
from bricoop.ingest.layouts.layout import Fields, Layout

#: Returns the warnings about the fields of a row.
Doubter = Callable[[Fields], Sequence[Complaint]]

_DOLLARS = "USD"
_AMOUNTS = ("amount", "amount_usd")
#: In US dollars. The largest known projects cost a fifth of it.
_LARGEST = Decimal(100_000_000_000)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
#: The first two digits of these years.
_CENTURIES = frozenset({"19", "20"})
_YEARS, _PERCENT = "It is in years.", "It is in percent: write 2.5 for 2.5%."
#: Plausible ranges of the terms of loans, with a hint about the unit.
_USUAL = {
    "maturity": (0, 100, _YEARS), "grace_period": (0, 50, _YEARS),
    "interest_rate": (0, 50, _PERCENT), "grant_element": (-100, 100, _PERCENT),
}  # fmt: skip
#: Amounts in dollars agree if they differ by at most this share of the amount, or by at most this
#: many dollars: sources round differently, and dollars are stored with six decimals.
_ROUNDED, _KEPT = Decimal("0.01"), Decimal("0.000001")
#: Kinds of finance that cannot be negative or zero; repayments and adjustments can be negative.
_LENT_OR_GRANTED = {"commitment", "disbursement", "pledge"}
#: Hints about a zero that stands for an unknown amount, for native files and for profiles.
_LEAVE_EMPTY = "Leave the cell empty if the amount is not known."
_EMPTY = (
    "If it stands for an unknown amount, add it to `empty` of the field in a profile of your own."
)
#: Hints about a total or a footer, for native files and for profiles.
_LEAVE_OUT = "If it is one, leave the row out of the file."
_SKIP = "If it is one, leave it out with [[skip]] in the profile."


def dollars_agree(fields: Fields) -> Sequence[Complaint]:
    """Warn if `amount` in the currency USD differs from `amount_usd`."""
    if fields.get("currency") != _DOLLARS or not {"amount", "amount_usd"} <= fields.keys():
        return ()
    stated, nominal = Decimal(fields["amount"]), Decimal(fields["amount_usd"])
    if abs(stated - nominal) <= max(abs(stated) * _ROUNDED, _KEPT):
        return ()
    rule = f"differs from the amount in the currency USD, {fields['amount']}"
    return [Complaint("amount_usd", rule, "Is the currency right, or one of the amounts?")]


def dollars_are_whole_millionths(fields: Fields) -> Sequence[Complaint]:
    """Warn if `amount_usd` is computed from `amount` and rounding to six decimals loses digits."""
    if "amount_usd" in fields or "amount" not in fields:
        return ()
    stated = Decimal(fields["amount"])
    nominal = in_dollars(stated, fields.get("currency"))
    if nominal is None or not loses_digits(stated):
        return ()
    rule = "has digits below a millionth, to which amount_usd is rounded"
    return [Complaint("amount", rule, "The amount itself is stored as it is.")]


def given_money_is_positive(fields: Fields) -> Sequence[Complaint]:
    """Warn about a negative commitment, disbursement or pledge."""
    if fields.get("kind") not in _LENT_OR_GRANTED:
        return ()
    names = [name for name in _AMOUNTS if str(fields.get(name, "")).startswith("-")]
    rule = f"is negative for a {fields['kind']}"
    return [Complaint(names[0], rule, "A total subtracts it.")] if names else ()


def given_money_is_not_zero(advice: str, fields: Fields) -> Sequence[Complaint]:
    """Warn about a commitment, disbursement or pledge of zero.

    Args:
        advice: the hint about how to correct it.
        fields: the fields of the row.
    """
    if fields.get("kind") not in _LENT_OR_GRANTED:
        return ()
    columns = [name for name in _AMOUNTS if name in fields]
    # Amounts below a millionth of a dollar are not zero in their own currency.
    if not columns or any(Decimal(fields[name]) for name in columns):
        return ()
    rule = f"is zero for a {fields['kind']}"
    return [Complaint(columns[0], rule, advice)]


def money_is_of_a_project(fields: Fields) -> Sequence[Complaint]:
    """Warn about an amount above a hundred billion US dollars: the unit may be wrong."""
    in_dollars = _AMOUNTS if fields.get("currency") == _DOLLARS else _AMOUNTS[1:]
    return [
        Complaint(name, "is more than 100 billion US dollars", "Is the unit right?")
        for name in in_dollars
        if name in fields and abs(Decimal(fields[name])) > _LARGEST
    ][:1]


def figures_are_usual(fields: Fields) -> Sequence[Complaint]:
    """Warn about terms of a loan outside the plausible ranges: the unit may be wrong."""
    return [
        Complaint(name, f"is not between {low} and {high}", hint)
        for name, (low, high, hint) in _USUAL.items()
        if name in fields and not low <= Decimal(fields[name]) <= high
    ]


def dates_are_of_now(names: Sequence[str], fields: Fields) -> Sequence[Complaint]:
    """Warn about dates before 1900 or after 2099.

    Args:
        names: the fields that are dates.
        fields: the fields of the row.
    """
    return [
        Complaint(name, f"is not between {_FIRST_YEAR} and {_LAST_YEAR}", "Is the year right?")
        for name in names
        if name in fields and fields[name][:2] not in _CENTURIES
    ]


def names_no_summary(subject: str, advice: str, fields: Fields) -> Sequence[Complaint]:
    """Warn about a row whose name looks like a total or a footer.

    Args:
        subject: the field with the name.
        advice: the hint about what to do with the row.
        fields: the fields of the row.
    """
    name = fields.get(subject, "")
    if not isinstance(name, str) or not (is_perhaps_total(name) or is_footer(name)):
        return ()
    kind = "footer" if is_footer(name) else "total"
    return [Complaint(subject, f"looks like a {kind}", advice)]


def doubters_for(layout: Layout, *, published: bool = False) -> tuple[Doubter, ...]:
    """Return the checks for warnings that apply to a layout.

    Args:
        layout: the layout.
        published: whether rows come from a published file and are read by a profile; then hints
            name settings of the profile.
    """
    columns = {column.name for column in layout.columns}
    doubters: list[Doubter] = []
    if {"amount", "amount_usd", "kind"} <= columns:
        doubters += [dollars_agree, dollars_are_whole_millionths, given_money_is_positive]
        doubters.append(money_is_of_a_project)
        doubters.append(figures_are_usual)
        doubters.append(partial(given_money_is_not_zero, _EMPTY if published else _LEAVE_EMPTY))
    dates = [column.name for column in layout.columns if column.clean is partial_date]
    if dates:
        doubters.append(partial(dates_are_of_now, dates))
    if layout.may_create:
        advice = _SKIP if published else _LEAVE_OUT
        doubters.append(partial(names_no_summary, layout.subject, advice))
    return tuple(doubters)
