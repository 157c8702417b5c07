"""Tests of totals: what each rule counts, step by step, on both databases."""

import csv
import random
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.check.rebuild import check_all
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.report.blocks import Table
from bricoop.report.money import money_section
from bricoop.totals.breakdown import breakdown
from bricoop.totals.classify import Counting
from bricoop.totals.parse import counting_of
from bricoop.totals.rows import listed, marked_rows
from bricoop.totals.rules import rule_of, shipped
from bricoop.totals.total import total
from bricoop.totals.waterfall_rows import waterfall
from support.examples import examples
from support.loading import Load
from support.standing import Standing
from support.totals import FINANCE_HEADER, PROJECTS_HEADER, adds_up, figure, total_of

pytestmark = pytest.mark.later_on_postgresql


def test_each_step_says_what_it_leaves_out_and_lists_its_rows(engine: Engine, load: Load) -> None:
    load(
        "projects",
        PROJECTS_HEADER
        + "1,Port,,implementation,Kenya\n2,Plan,,pledged,Kenya\n3,Dam,,cancelled,Mali\n",
    )
    load(
        "finance",
        "id,project,kind,instrument,umbrella,amount_usd,estimated\n"
        "a,Port,commitment,loan,no,100.25,yes\nb,Port,disbursement,loan,no,40,\n"
        "c,Port,commitment,loan,yes,1000,\nd,Plan,commitment,grant,,7,\ne,Port,pledge,grant,,5,\n"
        "f,Dam,commitment,loan,,3000,\ng,Port,commitment,grant,,,\nh,Port,forgiveness,,,11,\n"
        "i,Port,commitment,debt-relief,,2,\nj,Port,investment,equity,,0.05,\n",
    )
    result = total_of(engine)
    adds_up(result)
    (source_figure,) = result.figures
    falls = {
        fall.step: (fall.rows, fall.without_amount, fall.amount) for fall in source_figure.falls
    }
    assert falls == {
        "pledges": (2, 0, Decimal(12)),
        "called-off": (1, 0, Decimal(3000)),
        "umbrellas": (1, 0, Decimal(1000)),
        "other-flows": (1, 0, Decimal(40)),
        "debt-relief": (2, 0, Decimal(13)),
        "no-amount": (1, 1, Decimal(0)),
        "rolled-over": (0, 0, Decimal(0)),
    }
    assert (source_figure.rows, source_figure.amount) == (2, Decimal("100.30"))
    assert (source_figure.all_rows, source_figure.all_without_amount) == (10, 1)
    assert (source_figure.estimated_rows, source_figure.estimated) == (1, Decimal("100.25"))
    assert result.notes == ("The rule counts several kinds of flow: commitment, investment.",)
    with reading(engine) as connection:
        ids = {row.id: row.step for row in marked_rows(connection, result.counting)}
        assert ids == {
            "a": None, "b": "other-flows", "c": "umbrellas", "d": "pledges", "e": "pledges",
            "f": "called-off", "g": "no-amount", "h": "debt-relief", "i": "debt-relief", "j": None,
        }  # fmt: skip
        for step, (number, _, _) in falls.items():
            assert len(list(listed(connection, result.counting, step).rows)) == number
        assert len(list(listed(connection, result.counting, "everything").rows)) == 10
        assert len(list(listed(connection, result.counting, "counted").rows)) == 2
        with pytest.raises(NotFoundError, match="umbrellas"):
            listed(connection, result.counting, "umbrela")


def test_pledges_count_by_the_rule_that_is_named_for_them(engine: Engine, load: Load) -> None:
    load("projects", PROJECTS_HEADER + "1,Port,,pledged,Kenya\n")
    load("finance", FINANCE_HEADER + "a,Port,pledge,,,100\n")
    assert [figure(engine, rule).amount for rule in ("signed", "pledged", "all")] == [0, 100, 100]


def test_what_is_rolled_over_counts_once(engine: Engine, load: Load) -> None:
    load("projects", PROJECTS_HEADER + "1,Swap,,completed,Egypt\n")
    load(
        "finance",
        "id,project,kind,amount_usd,adjusted_usd,estimated\na,Swap,commitment,100,,\n"
        "b,Swap,commitment,100,0,\nc,Swap,commitment,150,50.5,yes\n",
    )
    result = total_of(engine)
    adds_up(result)
    (source_figure,) = result.figures
    assert (source_figure.rows, source_figure.amount, source_figure.estimated) == (
        3,
        Decimal("150.5"),
        Decimal("50.5"),
    )
    assert (source_figure.falls[-1].reduced, source_figure.falls[-1].amount) == (
        2,
        Decimal("199.5"),
    )
    assert figure(engine, "all").amount == 350
    with reading(engine) as connection:
        assert len(list(listed(connection, result.counting, "rolled-over").rows)) == 2


def test_an_amount_stated_in_dollars_counts_as_nominal_dollars(engine: Engine, load: Load) -> None:
    load(
        "finance",
        "id,project,kind,amount,currency,amount_usd,adjusted_amount\n"
        "1,Alpha Port,commitment,100,USD,,\n2,Beta Road,commitment,70,USD,,30\n"
        "3,Gamma Dam,commitment,5,CNY,,\n4,Delta Line,commitment,7,USD,8,\n"
        "5,Epsilon Bridge,commitment,99999999999999,USD,,\n",
        source="dollars",
    )
    result = total_of(engine, filters={"source": ("dollars",)})
    (source_figure,) = result.figures
    # In yuan, or more dollars than the databases can add up.
    assert (source_figure.amount, source_figure.rows) == (Decimal(100 + 30 + 8), 3)
    question = Question("finance", {"source": ("dollars",)}, columns=("external_id", "amount_usd"))
    with reading(engine) as connection:
        rows = sorted(execute(connection, replace(question, sort="external_id")).rows)
        assert [check for check in check_all(connection) if check.violations] == []
    assert rows == [
        ("1", Decimal(100)), ("2", Decimal(70)), ("3", None), ("4", Decimal(8)), ("5", None),
    ]  # fmt: skip


def test_bases_and_currencies_are_never_mixed(engine: Engine, load: Load) -> None:
    load("projects", PROJECTS_HEADER + "1,Port,,completed,Kenya\n")
    load(
        "finance",
        "id,project,kind,amount,currency,amount_usd_constant,price_year\n"
        "a,Port,commitment,7,CNY,100,2017\nb,Port,commitment,5,KES,10,2021\n"
        "c,Port,commitment,3,CNY,,\n",
    )
    with pytest.raises(
        UsageError, match=r"constant 2017 USD, constant 2021 USD.*price_year = 2017"
    ):
        total_of(engine, base="constant")
    with pytest.raises(UsageError, match=r"CNY, KES.*currency = CNY"):
        total_of(engine, base="stated")
    usd_figure = figure(engine, base="constant", where=("price_year = 2021",))
    assert (usd_figure.amount, usd_figure.unit) == (Decimal(10), "constant 2021 USD")
    usd_figure = figure(engine, base="stated", where=("currency = CNY",))
    assert (usd_figure.amount, usd_figure.unit, usd_figure.rows) == (Decimal(10), "CNY", 2)


def test_sources_are_added_only_where_asked_and_the_best_speaks(engine: Engine, load: Load) -> None:
    rows = "id,project,kind,amount_usd\n"
    load("projects", "name,countries\nPort,Kenya\n", source="press", tier=7)
    load("finance", f"{rows}1,Port,commitment,100\n2,Dam,commitment,11\n", source="press", tier=7)
    load("finance", f"{rows}1,Port,commitment,90\n2,Port,commitment,5\n", source="ministry", tier=1)
    result = total_of(engine)
    adds_up(result)
    assert [(source_figure.source, source_figure.amount) for source_figure in result.figures] == [
        ("ministry", Decimal(95)),
        ("press", Decimal(111)),
    ]
    assert "each has its own total" in result.notes[0]
    result = total_of(engine, add=True)
    adds_up(result)
    (source_figure,) = result.figures
    assert (source_figure.source, source_figure.amount, source_figure.falls[-2].step) == (
        None,
        Decimal(106),
        "other-sources",
    )
    assert (source_figure.falls[-2].rows, source_figure.falls[-2].amount) == (1, Decimal(100))
    assert "added together" in result.notes[0]
    assert figure(engine, "all", add=True).amount == 206
    named = replace(rule_of("signed"), sources=("press",))
    with reading(engine) as connection:
        counting = Counting(Question("finance"), named, named.price_base, add_sources=True)
        (source_figure,) = total(connection, counting).figures
    assert source_figure.amount == 111


@pytest.mark.parametrize("by", ["year", "financier", "instrument", "country", "link"])
def test_shares_are_without_what_is_rolled_over(engine: Engine, load: Load, by: str) -> None:
    load("projects", "id,name,status,countries,links\n1,Swap,completed,Egypt,finance\n")
    load(
        "finance",
        "id,project,kind,financier,instrument,amount_usd,adjusted_usd,date\n"
        "a,Swap,commitment,PBC,loan,100,,2015\nb,Swap,commitment,PBC,loan,150,50.5,2015-12-31\n"
        "c,Swap,commitment,PBC,loan,80,0,2015\n",
    )
    result = total_of(engine)
    (source_figure,) = result.figures
    with reading(engine) as connection:
        (share,) = breakdown(connection, result.counting, by)
    assert (
        (share.rows, share.amount)
        == (source_figure.rows, source_figure.amount)
        == (3, Decimal("150.5"))
    )


def test_an_adjusted_amount_that_is_larger_is_noted(engine: Engine, load: Load) -> None:
    load("projects", PROJECTS_HEADER + "1,Swap,,completed,Egypt\n")
    load(
        "finance",
        "id,project,kind,amount,currency,amount_usd,adjusted_amount,adjusted_usd\n"
        "a,Swap,commitment,100,CNY,100,100,100\nb,Swap,commitment,9,CNY,9000000000.000001,10,9000000000.5\n"
        "c,Swap,commitment,100,CNY,100,30,40\n",
    )
    result = total_of(engine)
    adds_up(result)
    (note,) = result.notes
    assert note == (
        "rolled-over: 1 row of notes with an adjusted amount larger than the amount. "
        "There the step adds 0.50 nominal USD."
    )
    (note,) = total_of(engine, base="stated").notes
    assert note.endswith("There the step adds 1.00 CNY.")
    # A rule that counts rollovers has no such step.
    assert total_of(engine, "all").notes == ()


def test_a_step_that_adds_money_is_not_called_rolled_over(engine: Engine, load: Load) -> None:
    load("projects", PROJECTS_HEADER + "1,Swap,,completed,Egypt\n")
    load(
        "finance",
        "id,project,kind,amount_usd,adjusted_usd\na,Swap,commitment,100,102\nb,Swap,commitment,5,\n",
    )
    result = total_of(engine)
    (step,) = [row for row in waterfall(result).rows if row[1] == "rolled-over"]
    assert step[2] == "Adjusted amounts, which are larger together than the amounts"
    assert step[6] == 2
    with reading(engine) as connection:
        section = money_section(connection, result.counting)
    (table,) = [part for part in section.parts if isinstance(part, Table)]
    (line,) = [row for row in table.lines if row.cells[0] == "rolled-over"]
    assert [citation.locator for citation in line.citations] == ["1 row"]


AIDDATA = {"source": ("aidata-gcdf-3",)}


def test_recommended_equals_what_is_added_up_without_bricoop(
    africa: Standing, shared: Path
) -> None:
    path = shared / "data" / "gcdf3_africa_sample.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Recommended For Aggregates"] == "Yes"]
    for base, name in (("constant", "Constant USD 2021"), ("nominal", "Nominal USD")):
        amounts = [Decimal(text) for row in rows if (text := row[f"Adjusted Amount ({name})"])]
        recommended = figure(africa.engine, "recommended", base, filters=AIDDATA)
        # Dollars are stored to the millionth.
        exact = sum((amount.quantize(Decimal("0.000001")) for amount in amounts), Decimal(0))
        assert (recommended.rows, recommended.amount) == (len(amounts), exact)
        assert abs(recommended.amount - sum(amounts)) < Decimal("0.01")
    kenya = [row["Adjusted Amount (Nominal USD)"] for row in rows if row["Recipient"] == "Kenya"]
    recommended = figure(
        africa.engine, "recommended", "nominal", filters={"country": ("Kenya",), **AIDDATA}
    )
    assert recommended.rows == len([text for text in kenya if text])


AMOUNTS = st.decimals(-(10**12), 10**12, places=6, allow_nan=False)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[*HealthCheck])
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=12), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_total(
    quick: Engine, tmp_path: Path, amounts: list[Decimal], seed: random.Random
) -> None:
    sums = set()
    for _ in range(2):
        seed.shuffle(amounts)
        rows = (f"{number},Port,commitment,,,{amount:f}" for number, amount in enumerate(amounts))
        path = tmp_path / "finance.csv"
        path.write_text(FINANCE_HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        result = load_file(quick, LoadRequest("finance", str(path), notes()))
        sums.add(figure(quick).amount)
        undo_load(quick, result.load_id or 0)
    assert sums == {sum(amounts, Decimal(0))}


def notes() -> Any:
    """Return a source of tests."""
    from bricoop.ingest.sources import SourceSpec  # noqa: PLC0415 (one test's)

    return SourceSpec("notes", title="Notes", tier=7)


def test_every_shipped_rule_reads_and_says_what_it_counts() -> None:
    assert set(shipped()) == {"signed", "recommended", "pledged", "all"}
    for name in shipped():
        rule = rule_of(name)
        assert (rule.name, rule.version) == (name, 1)
        assert rule.title
        assert rule.about
    assert len({rule_of(name).digest for name in shipped()}) == 4


BAD: Iterable[tuple[str, str]] = (
    ('title = "x"', "version is missing"),
    ('version = 0\ntitle = "x"', "version must be a whole number of at least 1"),
    ('version = true\ntitle = "x"', "version is true or false; it must be a whole number"),
    ('version = 1\ntitle = "x"\nprise_base = "nominal"', "Did you mean: price_base"),
    ('version = 1\ntitle = "x"\nprice_base = "euro"', "nominal, constant, stated"),
    ('version = 1\ntitle = "x"\nsources = [1]', "sources[1] is a whole number; it must be text"),
    ('version = 1\ntitle = "x"\nsteps = [1]', "steps[1] is a whole number; it must be a table"),
    (
        'version = 1\ntitle = "x"\n[[steps]]\nname = "a b"\ntitle = "t"\nleave_out = ["x = 1"]',
        "steps[1].name is 'a b'",
    ),
    (
        'version = 1\ntitle = "x"\n[[steps]]\nname = "counted"\ntitle = "t"\nleave_out = ["x = 1"]',
        "steps[1].name is 'counted', which is already used or reserved",
    ),
    (
        'version = 1\ntitle = "x"\n[[steps]]\nname = "a"\ntitle = "t"\nleave_out = ["kind ="]',
        "steps[1].leave_out[1]: ",
    ),
    (
        'version = 1\ntitle = "x"\n[[steps]]\nname = "a"\ntitle = "t"\nleave_out = []',
        "steps[1].leave_out is empty",
    ),
    ("version = ", "is not valid TOML"),
)


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_rule_that_is_none_is_refused_by_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=re.escape(message)):
        rule_of(str(path))


def test_a_rule_of_ones_own_does_not_pass_for_a_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "signed.toml"
    for text in ('version = 1\ntitle = "Mine"\n', 'version = 7\nname = "all"\ntitle = "Mine"\n'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="which comes with bricoop, and differs"):
            rule_of(str(path))


def test_a_condition_on_no_field_is_refused_when_it_counts(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("finance", FINANCE_HEADER + "a,Port,commitment,,,100\n")
    path = tmp_path / "mine.toml"
    step = '[[steps]]\nname = "a"\ntitle = "t"\nleave_out = ["colour = red"]\n'
    path.write_text(f'version = 1\ntitle = "Mine"\n{step}', encoding="utf-8")
    with pytest.raises(UsageError, match="colour"):
        total_of(engine, str(path))


def test_what_counts_is_told_apart_and_adds_up(africa: Standing, shared: Path) -> None:
    path = shared / "data" / "gcdf3_africa_sample.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["Recommended For Aggregates"] == "Yes" and row["Amount (Nominal USD)"]
        ]
    counting = counting_of(Question("finance", AIDDATA), "recommended", "nominal")
    with reading(africa.engine) as connection:
        whole = total(connection, counting).figures[0]
        for by, column in (("year", "Commitment Year"), ("country", "Recipient ISO-3")):
            shares = {share.name: share for share in breakdown(connection, counting, by)}
            names = {row[column] or None for row in rows}
            assert set(shares) == names
            for name, share in shares.items():
                amounts = [
                    Decimal(row["Adjusted Amount (Nominal USD)"])
                    for row in rows
                    if (row[column] or None) == name
                ]
                assert share.rows == len(amounts)
                assert abs(share.amount - sum(amounts)) < Decimal("0.01")
        for by in ("year", "financier", "instrument", "country"):
            parts_of_total = breakdown(connection, counting, by)
            assert sum(share.rows for share in parts_of_total) == whole.rows
            assert sum(share.amount for share in parts_of_total) == whole.amount
        assert {share.name for share in breakdown(connection, counting, "link")} <= {
            "policy", "facility", "trade", "finance", "people", None,
        }  # fmt: skip
        with pytest.raises(UsageError, match="year, financier"):
            breakdown(connection, counting, "colour")


def test_only_kinds_that_one_figure_adds_up_are_noted(engine: Engine, load: Load) -> None:
    rows = "id,project,kind,amount_usd\n1,One,commitment,5\n"
    load("finance", rows, source="first")
    load("finance", "id,project,kind,amount_usd\n1,Two,investment,6\n", source="second")
    assert [note for note in total_of(engine).notes if "kinds" in note] == []
    added = total_of(engine, add=True).notes
    assert "The rule counts several kinds of flow: commitment, investment." in added
    load("finance", f"{rows}2,One,investment,1\n", source="first")
    kind_notes = [note for note in total_of(engine).notes if "kinds" in note]
    assert kind_notes == ["The rule counts several kinds of flow of first: commitment, investment."]
