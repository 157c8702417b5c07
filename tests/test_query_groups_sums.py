"""Sums, shares and subtotals of groups, compared with independently computed ones."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

import pytest
from sqlalchemy import Engine

from bricoop.errors import UsageError
from support.grouped import (
    CURRENCIES,
    FINANCE,
    HOME,
    PROJECTS,
    as_dicts,
    asked,
    dollars,
    fill,
    of_countries,
)
from support.loading import Load
from support.standing import Standing

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]


@pytest.fixture(scope="module")
def filled(standing: Standing) -> Iterator[Engine]:
    """A knowledge base with what is grouped."""
    fill(standing.load)
    with standing.unwritten():
        yield standing.engine


def test_figures_of_money_equal_an_independent_count(filled: Engine) -> None:
    measures = (
        "count", "sum:amount_usd", "mean:amount_usd", "median:amount_usd", "min:amount_usd",
        "max:amount_usd", "median:maturity", "sum:maturity", "min:maturity", "max:maturity",
        "count:maturity", "distinct:project_key",
    )  # fmt: skip
    by_country = {row["country"]: row for row in as_dicts(asked(filled, "finance", "country",
                                                           measures=measures))}  # fmt: skip
    expected = of_countries(FINANCE, HOME)
    assert by_country.keys() == expected.keys()
    for code, rows in expected.items():
        usd = [amount for amount in map(dollars, rows) if amount is not None]
        years = [Decimal(row["maturity"]) for row in rows if row["maturity"]]
        group = by_country[code]
        assert group["count"] == len(rows)
        assert group["sum_amount_usd"] == sum(usd)
        assert group["mean_amount_usd"] == (sum(usd, Decimal(0)) / len(usd)).quantize(
            Decimal("0.000001")
        )
        assert group["median_amount_usd"] == median(usd)
        assert (group["min_amount_usd"], group["max_amount_usd"]) == (min(usd), max(usd))
        assert group["amount_usd_base"] == "nominal USD"
        assert group["with_amount_usd"] == len(usd)
        assert group["without_amount_usd"] == len(rows) - len(usd)
        assert group["median_maturity"] == median(years)
        assert (group["min_maturity"], group["max_maturity"]) == (min(years), max(years))
        assert (group["sum_maturity"], group["count_maturity"]) == (sum(years), len(years))
        assert group["distinct_project_key"] == len({row["project"] for row in rows})


def test_a_total_may_be_larger_than_sixty_four_bits_of_millionths(filled: Engine) -> None:
    (row,) = as_dicts(asked(filled, "finance", measures=("sum:amount_usd",)))
    total = sum(dollars(row) or 0 for row in FINANCE)
    assert total * 10**6 > 2**63
    assert row["sum_amount_usd"] == total


def test_amounts_as_stated_add_up_within_a_currency_and_never_across(filled: Engine) -> None:
    rows = as_dicts(asked(filled, "finance", "currency", measures=("sum:amount",)))
    for row in rows:
        own = [entry for entry in FINANCE if entry["currency"] == row["currency"]]
        assert row["sum_amount"] == sum(
            Decimal(entry["amount"]) for entry in own if entry["amount"]
        )
        assert row["amount_base"] == row["currency"]
    with pytest.raises(UsageError) as caught:
        asked(filled, "finance", "country", measures=("sum:amount",))
    assert "would mix currency: CNY and USD" in str(caught.value)
    assert "--where 'currency = CNY'" in str(caught.value)
    in_dollars = asked(filled, "finance", measures=("sum:amount",), where=("currency = USD",))
    assert as_dicts(in_dollars)[0]["amount_base"] == "USD"
    totals = asked(filled, "finance", "kind", "currency", measures=("sum:amount",), subtotals=True)
    assert "Totals are within each currency." in totals.notes
    assert {(row["level"], row["amount_base"]) for row in as_dicts(totals)} == {
        (level, currency) for level in (1, 2) for currency in CURRENCIES
    }


def test_subtotals_follow_their_groups_and_count_each_row_once(filled: Engine) -> None:
    rows = as_dicts(asked(filled, "projects", "country", "status", subtotals=True))
    assert rows[-1]["level"] == 0
    assert rows[-1]["count"] == len(PROJECTS)
    levels = [row["level"] for row in rows]
    homes = of_countries(PROJECTS, HOME)
    at = 0
    for code in ("TCD", "KEN", "MLI", None):
        block = rows[at : levels.index(1, at) + 1]
        at += len(block)
        assert {row["country"] for row in block} == {code}
        known = sorted({row["status"] for row in homes[code] if row["status"]})
        assert [row["status"] for row in block if row["status"]] == known
        assert sum(row["count"] for row in block[:-1]) == block[-1]["count"] == len(homes[code])
    assert at == len(rows) - 1


def test_shares_add_up(filled: Engine) -> None:
    rows = as_dicts(asked(filled, "finance", "kind", "currency",
                          measures=("sum:amount_usd",), share=True))  # fmt: skip
    assert sum(row["share"] for row in rows) == Decimal(100)
    assert rows[-1]["cumulative_share"] == Decimal(100)
    assert [field.name for field in asked(filled, "projects", "status", share=True).fields] == [
        "status", "count", "share", "cumulative_share",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="--share needs a count or a sum, not a median"):
        asked(filled, "finance", "currency", measures=("median:amount_usd",), share=True)


def test_shares_of_sums_stay_within_what_sums_are_in(filled: Engine) -> None:
    answer = asked(filled, "finance", "currency", "year", measures=("sum:amount",), share=True)
    assert "Shares are within each currency." in answer.notes
    rows = as_dicts(answer)
    for currency in CURRENCIES:
        own = [row for row in rows if row["currency"] == currency]
        whole = sum(
            Decimal(entry["amount"])
            for entry in FINANCE
            if entry["amount"] and entry["currency"] == currency
        )
        for row in own:
            value = Decimal(row["sum_amount"] or 0)
            assert row["share"] == (value * 100 / whole).quantize(Decimal("0.01"))
        assert own[-1]["cumulative_share"] == 100
    with pytest.raises(UsageError, match="of all groups together would mix currency: CNY and USD"):
        # Each project with a single row has one currency, but all rows together have several.
        asked(filled, "finance", "locator", measures=("sum:amount",), share=True)
    counted = as_dicts(asked(filled, "finance", "locator", "currency",
                             measures=("count", "sum:amount"), share=True))  # fmt: skip
    assert sum(row["count"] for row in counted) == len(FINANCE)
    assert counted[-1]["cumulative_share"] == 100


def test_shares_of_rows_in_several_groups_are_of_the_rows_that_there_are(filled: Engine) -> None:
    answer = asked(filled, "projects", "country", share=True, subtotals=True)
    rows = as_dicts(answer)
    for row in rows:
        assert row["share"] == (Decimal(row["count"]) * 100 / len(PROJECTS)).quantize(
            Decimal("0.01")
        )
        assert row["cumulative_share"] is None
    assert (rows[-1]["level"], rows[-1]["share"]) == (0, 100)
    assert any("add up to more than 100" in note for note in answer.notes)


def test_sums_of_rows_in_several_groups_say_so(filled: Engine) -> None:
    answer = asked(filled, "finance", "country", measures=("sum:amount_usd",))
    more = sum(map(len, of_countries(FINANCE, HOME).values())) - len(FINANCE)
    assert more > 0
    (note,) = answer.notes
    assert f"{more} more than the {len(FINANCE)} rows" in note
    assert "sums of several groups count some twice" in note
    assert not asked(filled, "finance", "country", measures=("median:amount_usd",)).notes


def test_sums_say_what_they_should_perhaps_not_hold(engine: Engine, load: Load) -> None:
    load(
        "finance",
        "id,project,kind,amount_usd,counted\n"
        "1,One,pledge,5,yes\n2,Two,commitment,6,no\n3,Three,commitment,,no\n4,Four,commitment,1,\n",
        source="mine",
    )
    load("finance", "id,project,kind,amount_usd\n1,Five,pledge,6\n", source="other")
    sums = {"measures": ("sum:amount_usd",), "filters": {}}
    apart = asked(engine, "finance", **sums)
    # The sources name no entity in common, but may still record the same money.
    assert "may record the same money" in apart.notes[0]
    assert "counted by itself" in apart.notes[0]
    assert "several kinds, which may be stages of the same money" in apart.notes[1]
    assert (
        "1 row that the source does not count in its own totals: --counted '!no'" in apart.notes[2]
    )
    assert [row["sum_amount_usd"] for row in as_dicts(apart)] == [12, 6]
    added = asked(engine, "finance", **sums, add_sources=True)
    assert "were added up" in added.notes[0]
    assert as_dicts(added)[0]["sum_amount_usd"] == 18
    assert asked(engine, "finance", measures=("count",), filters={}).fields[0].name == "count"
    by = asked(engine, "finance", "kind", "source", "counted", **sums)
    assert by.notes == ()
    for option, message in (("share", "Shares are of totals that"), ("subtotals", "Totals")):
        totals = {**sums, option: True}
        notes = asked(engine, "finance", "kind", "source", "counted", **totals).notes
        assert (
            f"{message} add up several kinds, which may be stages of the same money, such as commitment and pledge: look at one"
            in ("\n".join(notes))
        )
    narrow = {"kind": ("commitment",), "counted": ("!no",), "source": ("mine",)}
    (row,) = as_dicts(asked(engine, "finance", measures=("sum:amount_usd",), filters=narrow))
    assert row["sum_amount_usd"] == 1
    assert asked(engine, "finance", measures=("sum:amount_usd",), filters=narrow).notes == ()
    assert asked(engine, "finance", filters={}).notes == ()
    figures = {"measures": ("sum:value",), "where": ("indicator ~ manufacturing in outward",)}
    (note,) = asked(engine, "statistics", filters={}, **figures).notes
    assert note.startswith("Sums add up several periods, which may overlap")


@pytest.mark.parametrize("more", [{"share": True}, {"subtotals": True}])
def test_kinds_that_no_total_adds_up_are_not_said_to_be_added(
    engine: Engine, load: Load, more: dict[str, bool]
) -> None:
    load("finance", "id,project,kind,amount_usd\n1,One,pledge,5\n2,Two,pledge,1\n", source="mine")
    rows = "id,project,kind,amount_usd\n1,Five,repayment,6\n2,Six,disbursement,6\n"
    load("finance", rows, source="other")
    by = {"measures": ("sum:amount_usd",), "filters": {}, **more}
    notes = "\n".join(asked(engine, "finance", "source", "kind", **by).notes)
    assert "such as disbursement and repayment" in notes
    by["filters"] = {"kind": ("pledge", "repayment")}
    notes = "\n".join(asked(engine, "finance", "source", "kind", **by).notes)
    assert "several kinds" not in notes


def test_several_sources_are_never_added_up_unasked(engine: Engine, load: Load) -> None:
    fill(load)
    load("finance", "project,kind,amount_usd\nProject 1,pledge,5\nNew,pledge,6\n", source="other")
    everything = {"filters": {}, "measures": ("sum:amount_usd",)}
    apart = asked(engine, "finance", "country", **everything)
    assert apart.fields[0].name == "source"
    assert "counted by itself" in apart.notes[0]
    rows = as_dicts(apart)
    assert {row["source"] for row in rows} == {"mine", "other"}
    options = {**everything, "subtotals": True, "share": True}
    for by in ((), ("source",)):
        answer = asked(engine, "finance", *by, "kind", **options)
        assert {"Totals are within each source.", "Shares are within each source."} <= {
            *answer.notes
        }
        totals = [row for row in as_dicts(answer) if row["level"] == 1]
        assert {row["source"]: row["share"] for row in totals} == {"mine": 100, "other": 100}
        assert {row["sum_amount_usd"] for row in totals if row["source"] == "other"} == {11}
        assert not [row for row in as_dicts(answer) if row["level"] == 0]
    last = as_dicts(asked(engine, "finance", "kind", "source", **options))[-1]
    assert (last["kind"], last["source"], last["level"]) == (None, "other", 1)
    added = as_dicts(asked(engine, "finance", "source", "kind", **options, add_sources=True))
    assert (added[-1]["level"], added[-1]["share"]) == (0, 100)
    by_source = asked(engine, "finance", "source", "kind",
                **{**options, "filters": {"source": ("other",)}})  # fmt: skip
    assert as_dicts(by_source)[-1]["level"] == 0
    together = asked(engine, "finance", "kind", **everything, add_sources=True)
    assert "added up" in together.notes[0]
    sums = {row["kind"]: row["sum_amount_usd"] for row in as_dicts(together)}
    assert sums["pledge"] == 11
    alone = asked(engine, "finance", "kind", **{**everything, "filters": {"kind": ("pledge",)}})
    assert alone.fields[0].name == "kind"


def test_sums_of_what_is_no_money_are_plain(quick: Engine) -> None:
    for noun, by, measure in (
        ("organizations", "source", "sum:projects"),
        ("loads", "kind", "sum:rows_read"),
        ("countries", "region", "sum:agreements"),
    ):
        answer = asked(quick, noun, by, measures=(measure,), filters={})
        assert not [note for note in answer.notes if "money" in note]
        assert answer.fields[0].name == by
