"""Why two real lists of loans to Cameroon differ: the steps between their totals, to the cent."""

from decimal import Decimal

import pytest

from bricoop.db.engine import reading
from bricoop.domain.amounts import to_the_cent
from bricoop.query.question import Question
from bricoop.totals.parse import counting_of
from bricoop.totals.why.card import difference_card_of
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.difference import Difference, difference
from bricoop.totals.why.listing import listed
from bricoop.totals.why.parse import comparison_of
from support.cameroon_loans import AIDDATA, CARI, FILTERS
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql


def compared(cameroon: Standing, rule: str = "all") -> Comparison:
    """Return the comparison of both lists, of the years that both have."""
    counting = counting_of(Question("finance", FILTERS), rule)
    with reading(cameroon.engine) as connection:
        return comparison_of(connection, "cari", "gcof1", counting)


@pytest.fixture(scope="module")
def explained(cameroon: Standing) -> Difference:
    """Why the totals of both lists differ."""
    with reading(cameroon.engine) as connection:
        return difference(connection, compared(cameroon))


def test_every_step_is_exact_to_the_cent(explained: Difference) -> None:
    figure, other = explained.left_figure, explained.right_figure
    assert (figure.source, figure.all_rows, figure.rows) == (CARI, 30, 30)
    assert (other.source, other.all_rows, other.rows) == (AIDDATA, 34, 33)
    assert other.all_without_amount == 1
    assert to_the_cent(figure.amount) == "3,344,000,000.00"
    assert to_the_cent(other.amount) == "4,586,406,402.23"
    steps = {
        step.cause.value: (step.left_rows, step.right_rows, to_the_cent(step.amount))
        for step in explained.steps
    }
    assert steps == {
        "filters": (0, 0, "0.00"),
        "rule": (0, 0, "0.00"),
        "base": (0, 0, "0.00"),
        "only-left": (5, 0, "-351,000,000.00"),
        "only-right": (0, 8, "1,298,115,308.08"),
        "duplicates": (0, 2, "111,432,290.22"),
        "parts": (4, 2, "153,835,140.50"),
        "amounts": (21, 21, "30,023,663.43"),
    }
    assert explained.remainder == 0
    assert len(explained.decisions) == 28


def test_the_rows_of_one_list_are_described(explained: Difference) -> None:
    details = {
        (step.cause.value, detail.name): (
            detail.left_rows + detail.right_rows, to_the_cent(detail.amount),
        )
        for step in explained.steps
        for detail in step.details
    }  # fmt: skip
    assert details["only-left", "largest"] == (1, "-333,000,000.00")
    assert details["only-left", "unnamed"] == (4, "-18,000,000.00")
    assert details["only-right", "not-recommended"] == (2, "3,687,687.09")
    assert details["only-right", "status-committed"] == (2, "163,520,066.38")
    # A loan that CARI has two years later, outside the question.
    assert details["only-right", "candidates-strong"] == (1, "81,400,000.00")


def test_the_rows_behind_the_steps(cameroon: Standing) -> None:
    comparison = compared(cameroon)
    with reading(cameroon.engine) as connection:
        rows = list(listed(connection, comparison, "everything").by_name())
        card = difference_card_of(connection, comparison)
    ids = [
        {row[f"{side}_id"] for row in rows if row["step"] == step and row[f"{side}_id"]}
        for step, side in (("duplicates", "right"), ("parts", "left"), ("parts", "right"))
    ]
    assert ids == [
        {"31243", "505"}, {"CM.005", "CM.068", "CM.027", "CM.035"}, {"31888", "30905", "35169"},
    ]  # fmt: skip
    # The part of a whole that has no amount stands beside the others.
    (without,) = (row for row in rows if row["right_id"] == "35169")
    assert (without["right_amount"], without["right_counts"]) == (None, False)
    assert sum(row["change"] for row in rows) == Decimal("1242406402.2291")
    assert len(card["total"]["rows"]) == 63
    assert len(card["total"]["decisions"]["rows"]) == 28
