"""Two lists of loans to Cameroon, with decisions on which are the same: what counts once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bricoop.db.engine import reading
from bricoop.query.question import Question
from bricoop.totals.classify import Counting
from bricoop.totals.rule import Base, Rollovers
from bricoop.totals.rules import rule_of
from bricoop.totals.total import Figure, total
from support.cameroon_loans import AIDDATA, CARI, FILTERS
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

#: Loans and export credits of the years that both lists have.
LOANS = Question("finance", FILTERS)


def figures(standing: Standing, *sources: str, add: bool) -> dict[str | None, Figure]:
    """Return the figures of all recorded loans; with sources, counted once, these the best."""
    rule = rule_of("all")
    if sources:
        rule = replace(rule_of("signed"), steps=(), rollovers=Rollovers.COUNT, sources=sources)
    with reading(standing.engine) as connection:
        result = total(connection, Counting(LOANS, rule, Base.NOMINAL, add))
    return {figure.source: figure for figure in result.figures}


def test_every_recorded_amount_counts_by_the_rule_for_it(cameroon: Standing) -> None:
    apart = figures(cameroon, add=False)
    assert {key: (figure.all_rows, figure.amount) for key, figure in apart.items()} == {
        CARI: (30, Decimal(3_344_000_000)), AIDDATA: (34, Decimal("4586406402.2291")),
    }  # fmt: skip
    assert figures(cameroon, add=True)[None].amount == Decimal("7930406402.2291")


@pytest.mark.parametrize(
    ("source", "amount", "same_deal", "parents"),
    [
        # 3,344 of the one, and 1,298.115 that only the other one has.
        (CARI, "4642115308.0791", (21, "2727023663.43"), (2, "449835140.5")),
        # 4,586.406 of the other without what it states twice, and 351 that only the first one has.
        (AIDDATA, "4825974112.0091", (21, "2697000000"), (4, "296000000")),
    ],
)
def test_what_both_have_counts_once(
    cameroon: Standing,
    source: str,
    amount: str,
    same_deal: tuple[int, str],
    parents: tuple[int, str],
) -> None:
    figure = figures(cameroon, source, add=True)[None]
    assert figure.amount == Decimal(amount)
    falls = {fall.step: (fall.rows, fall.amount) for fall in figure.falls if fall.rows}
    assert falls == {
        "no-amount": (1, 0),
        "duplicates": (2, Decimal("111432290.22")),
        "same-deal": (same_deal[0], Decimal(same_deal[1])),
        "parents": (parents[0], Decimal(parents[1])),
    }


def test_what_one_list_states_twice_counts_once_in_its_own_figure(cameroon: Standing) -> None:
    apart = figures(cameroon, CARI, add=False)
    assert apart[CARI].amount == 3_344_000_000
    assert apart[AIDDATA].amount == Decimal("4586406402.2291") - Decimal("111432290.22")
